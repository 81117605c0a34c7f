//! What the controller writes into the status of Ingresses follows what it is told to publish; those that are not its own stay as they are.

use std::time::Duration;

use anyhow::{Result, ensure};
use serde_json::{Value, json};
use whereto_conformance::control_plane::path;

use crate::environment::{Environment, LEASE, OWN};
use crate::objects;
use crate::written::{self, Kind};

const NAMESPACE: &str = "publishing";
const ADMIN: u16 = 18_083;
const LABELS: &str = "app=edge";

/// Whether all was written, and nothing else.
pub(crate) fn run(environment: &Environment<'_>) -> Result<bool> {
    let api = environment.api();
    api.create(&objects::namespace(NAMESPACE))?;
    let own: Vec<Value> = ["first", "second"].map(|name| objects::ingress(NAMESPACE, name, None, "web.example")).into();
    // As another controller left it.
    let foreign = objects::ingress(NAMESPACE, "foreign", Some("other"), "web.example");
    for ingress in own.iter().chain([&foreign]) {
        api.create(ingress)?;
    }
    let status = json!({"status": {"loadBalancer": {"ingress": [{"ip": "198.51.100.1"}]}}});
    let foreign = api.merge(&objects::status(&foreign)?, &status)?;
    let before = statuses(environment)?;
    let mut stage = Stage { environment, own, changes: 0, slowest: Duration::ZERO };
    stage.addresses()?;
    stage.service()?;
    stage.nodes()?;
    stage.class(&foreign)?;
    let written = statuses(environment)? - before;
    println!(
        "{} changes of what is published, followed within {:.2} s; {written} statuses written, SUPERFLUOUS {}",
        stage.changes,
        stage.slowest.as_secs_f32(),
        written.saturating_sub(stage.changes)
    );
    let is_good = written == stage.changes;
    api.remove_namespace(NAMESPACE)?;
    Ok(is_good)
}

fn statuses(environment: &Environment<'_>) -> Result<usize> {
    Ok(written::all(environment.control_plane)?.iter().filter(|written| written.kind == Kind::Status).count())
}

struct Stage<'a> {
    environment: &'a Environment<'a>,
    own: Vec<Value>,
    /// Statuses that had to be written.
    changes: usize,
    slowest: Duration,
}

impl Stage<'_> {
    /// `--publish-address`: as given, each in its normal form, in order.
    fn addresses(&mut self) -> Result<()> {
        let words =
            ["--publish-address", "192.0.2.7", "--publish-address", "2001:DB8::1", "--publish-address", "lb.example"];
        self.with(&words, |stage| {
            stage.expect(&json!([{"hostname": "lb.example"}, {"ip": "192.0.2.7"}, {"ip": "2001:db8::1"}]))
        })
    }

    /// `--publish-service`: what its load balancer has.
    fn service(&mut self) -> Result<()> {
        let api = self.environment.api();
        let service = json!({
            "apiVersion": "v1", "kind": "Service", "metadata": {"namespace": OWN, "name": "front"},
            "spec": {"type": "LoadBalancer", "ports": [{"port": 80}]}
        });
        api.create(&service)?;
        let other = json!({
            "apiVersion": "v1", "kind": "Service", "metadata": {"namespace": OWN, "name": "other"},
            "spec": {"type": "LoadBalancer", "ports": [{"port": 80}]}
        });
        api.create(&other)?;
        api.merge(&objects::status(&other)?, &balancer(&json!([{"ip": "203.0.113.9"}])))?;
        self.with(&["--publish-service", "whereto-ingress/front"], |stage| {
            // It has nothing yet, and so the Ingresses lose what they had.
            stage.expect(&Value::Null)?;
            for addresses in
                [json!([{"ip": "203.0.113.1"}]), json!([{"hostname": "lb.cloud.example"}, {"ip": "203.0.113.2"}])]
            {
                let mut given = addresses.clone();
                for entry in given.as_array_mut().into_iter().flatten().filter(|entry| entry["ip"].is_string()) {
                    entry["ipMode"] = json!("VIP");
                }
                api.merge(&objects::status(&service)?, &balancer(&given))?;
                stage.expect(&addresses)?;
            }
            api.delete(&path(&service)?)?;
            stage.expect(&Value::Null)
        })?;
        api.delete(&path(&other)?)
    }

    /// `--publish-nodes`: the addresses of nodes with ready Pods.
    fn nodes(&mut self) -> Result<()> {
        let api = self.environment.api();
        let pod = |name: &str, label: &str| {
            json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"namespace": OWN, "name": name, "labels": {"app": label}},
                "spec": {"containers": [{"name": "c", "image": "i"}]}})
        };
        let status = |ready: &str, address: &str| {
            json!({"status": {"phase": "Running", "hostIP": address, "hostIPs": [{"ip": address}],
                "conditions": [{"type": "Ready", "status": ready}]}})
        };
        let (first, second, other) = (pod("first", "edge"), pod("second", "edge"), pod("other", "web"));
        for (object, ready, address) in
            [(&first, "True", "192.0.2.1"), (&second, "False", "192.0.2.2"), (&other, "True", "192.0.2.3")]
        {
            api.create(object)?;
            api.merge(&objects::status(object)?, &status(ready, address))?;
        }
        self.with(&["--publish-nodes", LABELS], |stage| {
            stage.expect(&json!([{"ip": "192.0.2.1"}]))?;
            api.merge(&objects::status(&second)?, &status("True", "192.0.2.2"))?;
            stage.expect(&json!([{"ip": "192.0.2.1"}, {"ip": "192.0.2.2"}]))?;
            api.merge(&objects::status(&first)?, &status("False", "192.0.2.1"))?;
            stage.expect(&json!([{"ip": "192.0.2.2"}]))?;
            api.delete(&path(&second)?)?;
            stage.expect(&Value::Null)
        })?;
        [first, other].iter().try_for_each(|pod| api.delete(&path(pod)?))
    }

    /// Ingresses of another class are left alone, until they are of ours.
    fn class(&mut self, foreign: &Value) -> Result<()> {
        let api = self.environment.api();
        let now = api.get(&path(foreign)?)?;
        ensure!(now["metadata"]["resourceVersion"] == foreign["metadata"]["resourceVersion"], "it was written: {now}");
        let status = foreign["status"]["loadBalancer"]["ingress"].clone();
        self.with(&["--publish-address", "192.0.2.7"], |stage| {
            stage.expect(&json!([{"ip": "192.0.2.7"}]))?;
            ensure!(api.get(&path(foreign)?)?["status"]["loadBalancer"]["ingress"] == status, "it was written");
            api.merge(&path(foreign)?, &json!({"spec": {"ingressClassName": "whereto"}}))?;
            stage.own.push(foreign.clone());
            // The others have it.
            stage.changes -= stage.own.len() - 1;
            stage.expect(&json!([{"ip": "192.0.2.7"}]))
        })
    }

    /// Does something while a controller with these words runs.
    fn with(&mut self, words: &[&str], act: impl FnOnce(&mut Self) -> Result<()>) -> Result<()> {
        // Whoever had it before is gone.
        self.environment.api().delete(LEASE)?;
        let all: Vec<&str> = ["--http", "127.0.0.1:0", "--https", "127.0.0.1:0"].iter().chain(words).copied().collect();
        let _controller = self.environment.start("publishing", ADMIN, &all)?;
        act(self)
    }

    /// Waits until the Ingresses that are ours say this and nothing else.
    fn expect(&mut self, addresses: &Value) -> Result<()> {
        self.changes += self.own.len();
        let paths: Vec<String> = self.own.iter().map(path).collect::<Result<_>>()?;
        let took = self.environment.await_that(&format!("statuses of {addresses}"), || {
            for path in &paths {
                let mut told = self.environment.api().get(path)?["status"]["loadBalancer"]["ingress"].take();
                // Defaults of the API server.
                for entry in told.as_array_mut().into_iter().flatten() {
                    entry.as_object_mut().map(|entry| entry.remove("ports"));
                }
                if told != *addresses {
                    return Ok(false);
                }
            }
            Ok(true)
        })?;
        self.slowest = self.slowest.max(took);
        Ok(())
    }
}

fn balancer(addresses: &Value) -> Value {
    json!({"status": {"loadBalancer": {"ingress": addresses}}})
}
