//! What is in a cluster, without history.

use std::collections::BTreeMap;

use ingress_routing::model::{Change, EndpointSlice, Ingress, Kind, Service, TlsSecret};
use ingress_routing::{Options, Router};
use object_change::{Delta, ObjectKey};

/// The objects that a history of changes leaves behind.
#[derive(Clone, Debug, Default)]
pub(crate) struct World {
    pub(crate) ingresses: BTreeMap<ObjectKey, Ingress>,
    services: BTreeMap<ObjectKey, Service>,
    slices: BTreeMap<ObjectKey, EndpointSlice>,
    secrets: BTreeMap<ObjectKey, TlsSecret>,
}

impl World {
    pub(crate) fn of(changes: &[Change]) -> Self {
        let mut world = Self::default();
        for change in changes.iter().cloned() {
            match change {
                Change::Ingress(delta) => apply(&mut world.ingresses, delta),
                Change::Service(delta) => apply(&mut world.services, delta),
                Change::EndpointSlice(delta) => apply(&mut world.slices, delta),
                Change::Secret(delta) => apply(&mut world.secrets, delta),
                _ => {}
            }
        }
        world
    }

    /// A router that has seen it all at once.
    pub(crate) fn router(&self, options: &Options) -> Router {
        let mut router = Router::new(options.clone());
        router.apply(Change::Ingress(all(&self.ingresses)));
        router.apply(Change::Service(all(&self.services)));
        router.apply(Change::EndpointSlice(all(&self.slices)));
        router.apply(Change::Secret(all(&self.secrets)));
        router.apply(Change::Synced(Kind::IngressClass));
        router
    }
}

fn all<V: Clone>(map: &BTreeMap<ObjectKey, V>) -> Delta<V> {
    Delta::ReplaceAll(map.iter().map(|(key, value)| (key.clone(), value.clone())).collect())
}

fn apply<V>(map: &mut BTreeMap<ObjectKey, V>, delta: Delta<V>) {
    match delta {
        Delta::Upsert(key, value) => {
            map.insert(key, value);
        }
        Delta::Delete(key) => {
            map.remove(&key);
        }
        Delta::ReplaceAll(all) => *map = all.into_iter().collect(),
        _ => unreachable!(),
    }
}
