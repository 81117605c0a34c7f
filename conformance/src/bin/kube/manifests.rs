//! The manifests in deploy/ and a real API server: each is accepted, and what they allow is what is needed.
//!
//! Every variant is rendered by kustomize and applied by server-side dry run, with unknown fields refused. Then the server runs with the
//! arguments of its manifest, as its ServiceAccount: with the rules of the manifest it comes to be ready; with any verb of them taken
//! away, `/ready` says which is missing.

use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::{Value, json};
use whereto_conformance::control_plane::{ControlPlane, allow, local, path, render, told};
use whereto_conformance::process::Process;

/// The variants below the folder, and of which of them the permissions are tried: their container's name.
const VARIANTS: [(&str, Option<&str>); 4] = [
    ("dns", Some("dns")),
    // It may all that the others may.
    ("ingress/node-port", Some("ingress")),
    ("ingress/load-balancer", None),
    ("ingress/host-network", None),
];
const PATIENCE: Duration = Duration::from_secs(20);

/// Whether everything was as it should be.
pub(crate) fn run(cluster: &ControlPlane, folder: &Path, kustomize: &Path, program: &Path) -> Result<bool> {
    let mut is_good = true;
    for (variant, container) in VARIANTS {
        let objects = render(kustomize, &folder.join(variant))?;
        // The others are in it, even where nothing is written.
        for object in objects.iter().filter(|object| object["kind"] == "Namespace") {
            cluster.api.apply(object, false)?;
        }
        let mut refused = 0;
        for object in &objects {
            if let Err(error) = cluster.api.apply(object, true) {
                println!("REFUSED {error:#}");
                refused += 1;
            }
        }
        println!("{variant}: {} objects, REFUSED {refused}", objects.len());
        is_good &= refused == 0;
        let Some(container) = container else { continue };
        let work = if container == "ingress" { work(&objects) } else { Vec::new() };
        for (object, status) in &work {
            cluster.api.apply(object, false)?;
            if let Some(status) = status {
                let change = json!({"status": status});
                cluster.api.merge(&format!("{}/status", path(object)?), &change)?;
            }
        }
        is_good &= Permissions::new(cluster, &objects, container, program)?.run()?;
        for (object, _) in &work {
            cluster.api.delete(&path(object)?)?;
        }
    }
    Ok(is_good)
}

/// What an Ingress controller has to write about, and the status of each: a class, two Ingresses of which one has nothing left, and a
/// Pod of its own on a node.
fn work(objects: &[Value]) -> Vec<(Value, Option<Value>)> {
    let ingress = |name: &str| {
        let backend = json!({"service": {"name": "web", "port": {"number": 80}}});
        json!({
            "apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": {"namespace": "default", "name": name},
            "spec": {"ingressClassName": "whereto", "rules": [{"host": "web.example",
                "http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": backend}]}}]}
        })
    };
    let class = objects.iter().find(|object| object["kind"] == "IngressClass").cloned();
    let workload = objects.iter().find(|object| object["spec"]["template"].is_object());
    let meta = workload.map(|workload| {
        json!({"namespace": workload["metadata"]["namespace"], "name": "replica", "labels": workload["spec"]["template"]["metadata"]["labels"]})
    });
    let pod = json!({"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": {"containers": [{"name": "c", "image": "i"}]}});
    let status = json!({"phase": "Running", "hostIP": "192.0.2.1", "hostIPs": [{"ip": "192.0.2.1"}],
        "conditions": [{"type": "Ready", "status": "True"}]});
    let mut work: Vec<_> = class.into_iter().map(|class| (class, None)).collect();
    work.extend([(ingress("first"), None), (ingress("second"), None), (pod, Some(status))]);
    work
}

/// What a server may do, tried.
struct Permissions<'a> {
    cluster: &'a ControlPlane,
    program: &'a Path,
    command: Vec<String>,
    kubeconfig: PathBuf,
    /// Where `/ready` is.
    ready: u16,
    /// The roles of both kinds.
    roles: Vec<Value>,
}

/// A verb on a resource.
#[derive(Clone, Debug)]
struct Permission {
    role: usize,
    rule: usize,
    group: String,
    resource: String,
    verb: String,
}

impl<'a> Permissions<'a> {
    fn new(cluster: &'a ControlPlane, objects: &[Value], container: &str, program: &'a Path) -> Result<Self> {
        let kubeconfig = allow(cluster, objects, container)?;
        let workload = objects.iter().find(|object| object["spec"]["template"].is_object()).context("a workload")?;
        let containers = workload["spec"]["template"]["spec"]["containers"].as_array().context("containers")?;
        let own = containers.iter().find(|own| own["name"] == *container).context("the container")?;
        let probe = &own["readinessProbe"]["httpGet"]["port"];
        let port = own["ports"].as_array().into_iter().flatten().find(|port| port["name"] == *probe);
        let ready = port.and_then(|port| port["containerPort"].as_u64()).context("the port of the readiness probe")?;
        let words = own["args"].as_array().context("arguments")?;
        let command = words.iter().map(|word| word.as_str().unwrap_or_default().to_owned()).collect();
        let is_role = |object: &&Value| object["kind"] == "ClusterRole" || object["kind"] == "Role";
        let roles = objects.iter().filter(is_role).cloned().collect();
        Ok(Self { cluster, program, command, kubeconfig, ready: ready as u16, roles })
    }

    fn run(&self) -> Result<bool> {
        let begin = Instant::now();
        let process = self.start()?;
        let (status, body) = self.await_ready(|status, _| status == 200)?;
        ensure!(status == 200 && body == "OK", "/ready with all rules: {status} {body}");
        drop(process);
        let permissions = self.permissions();
        let mut silent = 0;
        for permission in &permissions {
            let Permission { group, resource, verb, .. } = permission;
            self.set(Some(permission))?;
            // What was written is to be written again.
            self.forget()?;
            let process = self.start()?;
            let dot = if group.is_empty() { "" } else { "." };
            let expected = format!("not allowed to {verb} {resource}{dot}{group}");
            if let Err(error) = self.await_ready(|_, body| body.contains(&expected)) {
                println!("SILENT without {expected:?}: {error:#}");
                silent += 1;
            }
            drop(process);
        }
        self.set(None)?;
        println!(
            "{}: ready with all rules; {} permissions taken away, SILENT {silent}, in {:.1} s",
            self.command[0],
            permissions.len(),
            begin.elapsed().as_secs_f32()
        );
        Ok(silent == 0)
    }

    fn permissions(&self) -> Vec<Permission> {
        let texts = |value: &Value| -> Vec<String> {
            value.as_array().into_iter().flatten().filter_map(|text| text.as_str().map(str::to_owned)).collect()
        };
        let mut all = Vec::new();
        for (role, object) in self.roles.iter().enumerate() {
            for (number, rule) in object["rules"].as_array().into_iter().flatten().enumerate() {
                for group in texts(&rule["apiGroups"]) {
                    for resource in texts(&rule["resources"]) {
                        for verb in texts(&rule["verbs"]) {
                            let (group, resource) = (group.clone(), resource.clone());
                            all.push(Permission { role, rule: number, group, resource, verb });
                        }
                    }
                }
            }
        }
        all
    }

    /// Writes the roles without this permission.
    fn set(&self, without: Option<&Permission>) -> Result<()> {
        for (number, role) in self.roles.iter().enumerate() {
            let mut role = role.clone();
            if let Some(Permission { rule, resource, verb, .. }) = without.filter(|without| without.role == number) {
                let rules = role["rules"].as_array_mut().context("rules")?;
                // A rule for this resource alone, with the other verbs; the rest as it was.
                let mut other = rules[*rule].clone();
                let but = |value: &Value, text: &str| -> Vec<Value> {
                    value.as_array().into_iter().flatten().filter(|have| *have != text).cloned().collect()
                };
                let (verbs, resources) = (but(&other["verbs"], verb), but(&other["resources"], resource));
                other["verbs"] = json!(verbs);
                other["resources"] = json!([resource]);
                rules[*rule]["resources"] = json!(resources);
                if resources.is_empty() {
                    rules.remove(*rule);
                }
                if !verbs.is_empty() {
                    rules.push(other);
                }
            }
            self.cluster.api.apply(&role, false)?;
        }
        // The authorizer follows by a watch of its own.
        sleep(Duration::from_millis(500));
        Ok(())
    }

    /// Takes back what the server wrote before.
    fn forget(&self) -> Result<()> {
        if self.command[0] != "ingress" {
            return Ok(());
        }
        let change = json!({"status": {"loadBalancer": {"ingress": null}}});
        for name in ["first", "second"] {
            let target = format!("/apis/networking.k8s.io/v1/namespaces/default/ingresses/{name}/status");
            self.cluster.api.merge(&target, &change)?;
        }
        let lease = "/apis/coordination.k8s.io/v1/namespaces/whereto-ingress/leases/whereto-ingress";
        self.cluster.api.delete(lease)
    }

    fn start(&self) -> Result<Process> {
        let mut words = self.command.clone();
        words.extend(["--kubeconfig".to_owned(), self.kubeconfig.display().to_string()]);
        self.cluster.start_program(&format!("whereto-{}", self.command[0]), self.program, &words)
    }

    /// Asks until the answer is as wanted, and gives it.
    fn await_ready(&self, is_wanted: impl Fn(u16, &str) -> bool) -> Result<(u16, String)> {
        let begin = Instant::now();
        loop {
            let told = told(local(self.ready), "/ready").unwrap_or_else(|error| (0, error.to_string()));
            if is_wanted(told.0, &told.1) {
                return Ok(told);
            }
            if begin.elapsed() > PATIENCE {
                bail!("/ready says {} {}", told.0, told.1);
            }
            sleep(Duration::from_millis(50));
        }
    }
}
