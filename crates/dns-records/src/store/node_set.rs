use std::borrow::Borrow;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use super::{Map, ServiceNode};

/// Nodes by key: one pointer for each, so that copying a part of the trie counts as little as can be.
#[derive(Clone, Debug, Default)]
pub(crate) struct NodeSet {
    nodes: Map<ByKey, ()>,
}

/// A node that is found by its key.
#[derive(Clone, Debug)]
struct ByKey(Arc<ServiceNode>);

impl NodeSet {
    /// The node of a key: wire labels of name and namespace.
    pub(crate) fn get(&self, key: &[u8]) -> Option<&Arc<ServiceNode>> {
        self.nodes.get_key_value(key).map(|(ByKey(node), ())| node)
    }

    /// Adds a node, in the place of one with the same key.
    pub(crate) fn insert(&mut self, node: Arc<ServiceNode>) {
        self.nodes.insert(ByKey(node), ());
    }

    pub(crate) fn remove(&mut self, key: &[u8]) {
        self.nodes.remove(key);
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &ServiceNode> {
        self.nodes.keys().map(|ByKey(node)| &**node)
    }
}

impl Borrow<[u8]> for ByKey {
    fn borrow(&self) -> &[u8] {
        self.0.labels()
    }
}

impl Hash for ByKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.labels().hash(state);
    }
}

impl PartialEq for ByKey {
    fn eq(&self, other: &Self) -> bool {
        self.0.labels() == other.0.labels()
    }
}

impl Eq for ByKey {}
