//! Which objects there are and which file each is from: names and hashes, no content.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;

use hashbrown::HashTable;
use object_change::ObjectKey;

use super::decode::{Object, ReadKind};
use super::files::FileId;
use crate::objects::{SERVICE_NAME_LABEL, SKIP_MIRROR_LABEL, Service};

/// An object by its kind and key, whether it exists or is just spoken of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct NodeId(u32);

/// A namespace by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct NamespaceId(u32);

/// One text of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Source {
    pub(super) file: FileId,
    pub(super) document: u32,
    pub(super) line: u32,
    /// Of the text: the same hash is the same content.
    pub(super) hash: u64,
}

/// What deriving needs to know of an object that is in use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Facts {
    #[default]
    None,
    Service {
        /// Whether Pods are selected and may become slices.
        selects: bool,
        is_external: bool,
        needs: Needs,
        /// The addresses given to it.
        given: [Option<IpAddr>; 2],
    },
    Slice {
        /// The Service whose endpoints it holds.
        owner: Option<NodeId>,
    },
    Endpoints {
        /// Whether it may become slices.
        mirrored: bool,
    },
}

/// Which families of cluster IP a Service waits for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Needs {
    pub(super) v4: bool,
    pub(super) v6: bool,
    /// Whether the IPv6 one is the primary one.
    pub(super) v6_first: bool,
}

impl Needs {
    pub(super) const fn any(self) -> bool {
        self.v4 || self.v6
    }

    fn of(service: &Service) -> Self {
        let spec = &service.spec;
        if spec.is_external_name() || spec.given_ips().next().is_some() {
            return Self::default();
        }
        let listed = |family: &str| spec.ip_families.iter().any(|have| **have == *family);
        let dual = matches!(spec.ip_family_policy.as_deref(), Some("PreferDualStack" | "RequireDualStack"));
        let v6_first = spec.ip_families.first().is_some_and(|family| **family == *"IPv6");
        Self { v4: dual || !v6_first || listed("IPv4"), v6: dual || listed("IPv6"), v6_first }
    }
}

#[derive(Debug)]
pub(super) struct Node {
    pub(super) kind: ReadKind,
    pub(super) namespace: NamespaceId,
    name: Box<str>,
    /// The text in use: that of the last file.
    pub(super) winner: Option<Source>,
    /// Texts in earlier places, in order.
    shadowed: Box<[Source]>,
    pub(super) facts: Facts,
    /// Of a Service: how many slices there are for it.
    pub(super) slices: u32,
}

/// A namespace that objects are in.
#[derive(Debug)]
pub(super) struct Namespace {
    pub(super) name: Box<str>,
    /// Objects in it.
    pub(super) objects: u32,
    /// Pods among them.
    pub(super) pods: u32,
    /// Whether the consumer was told of it without there being a Namespace object.
    pub(super) implied: bool,
}

/// All objects.
#[derive(Debug, Default)]
pub(super) struct Nodes {
    slots: Vec<Option<Node>>,
    free: Vec<NodeId>,
    index: HashTable<NodeId>,
    hasher: RandomState,
    namespaces: Vec<Namespace>,
    namespace_ids: HashMap<Box<str>, NamespaceId>,
}

impl Nodes {
    pub(super) fn get(&self, id: NodeId) -> Option<&Node> {
        self.slots.get(id.0 as usize)?.as_ref()
    }

    pub(super) fn get_mut(&mut self, id: NodeId) -> Option<&mut Node> {
        self.slots.get_mut(id.0 as usize)?.as_mut()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (NodeId, &Node)> {
        self.slots.iter().enumerate().filter_map(|(at, node)| Some((NodeId(u32::try_from(at).ok()?), node.as_ref()?)))
    }

    pub(super) fn namespaces(&self) -> impl Iterator<Item = (NamespaceId, &Namespace)> {
        self.namespaces
            .iter()
            .enumerate()
            .filter_map(|(at, namespace)| Some((NamespaceId(u32::try_from(at).ok()?), namespace)))
    }

    pub(super) fn namespace(&self, id: NamespaceId) -> Option<&Namespace> {
        self.namespaces.get(id.0 as usize)
    }

    pub(super) fn namespace_mut(&mut self, id: NamespaceId) -> Option<&mut Namespace> {
        self.namespaces.get_mut(id.0 as usize)
    }

    /// Namespace (empty for cluster-scoped kinds) and name.
    pub(super) fn key(&self, node: &Node) -> ObjectKey {
        if node.kind == ReadKind::Namespace {
            return ObjectKey::cluster_scoped(node.name.clone());
        }
        ObjectKey::new(self.namespace_name(node.namespace), node.name.clone())
    }

    pub(super) fn namespace_name(&self, id: NamespaceId) -> &str {
        self.namespace(id).map_or("", |namespace| &namespace.name)
    }

    pub(super) fn find(&self, kind: ReadKind, namespace: NamespaceId, name: &str) -> Option<NodeId> {
        let same = |id: &NodeId| self.get(*id).is_some_and(|node| is_called(node, kind, namespace, name));
        self.index.find(self.hash(kind, namespace, name), same).copied()
    }

    /// The node of that kind and key, made if there is none. A Namespace object's namespace is the one that it names.
    pub(super) fn intern(&mut self, kind: ReadKind, key: &ObjectKey) -> NodeId {
        let namespace = self.namespace_id(if kind == ReadKind::Namespace { &key.name } else { &key.namespace });
        if let Some(id) = self.find(kind, namespace, &key.name) {
            return id;
        }
        let hash = self.hash(kind, namespace, &key.name);
        let node = Node {
            kind,
            namespace,
            name: key.name.clone(),
            winner: None,
            shadowed: Box::default(),
            facts: Facts::None,
            slices: 0,
        };
        let id = self.free.pop().unwrap_or_else(|| {
            self.slots.push(None);
            NodeId(u32::try_from(self.slots.len() - 1).unwrap_or(u32::MAX))
        });
        if let Some(slot) = self.slots.get_mut(id.0 as usize) {
            *slot = Some(node);
        }
        let (slots, hasher) = (&self.slots, &self.hasher);
        self.index.insert_unique(hash, id, |id| {
            slots
                .get(id.0 as usize)
                .and_then(Option::as_ref)
                .map_or(0, |node| hasher.hash_one((node.kind, node.namespace, &*node.name)))
        });
        id
    }

    fn namespace_id(&mut self, name: &str) -> NamespaceId {
        if let Some(id) = self.namespace_ids.get(name) {
            return *id;
        }
        let id = NamespaceId(u32::try_from(self.namespaces.len()).unwrap_or(u32::MAX));
        self.namespaces.push(Namespace { name: name.into(), objects: 0, pods: 0, implied: false });
        self.namespace_ids.insert(name.into(), id);
        id
    }

    fn hash(&self, kind: ReadKind, namespace: NamespaceId, name: &str) -> u64 {
        self.hasher.hash_one((kind, namespace, name))
    }

    /// Puts a text among those of an object, in the order that `order` gives files; of one file the later text is behind.
    pub(super) fn add_source(&mut self, id: NodeId, source: Source, order: impl Fn(FileId, FileId) -> Ordering) {
        let Some(node) = self.get_mut(id) else { return };
        let mut sources: Vec<Source> = node.shadowed.iter().copied().chain(node.winner).collect();
        let at = sources.partition_point(|have| order(have.file, source.file) != Ordering::Greater);
        sources.insert(at, source);
        self.set_sources(id, sources);
    }

    /// Takes away the texts that `file` has of an object.
    pub(super) fn remove_sources(&mut self, id: NodeId, file: FileId) {
        let Some(node) = self.get_mut(id) else { return };
        let sources = node.shadowed.iter().copied().chain(node.winner).filter(|have| have.file != file).collect();
        self.set_sources(id, sources);
    }

    /// The texts of an object, the one in use last.
    pub(super) fn sources(&self, id: NodeId) -> impl DoubleEndedIterator<Item = Source> {
        self.get(id).into_iter().flat_map(|node| node.shadowed.iter().copied().chain(node.winner))
    }

    fn set_sources(&mut self, id: NodeId, mut sources: Vec<Source>) {
        let Some(node) = self.get_mut(id) else { return };
        let before = node.winner.is_some();
        node.winner = sources.pop();
        node.shadowed = sources.into();
        let (kind, namespace, now) = (node.kind, node.namespace, node.winner.is_some());
        // What exists does not hang on what else is read.
        if before == now || kind == ReadKind::Namespace || !kind.is_usual() {
            return;
        }
        let Some(namespace) = self.namespace_mut(namespace) else { return };
        let count =
            |counter: &mut u32| *counter = if now { counter.saturating_add(1) } else { counter.saturating_sub(1) };
        count(&mut namespace.objects);
        if kind == ReadKind::Pod {
            count(&mut namespace.pods);
        }
    }

    /// Notes what matters of the object's content, `None` when it is gone, and gives the Services that this may concern.
    pub(super) fn set_facts(&mut self, id: NodeId, object: Option<&Object>) -> Vec<NodeId> {
        let Some(node) = self.get(id) else { return Vec::new() };
        let (kind, namespace, name, old) = (node.kind, node.namespace, node.name.clone(), node.facts);
        let mut touched = Vec::new();
        let facts = match object {
            Some(Object::Service(service)) => {
                let mut ips = service.spec.given_ips().filter_map(|text| text.parse::<IpAddr>().ok());
                Facts::Service {
                    selects: !service.spec.selector.is_empty() && !service.spec.is_external_name(),
                    is_external: service.spec.is_external_name(),
                    needs: Needs::of(service),
                    given: [ips.next(), ips.next()].map(|ip| ip.map(|ip| ip.to_canonical())),
                }
            }
            Some(Object::EndpointSlice(slice)) => {
                let owner = slice.metadata.labels.get(SERVICE_NAME_LABEL).filter(|owner| !owner.is_empty());
                let owner = owner.map(|owner| {
                    let key = ObjectKey::new(self.namespace_name(namespace), owner);
                    self.intern(ReadKind::Service, &key)
                });
                Facts::Slice { owner }
            }
            Some(Object::Endpoints(endpoints)) => {
                Facts::Endpoints { mirrored: endpoints.metadata.labels.get(SKIP_MIRROR_LABEL) != Some("true") }
            }
            _ => Facts::None,
        };
        let owner_of = |facts| if let Facts::Slice { owner } = facts { owner } else { None };
        let (had, has) = (owner_of(old), owner_of(facts));
        if had != has {
            for (owner, step) in [(had, -1), (has, 1)] {
                if let Some(service) = owner.and_then(|owner| self.get_mut(owner)) {
                    service.slices = service.slices.saturating_add_signed(step);
                }
                touched.extend(owner);
            }
        }
        match kind {
            ReadKind::Service => touched.push(id),
            ReadKind::Endpoints => touched.extend(self.find(ReadKind::Service, namespace, &name)),
            _ => {}
        }
        if let Some(node) = self.get_mut(id) {
            node.facts = facts;
        }
        touched
    }

    /// Forgets a node that nothing speaks of any more.
    pub(super) fn collect(&mut self, id: NodeId) {
        let Some(node) = self.get(id) else { return };
        if node.winner.is_some() || node.slices > 0 {
            return;
        }
        let hash = self.hash(node.kind, node.namespace, &node.name);
        if let Ok(entry) = self.index.find_entry(hash, |have| *have == id) {
            entry.remove();
        }
        if let Some(slot) = self.slots.get_mut(id.0 as usize) {
            *slot = None;
            self.free.push(id);
        }
    }
}

fn is_called(node: &Node, kind: ReadKind, namespace: NamespaceId, name: &str) -> bool {
    node.kind == kind && node.namespace == namespace && *node.name == *name
}
