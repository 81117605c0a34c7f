//! A consumer of one's own, fed by a live cluster or by manifests: how many ready endpoints each Service has.
//!
//! `cargo run -p k8s-source --features kube --example count_endpoints` reads the cluster that kubectl would;
//! with paths as arguments, the manifests there. Each line is a Service whose number is another than before.

use std::collections::{BTreeMap, BTreeSet};

use k8s_source::kube::{Connection, Event, KubeOptions, KubeSource};
use k8s_source::manifests::{ManifestOptions, ManifestSource};
use k8s_source::objects::SERVICE_NAME_LABEL;
use k8s_source::{Consumer, Kind, ObjectChange};
use object_change::{Delta, Diagnostic, ObjectKey};

/// What is kept of the objects: no more than the answer needs.
#[derive(Default)]
struct Endpoints {
    services: BTreeSet<ObjectKey>,
    /// By slice: whose it is, and how many ready endpoints it has.
    slices: BTreeMap<ObjectKey, (ObjectKey, usize)>,
    shown: BTreeMap<ObjectKey, usize>,
}

impl Consumer for Endpoints {
    // Objects come one by one, in any order: a slice may be there before its Service. They are lent.
    fn apply(&mut self, change: ObjectChange<'_>) -> Vec<Diagnostic> {
        match change {
            ObjectChange::Service(Delta::Upsert(key, _)) => {
                self.services.insert(key);
            }
            ObjectChange::Service(Delta::Delete(key)) => {
                self.services.remove(&key);
            }
            ObjectChange::EndpointSlice(Delta::Upsert(key, slice)) => {
                let ready = |endpoint: &&k8s_source::objects::Endpoint| endpoint.conditions.ready != Some(false);
                let count = slice.endpoints.iter().filter(ready).count();
                match slice.metadata.labels.get(SERVICE_NAME_LABEL) {
                    Some(name) => {
                        let service = ObjectKey::new(key.namespace.clone(), name);
                        self.slices.insert(key, (service, count));
                    }
                    None => _ = self.slices.remove(&key),
                }
            }
            ObjectChange::EndpointSlice(Delta::Delete(key)) => {
                self.slices.remove(&key);
            }
            _ => {}
        }
        Vec::new()
    }

    // Now what was applied may be seen: never half a list.
    fn publish(&mut self) {
        let mut counts: BTreeMap<_, usize> = self.services.iter().map(|service| (service.clone(), 0)).collect();
        for (service, count) in self.slices.values() {
            counts.entry(service.clone()).and_modify(|all| *all += count);
        }
        for (service, count) in &counts {
            if self.shown.get(service) != Some(count) {
                println!("{service} {count}");
            }
        }
        for service in self.shown.keys().filter(|service| !counts.contains_key(*service)) {
            println!("{service} gone");
        }
        self.shown = counts;
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut consumer = Endpoints::default();
    let paths: Vec<String> = std::env::args().skip(1).collect();
    if !paths.is_empty() {
        ManifestSource::new(&paths, ManifestOptions::default()).load(&mut consumer, &mut |_| {});
        return Ok(());
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let client = Connection::default().client().await?;
        let options = KubeOptions::new([Kind::Service, Kind::EndpointSlice])?;
        let mut source = KubeSource::new(client, &options);
        // For ever; an API server that is away is waited for.
        source
            .run(&mut consumer, |event| {
                if let Event::Failed { kind, problem, .. } = event {
                    eprintln!("{}: {problem}", kind.name());
                }
            })
            .await;
        Ok(())
    })
}
