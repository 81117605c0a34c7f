//! A live cluster as it is, and as it would be with manifests applied to it.

use std::collections::BTreeMap;
use std::sync::Arc;

use ingress_routing::{Router, RoutingTable};
use k8s_source::kube::KubeOptions;
use k8s_source::objects::{EndpointSlice, Ingress, IngressClass, Secret, Service};
use k8s_source::{Consumer, ObjectChange, RouterConsumer};
use object_change::{Delta, Diagnostic, ObjectKey};

use super::source;
use crate::arguments::{DiffArgs, RouterArgs};
use crate::cluster;
use crate::exit::Failure;
use crate::keep::keep;
use crate::kube::Live;
use crate::output::Format;
use crate::progress::Progress;
use crate::routing;

/// The tables of both.
///
/// # Errors
/// When the manifests can't be used, or the cluster can't be read.
pub(super) fn tables(args: &DiffArgs) -> Result<(Arc<RoutingTable>, Arc<RoutingTable>), Failure> {
    let mut manifests = Manifests::default();
    let progress = Progress::start(Format::Text);
    let loaded = cluster::load(&mut source(args, &args.first), &mut manifests, progress, &mut routing::tell);
    if let Some(failure) = loaded.refusal().filter(|_| !args.reading.keep_going) {
        return Err(failure);
    }
    // The cluster's Secrets are read where an Ingress names them: those of the manifests count, too.
    let options = || Ok(manifests.secrets().fold(RouterArgs::kube_options()?, KubeOptions::with_secret));
    let mut live = Live::at(&args.access, options)?;
    let router = || Router::new(args.router.options(true));
    let (mut before, mut after) = (router().publish(), router().publish());
    let mut now = RouterConsumer::new(router(), |table| before = table);
    let mut then = RouterConsumer::new(router(), |table| after = table);
    let mut kept = Kept::default();
    live.load(&mut ((&mut now, &mut then), &mut kept), &mut |_| {})?;
    manifests.apply(&kept, &mut then);
    drop((now, then));
    Ok((before, after))
}

/// What manifests have that routes are made of.
#[derive(Debug, Default)]
struct Manifests {
    ingresses: BTreeMap<ObjectKey, Ingress>,
    classes: BTreeMap<ObjectKey, IngressClass>,
    services: BTreeMap<ObjectKey, Service>,
    slices: BTreeMap<ObjectKey, EndpointSlice>,
    secrets: BTreeMap<ObjectKey, Secret>,
}

impl Consumer for Manifests {
    /// What is wrong with the objects, the router finds.
    fn apply(&mut self, change: ObjectChange<'_>) -> Vec<Diagnostic> {
        match change {
            ObjectChange::Ingress(delta) => keep(&mut self.ingresses, delta, |object| Some(object.clone())),
            ObjectChange::IngressClass(delta) => keep(&mut self.classes, delta, |object| Some(object.clone())),
            ObjectChange::Service(delta) => keep(&mut self.services, delta, |object| Some(object.clone())),
            ObjectChange::EndpointSlice(delta) => keep(&mut self.slices, delta, |object| Some(object.clone())),
            ObjectChange::Secret(delta) => keep(&mut self.secrets, delta, |object| Some(object.clone())),
            _ => {}
        }
        Vec::new()
    }

    fn publish(&mut self) {}
}

impl Manifests {
    /// The Secrets that the Ingresses name.
    fn secrets(&self) -> impl Iterator<Item = ObjectKey> {
        self.ingresses.iter().flat_map(|(key, ingress)| {
            let names = ingress.spec.tls.iter().filter_map(|tls| tls.secret_name.as_deref());
            names.map(|name| ObjectKey::new(key.namespace.clone(), name))
        })
    }

    /// Tells the objects as the API server would take them.
    fn apply(&self, kept: &Kept, consumer: &mut dyn Consumer) {
        for (key, object) in &self.classes {
            consumer.apply(ObjectChange::IngressClass(Delta::Upsert(key.clone(), object)));
        }
        for (key, object) in &self.services {
            consumer.apply(ObjectChange::Service(Delta::Upsert(key.clone(), object)));
        }
        for (key, object) in &self.slices {
            consumer.apply(ObjectChange::EndpointSlice(Delta::Upsert(key.clone(), object)));
        }
        for (key, object) in &self.secrets {
            consumer.apply(ObjectChange::Secret(Delta::Upsert(key.clone(), object)));
        }
        for (key, object) in &self.ingresses {
            consumer.apply(ObjectChange::Ingress(Delta::Upsert(key.clone(), &kept.updated(key, object))));
        }
        consumer.publish();
    }
}

/// What stays of the cluster's Ingresses when a manifest is applied: when they were created, and the class, which the API server wrote if
/// the manifest has none (plugin/pkg/admission/network/defaultingressclass; `kubectl apply` removes no field that it did not write).
#[derive(Debug, Default)]
struct Kept(BTreeMap<ObjectKey, Remains>);

#[derive(Clone, Debug)]
struct Remains {
    created: Option<Box<str>>,
    class: Option<Box<str>>,
}

impl Consumer for Kept {
    fn apply(&mut self, change: ObjectChange<'_>) -> Vec<Diagnostic> {
        if let ObjectChange::Ingress(delta) = change {
            keep(&mut self.0, delta, |ingress| {
                let created = ingress.metadata.creation_timestamp.clone();
                Some(Remains { created, class: ingress.spec.ingress_class_name.clone() })
            });
        }
        Vec::new()
    }

    fn publish(&mut self) {}
}

impl Kept {
    fn updated(&self, key: &ObjectKey, ingress: &Ingress) -> Ingress {
        let mut ingress = ingress.clone();
        if let Some(Remains { created, class }) = self.0.get(key) {
            ingress.metadata.creation_timestamp.clone_from(created);
            if ingress.spec.ingress_class_name.is_none() {
                ingress.spec.ingress_class_name.clone_from(class);
            }
        }
        ingress
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ingress_that_is_there_keeps_its_age_and_class() {
        let read = |text: &str| serde_json::from_str::<Ingress>(text).unwrap();
        let key = ObjectKey::new("shop", "web");
        let mut kept = Kept::default();
        let there =
            read(r#"{"metadata":{"creationTimestamp":"2026-01-01T00:00:00Z"},"spec":{"ingressClassName":"whereto"}}"#);
        kept.apply(ObjectChange::Ingress(Delta::Upsert(key.clone(), &there)));
        for (manifest, expected) in [(r#"{}"#, "whereto"), (r#"{"spec":{"ingressClassName":"other"}}"#, "other")] {
            let updated = kept.updated(&key, &read(manifest));
            assert_eq!(updated.spec.ingress_class_name.as_deref(), Some(expected));
            assert_eq!(updated.metadata.creation_timestamp, there.metadata.creation_timestamp);
        }
        let new = ObjectKey::new("shop", "new");
        assert_eq!(kept.updated(&new, &read("{}")), read("{}"));
    }
}
