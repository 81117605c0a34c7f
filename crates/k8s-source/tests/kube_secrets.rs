//! Secrets that no Ingress names are not kept, and read when one does.

#[path = "kube/fake.rs"]
#[allow(dead_code, reason = "what only the test `kube` needs")]
mod fake;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use fake::{Fake, Fault, World};
use k8s_source::kube::{KubeOptions, KubeSource};
use k8s_source::{Consumer, Kind, ObjectChange};
use object_change::{Delta, Diagnostic, ObjectKey};
use tokio::time::{sleep, timeout};

/// Which Secrets are told, and what they hold.
#[derive(Clone, Debug, Default)]
struct Secrets(Arc<Mutex<BTreeMap<String, String>>>);

impl Consumer for Secrets {
    fn apply(&mut self, change: ObjectChange<'_>) -> Vec<Diagnostic> {
        match change {
            ObjectChange::Secret(Delta::Upsert(key, secret)) => {
                let text = secret.data.get("tls.crt").unwrap_or("none").to_owned();
                self.0.lock().unwrap().insert(key.name.to_string(), text);
            }
            ObjectChange::Secret(Delta::Delete(key)) => {
                self.0.lock().unwrap().remove(&*key.name);
            }
            _ => {}
        }
        Vec::new()
    }

    fn publish(&mut self) {}
}

fn put_secret(world: &mut World, name: &str, text: &str) {
    world.put_object("secrets", name, &format!(r#""type":"kubernetes.io/tls","data":{{"tls.crt":"{text}"}}"#));
}

fn put_ingress(world: &mut World, name: &str, secrets: &[&str]) {
    let tls: Vec<_> = secrets.iter().map(|name| format!(r#"{{"secretName":"{name}"}}"#)).collect();
    world.put_object("ingresses", name, &format!(r#""spec":{{"tls":[{}]}}"#, tls.join(",")));
}

fn options() -> KubeOptions {
    KubeOptions::new([Kind::Ingress, Kind::Secret])
        .unwrap()
        .with_page_size(3)
        .with_secret(ObjectKey::new("shop", "default"))
        .with_watch_timeout(Duration::from_secs(1))
        .with_pauses(Duration::from_millis(1), Duration::from_millis(4))
}

/// Runs a source while `act` does, which is given a way to wait for what is told.
async fn run(fake: &Fake, act: impl AsyncFnOnce(&dyn Fn(&[(&str, &str)]) -> bool)) {
    let mut source = KubeSource::new(fake.serve().await, &options());
    let mut consumer = Secrets::default();
    let told = Arc::clone(&consumer.0);
    let is_told = |wanted: &[(&str, &str)]| {
        let wanted: BTreeMap<_, _> =
            wanted.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        *told.lock().unwrap() == wanted
    };
    tokio::select! {
        _ = source.run(&mut consumer, |_| {}) => {}
        ended = timeout(Duration::from_secs(20), act(&is_told)) => assert!(ended.is_ok(), "{:?}", told.lock().unwrap()),
    }
}

async fn until(what: impl Fn() -> bool) {
    while !what() {
        sleep(Duration::from_millis(1)).await;
    }
}

fn cluster() -> Fake {
    let fake = Fake::default();
    fake.world(|world| {
        put_ingress(world, "web", &["a", "b"]);
        for name in ["a", "b", "c", "d", "default"] {
            put_secret(world, name, "first");
        }
    });
    fake
}

#[tokio::test]
async fn those_that_are_named_are_told_as_they_are_named() {
    let fake = cluster();
    run(&fake, async |is_told| {
        until(|| is_told(&[("a", "first"), ("b", "first"), ("default", "first")])).await;
        until(|| fake.world(|world| world.watches >= 2)).await;
        fake.world(|world| {
            assert!(
                world
                    .targets
                    .iter()
                    .all(|target| !target.contains("/secrets?") || target.contains("type%3Dkubernetes.io%2Ftls"))
            );
            put_secret(world, "c", "second");
            put_ingress(world, "more", &["b", "c", "missing"]);
        });
        until(|| is_told(&[("a", "first"), ("b", "first"), ("c", "second"), ("default", "first")])).await;
        fake.world(|world| {
            world.remove_object("ingresses", "web");
            put_secret(world, "missing", "first");
            put_secret(world, "c", "third");
        });
        until(|| is_told(&[("b", "first"), ("c", "third"), ("default", "first"), ("missing", "first")])).await;
        fake.world(|world| {
            world.remove_object("secrets", "b");
            world.remove_object("secrets", "d");
            put_secret(world, "b", "second");
        });
        until(|| is_told(&[("b", "second"), ("c", "third"), ("default", "first"), ("missing", "first")])).await;
    })
    .await;
}

#[tokio::test]
async fn the_list_of_secrets_waits_for_that_of_ingresses_and_is_the_only_one() {
    let fake = cluster();
    run(&fake, async |is_told| {
        until(|| is_told(&[("a", "first"), ("b", "first"), ("default", "first")])).await;
    })
    .await;
    let targets = fake.world(|world| world.targets.clone());
    let lists: Vec<_> =
        targets.iter().filter(|target| target.contains("/secrets?") && !target.contains("watch")).collect();
    assert_eq!(lists.len(), 2, "5 objects in pages of 3: {targets:?}");
    let first = targets.iter().position(|target| target.contains("/secrets?"));
    let ingresses = targets.iter().position(|target| target.contains("/ingresses?") && !target.contains("watch"));
    assert!(ingresses < first, "{targets:?}");
}

/// Every request that follows meets a fault, and in the end those are told that are named.
#[tokio::test]
async fn wishes_outlast_faults() {
    for fault in Fault::ALL {
        let fake = cluster();
        run(&fake, async |is_told| {
            until(|| is_told(&[("a", "first"), ("b", "first"), ("default", "first")])).await;
            fake.world(|world| {
                world.faults = vec![Some(fault); 3].into();
                put_ingress(world, "web", &["c"]);
            });
            sleep(Duration::from_millis(5)).await;
            fake.world(|world| put_secret(world, "d", "second"));
            fake.world(|world| put_ingress(world, "more", &["d"]));
            until(|| is_told(&[("c", "first"), ("d", "second"), ("default", "first")])).await;
        })
        .await;
    }
}

/// More than are read one by one: one list tells of all.
#[tokio::test]
async fn many_at_once_are_read_together() {
    let fake = cluster();
    let names: Vec<String> = (0..60).map(|number| format!("s{number}")).collect();
    fake.world(|world| names.iter().for_each(|name| put_secret(world, name, "first")));
    run(&fake, async |is_told| {
        until(|| is_told(&[("a", "first"), ("b", "first"), ("default", "first")])).await;
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        fake.world(|world| put_ingress(world, "web", &names));
        let all: Vec<(&str, &str)> = names.iter().chain([&"default"]).map(|name| (*name, "first")).collect();
        until(|| is_told(&all)).await;
    })
    .await;
    let named = fake.world(|world| world.targets.iter().filter(|target| target.contains("metadata.name")).count());
    assert_eq!(named, 0);
}
