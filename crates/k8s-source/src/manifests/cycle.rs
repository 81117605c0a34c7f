//! From what files have to what a consumer is told: winners, cluster IPs, derived slices, implied namespaces.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use object_change::{Delta, Diagnostic, ObjectKey, ObjectRef};

use super::allocate::{Given, allocate};
use super::decode::{Object, ReadKind};
use super::deriving::Deriving;
use super::event::{Located, Reporter};
use super::files::{FileId, Files};
use super::nodes::{Facts, NamespaceId, NodeId, Nodes};
use super::options::{ManifestOptions, NamespacePolicy};
use super::read::{Fetching, read_file};
use crate::change::{Consumer, ObjectChange};
use crate::objects::Namespace;

/// What one load or poll has found so far.
#[derive(Debug, Default)]
pub(super) struct Cycle {
    /// Objects whose texts changed, with the hash of the text that was in use.
    pub(super) marked: BTreeMap<NodeId, Option<u64>>,
    /// Content of texts that were read in this cycle.
    pub(super) staged: HashMap<(FileId, u64), Object>,
    /// Content to be told.
    pub(super) in_hand: BTreeMap<NodeId, Object>,
    /// Services whose derived slices may change.
    pub(super) touched: BTreeSet<NodeId>,
    /// Namespaces whose Pods changed.
    pub(super) pods: BTreeSet<NamespaceId>,
    /// Objects that are gone.
    pub(super) gone: BTreeSet<NodeId>,
}

impl Cycle {
    pub(super) fn is_empty(&self) -> bool {
        self.marked.is_empty()
    }

    /// Notes an object before its texts change.
    pub(super) fn mark(&mut self, nodes: &Nodes, id: NodeId) {
        let in_use = nodes.get(id).and_then(|node| node.winner).map(|source| source.hash);
        self.marked.entry(id).or_insert(in_use);
    }
}

/// What is remembered between cycles.
#[derive(Debug, Default)]
pub(super) struct World {
    pub(super) nodes: Nodes,
    given: BTreeMap<NodeId, Given>,
    pub(super) deriving: Deriving,
    /// Objects whose content was not to be had.
    retry: BTreeSet<NodeId>,
}

impl World {
    /// Brings the consumer up to date.
    pub(super) fn settle(
        &mut self,
        mut cycle: Cycle,
        files: &Files,
        options: &ManifestOptions,
        consumer: &mut dyn Consumer,
        reporter: &mut Reporter<'_>,
    ) {
        self.choose(&mut cycle, files, options, reporter);
        self.give_addresses(&mut cycle, files, options);
        for id in &cycle.gone {
            let Some(node) = self.nodes.get(*id) else { continue };
            emit_delete(consumer, node.kind, self.nodes.key(node));
            reporter.summary.changed = true;
        }
        for (id, object) in &mut cycle.in_hand {
            let Some(node) = self.nodes.get(*id) else { continue };
            let key = self.nodes.key(node);
            let info = self.put_address(*id, object, &key);
            let diagnostics = info.into_iter().chain(emit(consumer, key, object)).collect();
            if let (Object::Service(service), true) = (&mut *object, self.given.contains_key(id)) {
                service.spec.cluster_ips.clear();
            }
            self.tell(*id, diagnostics, files, reporter);
            reporter.summary.changed = true;
        }
        self.derive(&mut cycle, files, options, consumer, reporter);
        self.imply_namespaces(options, consumer, reporter);
        let owners: Vec<NodeId> = cycle.marked.into_keys().chain(cycle.touched).collect();
        for id in owners {
            if !self.deriving.concerns(id) {
                self.nodes.collect(id);
            }
        }
    }

    /// Finds the objects that are new, different or gone.
    fn choose(&mut self, cycle: &mut Cycle, files: &Files, options: &ManifestOptions, reporter: &mut Reporter<'_>) {
        let again = std::mem::take(&mut self.retry);
        for id in again.iter().filter(|id| self.nodes.get(**id).is_some()) {
            cycle.mark(&self.nodes, *id);
        }
        let mut wanted = Vec::new();
        for (id, before) in &cycle.marked {
            let Some(node) = self.nodes.get(*id) else { continue };
            match node.winner.map(|source| source.hash) {
                now if now == *before && !again.contains(id) => {}
                None => {
                    cycle.gone.insert(*id);
                }
                Some(_) => wanted.push(*id),
            }
        }
        let mut contents = self.contents(&wanted, &cycle.staged, files, options);
        cycle.staged.clear();
        for id in wanted {
            self.tell_shadowed(id, files, reporter);
            match contents.remove(&id) {
                Some(object) => {
                    cycle.in_hand.insert(id, object);
                }
                None => {
                    self.retry.insert(id);
                    cycle.gone.insert(id);
                }
            }
        }
        let changed: Vec<NodeId> = cycle.marked.keys().copied().collect();
        for id in changed {
            let object = cycle.in_hand.get(&id);
            if object.is_none() && !cycle.gone.contains(&id) {
                continue;
            }
            cycle.touched.extend(self.nodes.set_facts(id, object));
            if let Some(node) = self.nodes.get(id).filter(|node| node.kind == ReadKind::Pod) {
                cycle.pods.insert(node.namespace);
            }
        }
    }

    /// The content of objects: what was just read, or else what their files still have.
    pub(super) fn contents(
        &self,
        wanted: &[NodeId],
        staged: &HashMap<(FileId, u64), Object>,
        files: &Files,
        options: &ManifestOptions,
    ) -> HashMap<NodeId, Object> {
        let mut found = HashMap::new();
        let mut missing: BTreeMap<FileId, Vec<(NodeId, u64)>> = BTreeMap::new();
        for id in wanted {
            let Some(source) = self.nodes.get(*id).and_then(|node| node.winner) else { continue };
            match staged.get(&(source.file, source.hash)) {
                Some(object) => {
                    found.insert(*id, object.clone());
                }
                None => missing.entry(source.file).or_default().push((*id, source.hash)),
            }
        }
        for (file, wanted) in missing {
            let mut fetching = Fetching {
                wanted: wanted.iter().map(|(_, hash)| *hash).collect::<HashSet<_>>(),
                objects: HashMap::new(),
            };
            // What is wrong in the file was told when it was read first.
            let mut silent = |_| {};
            let mut reporter = Reporter::new(&mut silent);
            let path = files.path(file);
            let read = files
                .open_again(file)
                .and_then(|mut reader| read_file(&mut reader, &path, options, &mut fetching, &mut reporter));
            if read.is_ok() {
                found.extend(
                    wanted.into_iter().filter_map(|(id, hash)| Some((id, fetching.objects.get(&hash)?.clone()))),
                );
            }
        }
        found
    }

    /// Recomputes the addresses of Services without one, and takes those in hand whose address changed.
    fn give_addresses(&mut self, cycle: &mut Cycle, files: &Files, options: &ManifestOptions) {
        if cycle.touched.is_empty() {
            return;
        }
        let given = allocate(&self.nodes, options);
        let changed: Vec<NodeId> = given
            .iter()
            .filter(|(id, now)| self.given.get(id) != Some(now) && !cycle.in_hand.contains_key(id))
            .map(|(id, _)| *id)
            .collect();
        self.given = given;
        let mut contents = self.contents(&changed, &HashMap::new(), files, options);
        for id in changed {
            match contents.remove(&id) {
                Some(object) => {
                    cycle.in_hand.insert(id, object);
                }
                None => {
                    self.retry.insert(id);
                }
            }
        }
    }

    /// Puts the address that a Service was given into it.
    fn put_address(&self, id: NodeId, object: &mut Object, key: &ObjectKey) -> Option<Diagnostic> {
        let (Object::Service(service), Some(given)) = (object, self.given.get(&id)) else { return None };
        let object = ObjectRef::new("Service", key.clone());
        let addresses: Vec<Box<str>> = given.iter().flatten().map(|address| address.to_string().into()).collect();
        if addresses.is_empty() {
            let reason = "none is left in the range for Services: it has no address";
            return Some(Diagnostic::error(object, "spec.clusterIP", reason));
        }
        let reason = format!("missing: {} is used", addresses.join(" and "));
        service.spec.cluster_ips = addresses;
        Some(Diagnostic::info(object, "spec.clusterIP", reason))
    }

    /// Tells of namespaces that exist because something is in them, and of those that no longer do.
    fn imply_namespaces(
        &mut self,
        options: &ManifestOptions,
        consumer: &mut dyn Consumer,
        reporter: &mut Reporter<'_>,
    ) {
        let listed: Vec<(NamespaceId, bool)> = self
            .nodes
            .namespaces()
            .map(|(id, namespace)| {
                let node = self.nodes.find(ReadKind::Namespace, id, &namespace.name);
                (id, node.and_then(|node| self.nodes.get(node)).is_some_and(|node| node.winner.is_some()))
            })
            .collect();
        let implies = match options.namespaces {
            NamespacePolicy::Auto => !listed.iter().any(|(_, is_object)| *is_object),
            NamespacePolicy::Implied => true,
            NamespacePolicy::Strict => false,
        };
        for (id, is_object) in listed {
            let Some(namespace) = self.nodes.namespace_mut(id) else { continue };
            let implied = implies && namespace.objects > 0 && !is_object;
            if std::mem::replace(&mut namespace.implied, implied) == implied || (is_object && !implied) {
                continue;
            }
            let key = ObjectKey::cluster_scoped(namespace.name.clone());
            if implied {
                let mut object = Namespace::default();
                object.metadata.name = key.name.clone();
                consumer.apply(ObjectChange::Namespace(Delta::Upsert(key, &object)));
            } else {
                consumer.apply(ObjectChange::Namespace(Delta::Delete(key)));
            }
            reporter.summary.changed = true;
        }
    }

    /// Tells what the consumer had to say about an object, with its place.
    pub(super) fn tell(&self, id: NodeId, diagnostics: Vec<Diagnostic>, files: &Files, reporter: &mut Reporter<'_>) {
        let Some(source) = self.nodes.get(id).and_then(|node| node.winner) else { return };
        for diagnostic in diagnostics {
            reporter.found(Located::new(files.path(source.file), source.document, source.line, diagnostic));
        }
    }

    /// Tells that an object hides another form of itself.
    pub(super) fn tell_shadowed(&self, id: NodeId, files: &Files, reporter: &mut Reporter<'_>) {
        let Some(node) = self.nodes.get(id) else { return };
        let Some(winner) = node.winner else { return };
        let Some(hidden) = self.nodes.sources(id).rev().nth(1).filter(|hidden| hidden.hash != winner.hash) else {
            return;
        };
        let object = ObjectRef::new(node.kind.name(), self.nodes.key(node));
        let path = files.path(hidden.file);
        let reason = format!("also in {}:{}: this later one is used", path.display(), hidden.line);
        self.tell(id, vec![Diagnostic::warning(object, "", reason)], files, reporter);
    }

    /// Whether a Service selects Pods.
    pub(super) fn selects(&self, id: NodeId) -> bool {
        let facts = self.nodes.get(id).filter(|node| node.winner.is_some()).map(|node| node.facts);
        matches!(facts, Some(Facts::Service { selects: true, .. }))
    }
}

/// Tells the consumer an object. Endpoints are told as the slices that are derived from them.
pub(super) fn emit(consumer: &mut dyn Consumer, key: ObjectKey, object: &Object) -> Vec<Diagnostic> {
    consumer.apply(match object {
        Object::Namespace(object) => ObjectChange::Namespace(Delta::Upsert(key, object)),
        Object::Service(object) => ObjectChange::Service(Delta::Upsert(key, object)),
        Object::EndpointSlice(object) => ObjectChange::EndpointSlice(Delta::Upsert(key, object)),
        Object::Pod(object) => ObjectChange::Pod(Delta::Upsert(key, object)),
        Object::ServiceImport(object) => ObjectChange::ServiceImport(Delta::Upsert(key, object)),
        Object::Workload(kind, object) => ObjectChange::Workload(*kind, Delta::Upsert(key, object)),
        Object::KubeletConfiguration(object) => ObjectChange::KubeletConfiguration(Delta::Upsert(key, object)),
        Object::Ingress(object) => ObjectChange::Ingress(Delta::Upsert(key, object)),
        Object::IngressClass(object) => ObjectChange::IngressClass(Delta::Upsert(key, object)),
        Object::Secret(object) => ObjectChange::Secret(Delta::Upsert(key, object)),
        Object::Endpoints(_) => return Vec::new(),
    })
}

/// Tells the consumer that an object is gone.
pub(super) fn emit_delete(consumer: &mut dyn Consumer, kind: ReadKind, key: ObjectKey) {
    consumer.apply(match kind {
        ReadKind::Namespace => ObjectChange::Namespace(Delta::Delete(key)),
        ReadKind::Service => ObjectChange::Service(Delta::Delete(key)),
        ReadKind::EndpointSlice => ObjectChange::EndpointSlice(Delta::Delete(key)),
        ReadKind::Pod => ObjectChange::Pod(Delta::Delete(key)),
        ReadKind::ServiceImport => ObjectChange::ServiceImport(Delta::Delete(key)),
        ReadKind::Workload(kind) => ObjectChange::Workload(kind, Delta::Delete(key)),
        ReadKind::KubeletConfiguration => ObjectChange::KubeletConfiguration(Delta::Delete(key)),
        ReadKind::Ingress => ObjectChange::Ingress(Delta::Delete(key)),
        ReadKind::IngressClass => ObjectChange::IngressClass(Delta::Delete(key)),
        ReadKind::Secret => ObjectChange::Secret(Delta::Delete(key)),
        ReadKind::Endpoints => return,
    });
}
