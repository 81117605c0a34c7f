use std::sync::Arc;

use object_change::ObjectKey;

use super::{EndpointTable, NamespaceId, NodeId, Port};
use crate::model::ClusterIps;
use crate::name::{MAX_LABEL, Name, NameRef};

/// Everything that the names of one Service, or one ServiceImport, are made of.
///
/// What a look-up and the commonest answer read comes first, in two lines of the processor's cache: nodes are far apart, and most of the
/// time of an answer is waiting for memory.
#[derive(Debug)]
#[repr(C)]
pub(crate) struct ServiceNode {
    /// The key, where it is short enough.
    pub(crate) short_key: ShortKey,
    pub(crate) namespace: NamespaceId,
    pub(crate) id: NodeId,
    /// What the Service says; `None` while only slices are known.
    pub(crate) exposure: Option<NodeExposure>,
    /// Name and namespace as wire labels, as written in the objects (so a slice's label in capitals is never found).
    pub(crate) key: Arc<[u8]>,
    pub(crate) ports: Arc<[Port]>,
    /// The ready endpoints of all slices.
    pub(crate) endpoints: Arc<EndpointTable>,
    pub(crate) slices: Box<[Slice]>,
}

/// Longest key that a node holds itself.
const SHORT: usize = 47;

/// A copy of a key, or nothing where that is longer.
#[derive(Debug)]
pub(crate) struct ShortKey {
    len: u8,
    octets: [u8; SHORT],
}

impl ShortKey {
    pub(crate) fn new(key: &[u8]) -> Self {
        let mut octets = [0; SHORT];
        match octets.get_mut(..key.len()) {
            Some(room) => room.copy_from_slice(key),
            None => return Self { len: 0, octets },
        }
        Self { len: key.len() as u8, octets }
    }
}

/// One slice of a node.
#[derive(Clone, Debug)]
pub(crate) struct Slice {
    pub(crate) name: Box<str>,
    pub(crate) table: Arc<EndpointTable>,
}

/// How a node is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum NodeExposure {
    ClusterIp(ClusterIps),
    Headless,
    Alias(Name),
    /// A cluster IP that is still to come.
    Unallocated,
    /// An alias that can't be one: an IP address, or no name.
    Unusable,
}

impl ServiceNode {
    /// Labels of the name and the namespace in wire form; the name may span several where a slice's label has dots.
    pub(crate) fn labels(&self) -> &[u8] {
        match self.short_key {
            ShortKey { len: 0, .. } => &self.key,
            ShortKey { len, ref octets } => octets.get(..usize::from(len)).unwrap_or_default(),
        }
    }

    /// Whether the key names a Service: a node for slices that belong to nobody has the namespace's label alone.
    pub(crate) fn has_name(&self) -> bool {
        self.key.first().is_some_and(|len| self.key.len() > usize::from(*len) + 1)
    }

    /// Namespace and name of the Service; the last label is the namespace.
    pub(crate) fn object_key(&self) -> ObjectKey {
        let wire: Vec<u8> = self.key.iter().copied().chain([0]).collect();
        let labels: Vec<_> = NameRef::trusted(&wire).labels().map(String::from_utf8_lossy).collect();
        match labels.split_last() {
            Some((namespace, name)) => ObjectKey::new(&**namespace, name.join(".")),
            None => ObjectKey::cluster_scoped(""),
        }
    }

    pub(crate) fn is_vacant(&self) -> bool {
        self.exposure.is_none() && self.slices.is_empty()
    }

    pub(crate) fn cluster_ips(&self) -> Option<ClusterIps> {
        match self.exposure {
            Some(NodeExposure::ClusterIp(ips)) => Some(ips),
            _ => None,
        }
    }
}

/// The key of a node: the dot-separated labels of `name` (none when empty), then the namespace.
///
/// `None` when it can't be part of a domain name.
pub(crate) fn service_key(name: &str, namespace: &str) -> Option<Arc<[u8]>> {
    let mut key = Vec::with_capacity(name.len() + namespace.len() + 2);
    let labels = name.split('.').filter(|_| !name.is_empty()).chain([namespace]);
    for label in labels {
        if label.is_empty() || label.len() > MAX_LABEL {
            return None;
        }
        key.push(label.len() as u8);
        key.extend_from_slice(label.as_bytes());
    }
    (key.len() <= 2 * (MAX_LABEL + 1)).then(|| key.into())
}
