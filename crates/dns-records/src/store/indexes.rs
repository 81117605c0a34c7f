use std::net::IpAddr;
use std::sync::Arc;

use foldhash::fast::FixedState;
use imbl::shared_ptr::DefaultSharedPtr;
use imbl::{GenericHashMap, Vector};

use super::{AddressIndex, NodeSet, ServiceNode};

/// A persistent hash trie. Its keys come from the cluster, not from those who ask, so the hash needs no secret.
pub(crate) type Map<K, V> = GenericHashMap<K, V, FixedState, DefaultSharedPtr>;

/// Number of a node; reused after it is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct NodeId(pub(crate) u32);

impl NodeId {
    pub(crate) const MIN: Self = Self(0);
    pub(crate) const MAX: Self = Self(u32::MAX);
}

/// Number of a namespace's name; never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct NamespaceId(pub(crate) u32);

/// What is known of a namespace's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NamespaceState {
    pub(crate) id: NamespaceId,
    /// Whether the Namespace exists and is among those to serve.
    pub(crate) exposed: bool,
}

/// The persistent indexes: cloning shares everything, and a change copies only the path to it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Indexes {
    /// Services.
    pub(crate) services: NodeSet,
    /// ServiceImports.
    pub(crate) imports: NodeSet,
    /// The keys of nodes by number, for the address index: written when a node comes or goes, not when it changes.
    keys: Vector<Option<Arc<[u8]>>>,
    pub(crate) addresses: AddressIndex,
    /// Which namespaces are exposed, one bit for each [`NamespaceId`]: what every hit asks.
    exposed: Arc<[u64]>,
    /// By name.
    pub(crate) namespaces: Map<Box<[u8]>, NamespaceState>,
    /// Pods with an address in a namespace, counted: Pods on the host's network share theirs.
    pub(crate) pods: Map<(NamespaceId, IpAddr), u32>,
}

impl Indexes {
    /// The Service's node of a number.
    pub(crate) fn node(&self, NodeId(id): NodeId) -> Option<&Arc<ServiceNode>> {
        self.services.get(self.keys.get(id as usize)?.as_ref()?)
    }

    /// Sets the key of a number, or takes it back.
    pub(crate) fn set_key(&mut self, NodeId(id): NodeId, key: Option<Arc<[u8]>>) {
        let at = id as usize;
        if at < self.keys.len() {
            self.keys.set(at, key);
        } else {
            self.keys.push_back(key);
        }
    }

    /// The first number that was never given away.
    pub(crate) fn next_id(&self) -> u32 {
        self.keys.len() as u32
    }

    /// Whether the namespace of a node is exposed.
    pub(crate) fn is_exposed_id(&self, NamespaceId(id): NamespaceId) -> bool {
        self.exposed.get(id as usize / 64).is_some_and(|bits| bits >> (id % 64) & 1 == 1)
    }

    /// Sets what is known of a namespace's name.
    pub(crate) fn set_namespace(&mut self, name: &[u8], state: NamespaceState) {
        let NamespaceId(id) = state.id;
        let (word, bit) = (id as usize / 64, 1 << (id % 64));
        let mut exposed = self.exposed.to_vec();
        exposed.resize(exposed.len().max(word + 1), 0);
        if let Some(bits) = exposed.get_mut(word) {
            *bits = if state.exposed { *bits | bit } else { *bits & !bit };
        }
        self.exposed = exposed.into();
        self.namespaces.insert(name.into(), state);
    }

    pub(crate) fn is_exposed(&self, namespace: &[u8]) -> bool {
        self.namespaces.get(namespace).is_some_and(|state| state.exposed)
    }
}
