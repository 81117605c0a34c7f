//! Two replicas of an Ingress controller and a real API server: one writes, the other takes over.
//!
//! The replicas run in this process, with the rights of the manifest in deploy/. The API server's audit log says who wrote what and when.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use ingress_routing::{Classes, Options, Router};
use k8s_source::kube::{Connection, KubeOptions, KubeSource, LeaseTiming, State, Writer, WriterOptions};
use k8s_source::objects::LoadBalancerIngress;
use k8s_source::{Kind, RouterConsumer};
use object_change::ObjectKey;
use serde_json::{Value, json};
use tokio::task::{JoinHandle, LocalSet, spawn_local};
use tokio::time::{sleep, timeout};
use whereto_conformance::chance::Chance;

use crate::cluster::{AUDIT_LOG, Cluster};
use crate::manifests;

const ADDRESS: &str = "192.0.2.7";
/// Short, so that many takeovers fit in.
const LEASE: Duration = Duration::from_secs(4);
/// How late a takeover may be: a look at the Lease, and the writing itself.
const LATE: Duration = Duration::from_secs(2);
const LEASE_NAME: (&str, &str) = ("whereto-ingress", "whereto-ingress");

/// Whether so many takeovers went as they should.
pub(crate) fn run(cluster: &Cluster, folder: &Path, kustomize: &Path, takeovers: u64, seed: u64) -> Result<bool> {
    let objects = manifests::render(kustomize, &folder.join("ingress/load-balancer"))?;
    let kubeconfig = manifests::allow(cluster, &objects, "writers")?;
    for object in objects.iter().filter(|object| object["kind"] == "IngressClass") {
        manifests::apply(cluster, object, false)?;
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut replicas = Replicas { cluster, kubeconfig: &kubeconfig, started: 0, created: 0, chance: Chance::new(seed) };
    let times = LocalSet::new().block_on(&runtime, replicas.run(takeovers))?;
    let created = replicas.created;
    let audit = fs::read_to_string(cluster.file(AUDIT_LOG)).context("the audit log")?;
    let (written, strangers) = judge(&audit)?;
    let of = |part: usize| times[(times.len() - 1) * part / 2].as_secs_f32();
    println!(
        "writers: {takeovers} takeovers in {:.2} {:.2} {:.2} s (least, median, most; a Lease of {} s), {created} Ingresses, {written} \
         statuses written, WRITTEN BY OTHERS THAN THE HOLDER {strangers}",
        of(0),
        of(1),
        of(2),
        LEASE.as_secs()
    );
    let is_late = times.iter().any(|time| *time > LEASE + LATE);
    Ok(written == created && strangers == 0 && !is_late)
}

struct Replicas<'a> {
    cluster: &'a Cluster,
    kubeconfig: &'a Path,
    started: usize,
    created: usize,
    chance: Chance,
}

/// A replica: its end comes without a word.
struct Replica {
    name: String,
    task: JoinHandle<()>,
    /// How many routes its table has.
    routes: Arc<AtomicUsize>,
}

impl Replicas<'_> {
    async fn run(&mut self, takeovers: u64) -> Result<Vec<Duration>> {
        // Whoever had it before is gone.
        self.cluster.api.call("DELETE", &lease_path(), "", None)?;
        for number in 0..20 {
            self.create(&format!("first-{number}"), "whereto")?;
            // Theirs stay as they are.
            self.cluster.api.call("POST", PATH, JSON, Some(&ingress(&format!("foreign-{number}"), "other")))?;
        }
        let mut replicas = vec![self.start().await?, self.start().await?];
        self.all_written(LATE * 5).await?;
        let mut times = Vec::new();
        for number in 0..takeovers {
            // Wherever it is in its turns.
            sleep(Duration::from_millis(self.chance.between(0, 2000) as u64)).await;
            let holder = self.holder()?;
            let place =
                replicas.iter().position(|replica| replica.name == holder).context("the holder is a replica")?;
            let gone = replicas.swap_remove(place);
            gone.task.abort();
            let begin = Instant::now();
            for more in 0..3 {
                self.create(&format!("after-{number}-{more}"), "whereto")?;
            }
            self.all_written(LEASE + LATE * 5).await?;
            times.push(begin.elapsed());
            ensure!(self.holder()? == replicas[0].name, "the other holds the Lease");
            replicas.push(self.start().await?);
        }
        let routes: Vec<_> = replicas.iter().map(|replica| replica.routes.load(Ordering::Relaxed)).collect();
        ensure!(routes.iter().all(|routes| *routes == self.created), "{routes:?} routes of {} Ingresses", self.created);
        // Nothing differs: nothing is written. The audit log is read after this.
        sleep(LEASE).await;
        times.sort();
        Ok(times)
    }

    async fn start(&mut self) -> Result<Replica> {
        self.started += 1;
        let name = format!("replica-{}", self.started);
        let client = Connection::default().with_kubeconfig(self.kubeconfig).client().await?;
        let kinds = [Kind::Ingress, Kind::IngressClass, Kind::Service, Kind::EndpointSlice, Kind::Secret];
        let mut source = KubeSource::new(client.clone(), &KubeOptions::new(kinds)?);
        let options = WriterOptions::new(ObjectKey::new(LEASE_NAME.0, LEASE_NAME.1), name.as_str())
            .with_timing(LeaseTiming::new(LEASE))
            .with_field_manager(name.as_str());
        let mut writer = Writer::new(client, options);
        let handle = writer.handle();
        handle.set_addresses([LoadBalancerIngress::ip(ADDRESS)]);
        let router = Router::new(Options::new().with_classes(Classes::Controller("whereto.dev/ingress".into())));
        let routes = Arc::new(AtomicUsize::new(0));
        let (counted, statuses) = (Arc::clone(&routes), handle.ingresses());
        let mut status = source.status();
        let task = spawn_local(async move {
            let consumer =
                RouterConsumer::new(router, |table| counted.store(table.routes().count(), Ordering::Relaxed));
            let mut both = (consumer, statuses);
            tokio::select! {
                _ = source.run(&mut both, |_| {}) => {}
                _ = writer.run(|key| !key.name.starts_with("foreign"), |_| {}) => {}
            }
        });
        timeout(LATE * 5, status.wait_for(|status| status.state() == State::Live)).await.context("live in time")??;
        Ok(Replica { name, task, routes })
    }

    fn create(&mut self, name: &str, class: &str) -> Result<()> {
        let (status, answer) = self.cluster.api.call("POST", PATH, JSON, Some(&ingress(name, class)))?;
        ensure!(status < 300, "{name}: {status} {}", answer["message"]);
        self.created += 1;
        Ok(())
    }

    fn holder(&self) -> Result<String> {
        let (_, lease) = self.cluster.api.call("GET", &lease_path(), "", None)?;
        Ok(lease["spec"]["holderIdentity"].as_str().unwrap_or_default().to_owned())
    }

    /// Waits until every Ingress of ours says where it is.
    async fn all_written(&self, patience: Duration) -> Result<()> {
        let begin = Instant::now();
        loop {
            let (_, list) = self.cluster.api.call("GET", PATH, "", None)?;
            let items = list["items"].as_array().context("a list")?;
            let is_written = |item: &Value| item["status"]["loadBalancer"]["ingress"] == json!([{"ip": ADDRESS}]);
            let is_ours = |item: &Value| item["spec"]["ingressClassName"] == "whereto";
            ensure!(!items.iter().any(|item| is_written(item) && !is_ours(item)), "a foreign Ingress was written");
            let missing = items.iter().filter(|item| is_ours(item) && !is_written(item)).count();
            if missing == 0 {
                return Ok(());
            }
            ensure!(begin.elapsed() < patience, "{missing} of {} have no status", items.len());
            sleep(Duration::from_millis(20)).await;
        }
    }
}

const PATH: &str = "/apis/networking.k8s.io/v1/namespaces/default/ingresses";
const JSON: &str = "application/json";

fn lease_path() -> String {
    let (namespace, name) = LEASE_NAME;
    format!("/apis/coordination.k8s.io/v1/namespaces/{namespace}/leases/{name}")
}

fn ingress(name: &str, class: &str) -> Value {
    let backend = json!({"service": {"name": "web", "port": {"number": 80}}});
    json!({
        "apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": {"namespace": "default", "name": name},
        "spec": {"ingressClassName": class, "rules": [{"host": format!("{name}.example"),
            "http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": backend}]}}]}
    })
}

/// How many statuses were written, and how many of them by who did not hold the Lease.
fn judge(audit: &str) -> Result<(usize, usize)> {
    let mut events = Vec::new();
    for line in audit.lines() {
        let event: Value = serde_json::from_str(line).context("a line of the audit log")?;
        if event["responseStatus"]["code"].as_u64().is_none_or(|code| code >= 300) {
            continue;
        }
        let uri = event["requestURI"].as_str().unwrap_or_default();
        let who =
            uri.split("fieldManager=").nth(1).and_then(|rest| rest.split('&').next()).unwrap_or_default().to_owned();
        let when = event["requestReceivedTimestamp"].as_str().unwrap_or_default().to_owned();
        let is_lease = event["objectRef"]["resource"] == "leases";
        let is_status = event["objectRef"]["subresource"] == "status" && event["verb"] == "patch";
        if who.starts_with("replica-") && (is_lease || is_status) {
            events.push((when, is_lease, who));
        }
    }
    // All have the same form, with microseconds.
    events.sort();
    let (mut holder, mut written, mut strangers) = (String::new(), 0, 0);
    for (_, is_lease, who) in events {
        if is_lease {
            holder = who;
        } else {
            written += 1;
            strangers += usize::from(who != holder);
        }
    }
    Ok((written, strangers))
}
