use std::collections::BTreeMap;
use std::sync::Arc;

use ingress_routing::model::{Change, EndpointSlice, Ingress, IngressClass, Kind, Service, TlsSecret};
use ingress_routing::{Options, Router, RoutingTable};
use k8s_source::{Consumer, ObjectChange, convert::routing};
use object_change::{Delta, Diagnostic, ObjectKey};

use crate::keep::keep;

/// The objects that decide the way of requests, kept to be routed by several times: for each class once.
#[derive(Debug, Default)]
pub(in crate::commands::lint) struct Models {
    ingresses: BTreeMap<ObjectKey, Ingress>,
    classes: BTreeMap<ObjectKey, IngressClass>,
    pub(super) services: BTreeMap<ObjectKey, Service>,
    slices: BTreeMap<ObjectKey, EndpointSlice>,
    pub(super) secrets: BTreeMap<ObjectKey, TlsSecret>,
}

impl Models {
    /// The table with the Ingresses that are `wanted`.
    pub(super) fn table(&self, options: Options, wanted: impl Fn(&ObjectKey) -> bool) -> Arc<RoutingTable> {
        let mut router = Router::new(options);
        let ingresses = self.ingresses.iter().filter(|(key, _)| wanted(key));
        router.apply(Change::IngressClass(all(self.classes.iter())));
        router.apply(Change::Ingress(all(ingresses)));
        router.apply(Change::Service(all(self.services.iter())));
        router.apply(Change::EndpointSlice(all(self.slices.iter())));
        router.apply(Change::Secret(all(self.secrets.iter())));
        router.apply_all(Kind::ALL.map(Change::Synced));
        router.publish()
    }
}

fn all<'m, V: Clone + 'm>(objects: impl Iterator<Item = (&'m ObjectKey, &'m V)>) -> Delta<V> {
    Delta::ReplaceAll(objects.map(|(key, value)| (key.clone(), value.clone())).collect())
}

impl Consumer for Models {
    fn apply(&mut self, change: ObjectChange<'_>) -> Vec<Diagnostic> {
        match change {
            ObjectChange::Ingress(delta) => keep(&mut self.ingresses, delta, |object| routing::ingress(object).1),
            ObjectChange::IngressClass(delta) => {
                keep(&mut self.classes, delta, |object| routing::ingress_class(object).1)
            }
            ObjectChange::Service(delta) => keep(&mut self.services, delta, |object| routing::service(object).1),
            ObjectChange::EndpointSlice(delta) => {
                keep(&mut self.slices, delta, |object| routing::endpoint_slice(object).1);
            }
            ObjectChange::Secret(delta) => keep(&mut self.secrets, delta, |object| routing::secret(object).1),
            _ => {}
        }
        Vec::new()
    }

    fn publish(&mut self) {}
}
