//! Keeping one node in step with the objects it is made of.

use std::net::IpAddr;
use std::sync::Arc;

use object_change::{Diagnostic, Effect, ObjectKey, ObjectRef};

use super::ClusterZones;
use crate::model::{Exposure, ImportExposure, Service, ServiceImport, ServicePort};
use crate::name::Name;
use crate::store::{
    EndpointTable, Indexes, NamespaceId, NamespaceState, NodeExposure, NodeId, NodeSet, Owner, Port, ServiceNode,
    ShortKey, Slice, TableBuilder,
};

/// Which of the two name spaces a node lives in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    Services,
    Imports,
}

/// The node that holds a slice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Home {
    pub(super) family: Family,
    pub(super) key: Arc<[u8]>,
}

/// What a Service or ServiceImport says of itself.
pub(super) struct Stated {
    exposure: NodeExposure,
    ports: Vec<Port>,
}

pub(super) fn state_service(
    service: Service,
    object: impl Fn() -> ObjectRef,
    diagnostics: &mut Vec<Diagnostic>,
) -> Stated {
    let exposure = match service.exposure {
        Exposure::ClusterIp(ips) => NodeExposure::ClusterIp(ips),
        Exposure::Headless => NodeExposure::Headless,
        Exposure::Unallocated => NodeExposure::Unallocated,
        Exposure::ExternalName(target) => match alias_target(&target) {
            Ok(name) => NodeExposure::Alias(name),
            Err(reason) => {
                diagnostics.push(Diagnostic::error(object(), "spec.externalName", reason));
                NodeExposure::Unusable
            }
        },
    };
    Stated { exposure, ports: ports(service.ports) }
}

pub(super) fn state_import(import: ServiceImport) -> Stated {
    let exposure = match import.exposure {
        ImportExposure::ClusterSetIp(ips) => NodeExposure::ClusterIp(ips),
        ImportExposure::Unallocated => NodeExposure::Unallocated,
        ImportExposure::Headless => NodeExposure::Headless,
    };
    Stated { exposure, ports: ports(import.ports) }
}

fn ports(ports: Vec<ServicePort>) -> Vec<Port> {
    let port = |port: ServicePort| Port { name: port.name, protocol: port.protocol, number: Some(port.port) };
    ports.into_iter().map(port).collect()
}

/// Reads an external name: an IP address is none, unless a final dot makes a (strange) host name of it.
fn alias_target(text: &str) -> Result<Name, String> {
    if text.parse::<IpAddr>().is_ok() {
        return Err("an IP address, which no alias can point to".to_owned());
    }
    text.parse().map_err(|error| format!("not a domain name: {error}"))
}

/// A node about to be rebuilt.
pub(super) struct Draft {
    exposure: Option<NodeExposure>,
    ports: Option<Vec<Port>>,
    slices: Vec<Slice>,
    slices_changed: bool,
    stated_changed: bool,
}

impl Draft {
    fn of(node: Option<&ServiceNode>) -> Self {
        Self {
            exposure: node.and_then(|node| node.exposure.clone()),
            ports: None,
            slices: node.map(|node| node.slices.to_vec()).unwrap_or_default(),
            slices_changed: false,
            stated_changed: false,
        }
    }

    pub(super) fn set_stated(&mut self, stated: Option<Stated>) {
        self.stated_changed = true;
        (self.exposure, self.ports) = match stated {
            Some(stated) => (Some(stated.exposure), Some(stated.ports)),
            None => (None, Some(Vec::new())),
        };
    }

    pub(super) fn set_slice(&mut self, name: &str, table: Arc<EndpointTable>) {
        match self.slices.binary_search_by(|slice| (*slice.name).cmp(name)) {
            Ok(at) => {
                if let Some(slice) = self.slices.get_mut(at).filter(|slice| slice.table != table) {
                    slice.table = table;
                    self.slices_changed = true;
                }
            }
            Err(at) => {
                self.slices.insert(at, Slice { name: name.into(), table });
                self.slices_changed = true;
            }
        }
    }

    pub(super) fn remove_slice(&mut self, name: &str) {
        let before = self.slices.len();
        self.slices.retain(|slice| *slice.name != *name);
        self.slices_changed |= self.slices.len() != before;
    }
}

impl ClusterZones {
    /// Rebuilds the node of a key after `change`, and brings the indexes in step.
    pub(super) fn update_node(
        &mut self,
        family: Family,
        key: &Arc<[u8]>,
        namespace: &str,
        effect: &mut Effect,
        change: impl FnOnce(&mut Draft),
    ) {
        let old = map(&mut self.indexes, family).get(key).cloned();
        let mut draft = Draft::of(old.as_deref());
        change(&mut draft);
        let ports = match draft.ports {
            Some(ports) => self.port_lists.intern(ports),
            None => old.as_ref().map_or_else(Arc::default, |node| Arc::clone(&node.ports)),
        };
        let stated_same = old.as_ref().is_some_and(|old| old.exposure == draft.exposure && old.ports == ports)
            || !draft.stated_changed;
        if stated_same && !draft.slices_changed {
            return;
        }
        let endpoints = match (&old, draft.slices_changed) {
            (Some(old), false) => Arc::clone(&old.endpoints),
            _ => merge(&draft.slices),
        };
        let namespace = match &old {
            Some(old) => old.namespace,
            None => self.namespace_state(namespace).id,
        };
        let id = match &old {
            Some(old) => old.id,
            None => self.new_id(),
        };
        let key = old.as_ref().map_or(key, |old| &old.key);
        let node = ServiceNode {
            short_key: ShortKey::new(key),
            namespace,
            id,
            exposure: draft.exposure,
            key: Arc::clone(key),
            ports,
            endpoints,
            slices: draft.slices.into(),
        };
        if node.is_vacant() && old.is_none() {
            self.free_ids.push(id.0);
            return;
        }
        effect.changed = true;
        if family == Family::Services {
            reindex(&mut self.indexes, old.as_deref(), &node);
        }
        if node.is_vacant() {
            map(&mut self.indexes, family).remove(key);
            self.free_ids.push(id.0);
            self.indexes.set_key(id, None);
            return;
        }
        if old.is_none() {
            self.indexes.set_key(id, Some(Arc::clone(&node.key)));
        }
        map(&mut self.indexes, family).insert(Arc::new(node));
    }

    /// The state of a namespace's name, known from now on.
    pub(super) fn namespace_state(&mut self, name: &str) -> NamespaceState {
        if let Some(state) = self.indexes.namespaces.get(name.as_bytes()) {
            return *state;
        }
        let state = NamespaceState { id: NamespaceId(self.indexes.namespaces.len() as u32), exposed: false };
        self.indexes.set_namespace(name.as_bytes(), state);
        state
    }

    fn new_id(&mut self) -> NodeId {
        NodeId(self.free_ids.pop().unwrap_or_else(|| self.indexes.next_id()))
    }
}

fn map(indexes: &mut Indexes, family: Family) -> &mut NodeSet {
    match family {
        Family::Services => &mut indexes.services,
        Family::Imports => &mut indexes.imports,
    }
}

/// One slice's table serves as it is; several are put together.
fn merge(slices: &[Slice]) -> Arc<EndpointTable> {
    match slices {
        [] => Arc::default(),
        [only] => Arc::clone(&only.table),
        several => {
            let mut builder = TableBuilder::default();
            for slice in several {
                builder.merge(&slice.table);
            }
            Arc::new(builder.build())
        }
    }
}

/// Brings the address index in step with a node: only what differs is touched.
fn reindex(indexes: &mut Indexes, old: Option<&ServiceNode>, new: &ServiceNode) {
    let cluster_ips = |node: &ServiceNode| node.cluster_ips().into_iter().flat_map(|ips| ips.iter());
    let owner = Owner::ClusterIp(new.id);
    for address in old.into_iter().flat_map(cluster_ips) {
        indexes.addresses.remove(address, owner);
    }
    for address in cluster_ips(new) {
        indexes.addresses.insert(address, owner);
    }
    if old.is_some_and(|old| Arc::ptr_eq(&old.endpoints, &new.endpoints)) {
        return;
    }
    let owner = Owner::Endpoint(new.id);
    let mut gone = old.into_iter().flat_map(|old| old.endpoints.addresses()).peekable();
    let mut come = new.endpoints.addresses().peekable();
    // Both are ordered by address in one form for both families.
    let order = |address: &IpAddr| match address {
        IpAddr::V4(v4) => v4.to_ipv6_mapped(),
        IpAddr::V6(v6) => *v6,
    };
    loop {
        match (gone.peek(), come.peek()) {
            (None, None) => return,
            (Some(a), Some(b)) if a == b => {
                gone.next();
                come.next();
            }
            (Some(a), b) if b.is_none_or(|b| order(a) < order(b)) => {
                if let Some(address) = gone.next() {
                    indexes.addresses.remove(address, owner);
                }
            }
            _ => {
                if let Some(address) = come.next() {
                    indexes.addresses.insert(address, owner);
                }
            }
        }
    }
}

/// The objects behind nodes.
pub(super) fn object_keys(nodes: &NodeSet) -> impl Iterator<Item = ObjectKey> + '_ {
    nodes.iter().filter(|node| node.exposure.is_some()).map(ServiceNode::object_key)
}
