//! The single writer.

mod nodes;
mod table;

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;

use foldhash::fast::FixedState;
use object_change::{Delta, Diagnostic, Effect, ObjectKey, ObjectRef};

use crate::config::{ConfigError, Endpoints, PodMode, ZoneConfig};
use crate::model::{Change, EndpointSlice, Kind, Kinds, Namespace, Pod, Service, ServiceImport, SliceOwner};
use crate::snapshot::Snapshot;
use crate::store::{Indexes, NamespaceId, PortLists, service_key};
use nodes::Family;

type Map<K, V> = HashMap<K, V, FixedState>;

/// The single writer: applies changes, publishes snapshots.
///
/// Objects may come in any order; the cost of a change is that of the Service it concerns, whatever the size of the
/// cluster. Until each [`Kind`] that the options need was synced, snapshots answer "not yet".
///
/// ```
/// use dns_records::model::{Change, ClusterIps, Exposure, Kind, Namespace, Service};
/// use dns_records::{Answer, ClusterZones, Name, RecordType, ZoneConfig};
/// use object_change::{Delta, ObjectKey};
///
/// let mut zones = ClusterZones::new(ZoneConfig::new("cluster.local")?)?;
/// let web = Service::new(Exposure::ClusterIp(ClusterIps::single("10.96.0.10".parse()?)));
/// zones.apply(Change::Namespace(Delta::Upsert(ObjectKey::cluster_scoped("shop"), Namespace::new())));
/// zones.apply(Change::Service(Delta::Upsert(ObjectKey::new("shop", "web"), web)));
/// zones.apply_all(zones.missing().iter().map(Change::Synced).collect::<Vec<_>>());
///
/// let snapshot = zones.publish(1);
/// let name: Name = "web.shop.svc.cluster.local.".parse()?;
/// let Answer::Records(records) = snapshot.lookup(name.as_ref(), RecordType::A) else { panic!() };
/// assert_eq!(records.to_strings(), ["web.shop.svc.cluster.local. 5 IN A 10.96.0.10"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct ClusterZones {
    config: Arc<ZoneConfig>,
    indexes: Indexes,
    /// The node that holds each slice, by `namespace/name` of the slice.
    slice_homes: Map<Box<str>, nodes::Home>,
    /// Addresses of Pods, by `namespace/name`.
    pods: Map<Box<str>, (NamespaceId, IpAddr)>,
    port_lists: PortLists,
    free_ids: Vec<u32>,
    missing: Kinds,
    own_addresses: Arc<[IpAddr]>,
    /// Snapshots that readers may still hold: kept so that no reader ever pays for freeing one.
    retired: Vec<Arc<Snapshot>>,
}

impl ClusterZones {
    /// Empty zones: nothing was synced, so every answer in them is "not yet".
    ///
    /// # Errors
    /// When the options do not fit together ([`ZoneConfig::check`]).
    pub fn new(config: ZoneConfig) -> Result<Self, ConfigError> {
        config.check()?;
        let mut missing = Kinds::EMPTY.with(Kind::Service).with(Kind::Namespace);
        if config.endpoints == Endpoints::Serve {
            missing = missing.with(Kind::EndpointSlice);
        }
        if config.pods == PodMode::Verified {
            missing = missing.with(Kind::Pod);
        }
        if config.zones.has_multicluster() {
            missing = missing.with(Kind::ServiceImport);
        }
        Ok(Self {
            config: Arc::new(config),
            indexes: Indexes::default(),
            slice_homes: Map::default(),
            pods: Map::default(),
            port_lists: PortLists::default(),
            free_ids: Vec::new(),
            missing,
            own_addresses: Arc::default(),
            retired: Vec::new(),
        })
    }

    /// The options.
    pub fn config(&self) -> &ZoneConfig {
        &self.config
    }

    /// Applies one change.
    pub fn apply(&mut self, change: Change) -> Effect {
        let mut effect = Effect::default();
        match change {
            Change::Service(delta) => self.apply_delta(Kind::Service, delta, &mut effect, Self::set_service),
            Change::EndpointSlice(delta) => self.apply_delta(Kind::EndpointSlice, delta, &mut effect, Self::set_slice),
            Change::Namespace(delta) => self.apply_delta(Kind::Namespace, delta, &mut effect, Self::set_namespace),
            Change::Pod(delta) => self.apply_delta(Kind::Pod, delta, &mut effect, Self::set_pod),
            Change::ServiceImport(delta) => self.apply_delta(Kind::ServiceImport, delta, &mut effect, Self::set_import),
            Change::Synced(kind) => self.sync(kind, &mut effect),
            Change::OwnAddresses(addresses) => {
                effect.changed = *self.own_addresses != *addresses;
                self.own_addresses = addresses.into();
            }
        }
        effect
    }

    /// Applies changes in order and sums up their effects.
    pub fn apply_all(&mut self, changes: impl IntoIterator<Item = Change>) -> Effect {
        changes.into_iter().map(|change| self.apply(change)).sum()
    }

    /// The kinds that were not synced yet, of those that the options need.
    pub const fn missing(&self) -> Kinds {
        self.missing
    }

    /// An immutable view of everything applied so far; `serial` is its SOA serial.
    pub fn publish(&mut self, serial: u32) -> Arc<Snapshot> {
        let snapshot = Arc::new(Snapshot {
            config: Arc::clone(&self.config),
            indexes: self.indexes.clone(),
            own_addresses: Arc::clone(&self.own_addresses),
            missing: self.missing,
            serial,
        });
        self.retired.retain(|retired| Arc::strong_count(retired) > 1);
        self.retired.push(Arc::clone(&snapshot));
        snapshot
    }

    fn sync(&mut self, kind: Kind, effect: &mut Effect) {
        effect.changed |= self.missing.contains(kind);
        self.missing = self.missing.without(kind);
    }

    fn apply_delta<V>(
        &mut self,
        kind: Kind,
        delta: Delta<V>,
        effect: &mut Effect,
        set: impl Fn(&mut Self, &ObjectKey, Option<V>, &mut Effect),
    ) {
        if delta.apply(self, |this| this.known(kind), |this, key, value| set(this, key, value, effect)) {
            self.sync(kind, effect);
        }
    }

    /// The objects of a kind that are known.
    fn known(&self, kind: Kind) -> Box<dyn Iterator<Item = ObjectKey> + '_> {
        let split = |key: &str| {
            let (namespace, name) = key.split_once('/').unwrap_or_default();
            ObjectKey::new(namespace, name)
        };
        match kind {
            Kind::Service => Box::new(nodes::object_keys(&self.indexes.services)),
            Kind::ServiceImport => Box::new(nodes::object_keys(&self.indexes.imports)),
            Kind::EndpointSlice => Box::new(self.slice_homes.keys().map(move |key| split(key))),
            Kind::Pod => Box::new(self.pods.keys().map(move |key| split(key))),
            Kind::Namespace => Box::new(
                self.indexes
                    .namespaces
                    .iter()
                    .filter(|(_, state)| state.exposed)
                    .map(|(name, _)| ObjectKey::cluster_scoped(String::from_utf8_lossy(name))),
            ),
        }
    }

    fn set_service(&mut self, key: &ObjectKey, service: Option<Service>, effect: &mut Effect) {
        let service = service.filter(|service| self.config.labels.selects(&service.labels));
        let object = || ObjectRef::new("Service", key.clone());
        let Some(node_key) = service_key(&key.name, &key.namespace).filter(|_| !key.name.contains('.')) else {
            effect.diagnostics.push(Diagnostic::error(object(), "metadata.name", "not a DNS label"));
            return;
        };
        let stated = service.map(|service| nodes::state_service(service, object, &mut effect.diagnostics));
        self.update_node(Family::Services, &node_key, &key.namespace, effect, |draft| draft.set_stated(stated));
    }

    fn set_import(&mut self, key: &ObjectKey, import: Option<ServiceImport>, effect: &mut Effect) {
        let import = import.filter(|import| self.config.namespace_labels.selects(&import.labels));
        let Some(node_key) = service_key(&key.name, &key.namespace).filter(|_| !key.name.contains('.')) else {
            let object = ObjectRef::new("ServiceImport", key.clone());
            effect.diagnostics.push(Diagnostic::error(object, "metadata.name", "not a DNS label"));
            return;
        };
        let stated = import.map(nodes::state_import);
        self.update_node(Family::Imports, &node_key, &key.namespace, effect, |draft| draft.set_stated(stated));
    }

    fn set_slice(&mut self, key: &ObjectKey, slice: Option<EndpointSlice>, effect: &mut Effect) {
        if self.config.endpoints == Endpoints::Ignore {
            return;
        }
        let slice = slice.filter(|slice| self.config.labels.selects(&slice.labels));
        let object = ObjectRef::new("EndpointSlice", key.clone());
        let slice_key: Box<str> = key.to_string().into();
        let home = slice.as_ref().and_then(|slice| {
            let (family, name) = match &slice.owner {
                SliceOwner::Service(name) => (Family::Services, &**name),
                SliceOwner::Import { service, .. } => (Family::Imports, &**service),
                SliceOwner::Nobody => (Family::Services, ""),
            };
            let node_key = service_key(name, &key.namespace);
            if node_key.is_none() {
                let reason = "the Service's name can't be part of a DNS name";
                effect.diagnostics.push(Diagnostic::error(object.clone(), "metadata.labels", reason));
            }
            Some(nodes::Home { family, key: node_key? })
        });
        // To another Service, or away.
        if let Some(old) = self.slice_homes.get(&slice_key).filter(|old| home.as_ref() != Some(*old)).cloned() {
            self.slice_homes.remove(&slice_key);
            self.update_node(old.family, &old.key, &key.namespace, effect, |draft| draft.remove_slice(&key.name));
        }
        if let Some((home, slice)) = home.zip(slice) {
            let table = table::build(&self.config, &mut self.port_lists, slice, &object, &mut effect.diagnostics);
            let (family, node_key) = (home.family, Arc::clone(&home.key));
            self.slice_homes.insert(slice_key, home);
            self.update_node(family, &node_key, &key.namespace, effect, |draft| {
                draft.set_slice(&key.name, Arc::new(table));
            });
        }
    }

    fn set_namespace(&mut self, key: &ObjectKey, namespace: Option<Namespace>, effect: &mut Effect) {
        let listed = self.config.namespaces.as_ref().is_none_or(|names| names.iter().any(|name| **name == *key.name));
        let exposed =
            namespace.is_some_and(|namespace| listed && self.config.namespace_labels.selects(&namespace.labels));
        let mut state = self.namespace_state(&key.name);
        if state.exposed != exposed {
            state.exposed = exposed;
            self.indexes.set_namespace(key.name.as_bytes(), state);
            effect.changed = true;
        }
    }

    fn set_pod(&mut self, key: &ObjectKey, pod: Option<Pod>, effect: &mut Effect) {
        if self.config.pods != PodMode::Verified {
            return;
        }
        let pod = pod.filter(|pod| self.config.labels.selects(&pod.labels));
        let pod_key: Box<str> = key.to_string().into();
        let new = pod.map(|pod| (self.namespace_state(&key.namespace).id, pod.address.to_canonical()));
        let old = match new {
            Some(entry) => self.pods.insert(pod_key, entry),
            None => self.pods.remove(&pod_key),
        };
        if old == new {
            return;
        }
        effect.changed = true;
        if let Some(entry) = old {
            let left = self.indexes.pods.get(&entry).copied().unwrap_or(0).saturating_sub(1);
            if left == 0 {
                self.indexes.pods.remove(&entry);
            } else {
                self.indexes.pods.insert(entry, left);
            }
        }
        if let Some(entry) = new {
            let count = self.indexes.pods.get(&entry).copied().unwrap_or(0);
            self.indexes.pods.insert(entry, count + 1);
        }
    }
}
