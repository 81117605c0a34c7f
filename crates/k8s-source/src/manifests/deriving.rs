//! Keeps the slices that are derived for Services in step with what they are derived from.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use object_change::{Delta, ObjectKey};

use super::cycle::{Cycle, World};
use super::decode::{Object, ReadKind};
use super::derive::{derived_name, fingerprint, from_endpoints, from_pods};
use super::event::Reporter;
use super::files::Files;
use super::nodes::{Facts, NamespaceId, NodeId};
use super::options::ManifestOptions;
use crate::change::{Consumer, ObjectChange};
use crate::objects::{EndpointSlice, Pod, Service};

/// What is remembered for it.
#[derive(Debug, Default)]
pub(super) struct Deriving {
    /// What was derived for each Service.
    derived: HashMap<NodeId, Derived>,
    /// Namespaces in which slices are derived from Pods.
    from_pods: BTreeMap<NamespaceId, Selecting>,
    /// Services for which not everything was to be had.
    retry: BTreeSet<NodeId>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Derived {
    count: usize,
    fingerprint: u64,
}

/// The Services of a namespace whose slices are derived from Pods, and its Pods.
#[derive(Debug, Default)]
struct Selecting {
    services: BTreeMap<NodeId, Service>,
    pods: BTreeMap<NodeId, Pod>,
}

/// From what a Service's slices are derived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    /// It has slices, or there is nothing to derive them from.
    Nothing,
    Endpoints(NodeId),
    Pods(NamespaceId),
}

impl Deriving {
    /// Whether something is remembered for the Service.
    pub(super) fn concerns(&self, id: NodeId) -> bool {
        self.derived.contains_key(&id)
    }
}

impl World {
    fn mode(&self, id: NodeId) -> Mode {
        let Some(service) = self.nodes.get(id) else { return Mode::Nothing };
        let is_external = matches!(service.facts, Facts::Service { is_external: true, .. });
        if service.winner.is_none() || service.slices > 0 || is_external {
            return Mode::Nothing;
        }
        let key = self.nodes.key(service);
        let endpoints = self.nodes.find(ReadKind::Endpoints, service.namespace, &key.name);
        let is_mirrored = |id: &NodeId| {
            self.nodes
                .get(*id)
                .is_some_and(|node| node.winner.is_some() && matches!(node.facts, Facts::Endpoints { mirrored: true }))
        };
        if let Some(endpoints) = endpoints.filter(is_mirrored) {
            return Mode::Endpoints(endpoints);
        }
        let has_pods = self.nodes.namespace(service.namespace).is_some_and(|namespace| namespace.pods > 0);
        if has_pods && self.selects(id) { Mode::Pods(service.namespace) } else { Mode::Nothing }
    }

    /// Derives slices again for the Services that the cycle touched, and tells those that changed.
    pub(super) fn derive(
        &mut self,
        cycle: &mut Cycle,
        files: &Files,
        options: &ManifestOptions,
        consumer: &mut dyn Consumer,
        reporter: &mut Reporter<'_>,
    ) {
        self.follow_pods(cycle);
        cycle.touched.append(&mut self.deriving.retry);
        let modes: Vec<(NodeId, Mode)> = cycle.touched.iter().map(|id| (*id, self.mode(*id))).collect();
        let mut contents = self.missing_contents(&modes, cycle, files, options);
        for (id, mode) in &modes {
            self.select(*id, *mode, cycle, &mut contents);
        }
        for (id, mode) in modes {
            let slices = match mode {
                Mode::Nothing => Some(Vec::new()),
                Mode::Endpoints(endpoints) => {
                    match cycle.in_hand.get(&endpoints).or_else(|| contents.get(&endpoints)) {
                        Some(Object::Endpoints(endpoints)) => Some(from_endpoints(endpoints)),
                        _ => None,
                    }
                }
                Mode::Pods(namespace) => self
                    .deriving
                    .from_pods
                    .get(&namespace)
                    .and_then(|selecting| Some(from_pods(selecting.services.get(&id)?, selecting.pods.values()))),
            };
            if slices.is_none() {
                self.deriving.retry.insert(id);
            }
            self.tell_derived(id, mode, slices.unwrap_or_default(), files, consumer, reporter);
        }
        self.deriving.from_pods.retain(|_, selecting| !selecting.services.is_empty());
    }

    /// Takes changed Pods over, and touches the Services that they may belong to.
    fn follow_pods(&mut self, cycle: &mut Cycle) {
        let mut unwatched = BTreeSet::new();
        for namespace in &cycle.pods {
            match self.deriving.from_pods.get(namespace) {
                Some(selecting) => cycle.touched.extend(selecting.services.keys()),
                None => {
                    unwatched.insert(*namespace);
                }
            }
        }
        if !unwatched.is_empty() {
            let services = self.nodes.iter().filter(|(_, node)| node.kind == ReadKind::Service);
            cycle.touched.extend(services.filter(|(_, node)| unwatched.contains(&node.namespace)).map(|(id, _)| id));
        }
        for id in cycle.marked.keys() {
            let Some(node) = self.nodes.get(*id).filter(|node| node.kind == ReadKind::Pod) else { continue };
            let Some(selecting) = self.deriving.from_pods.get_mut(&node.namespace) else { continue };
            if let Some(Object::Pod(pod)) = cycle.in_hand.get(id) {
                selecting.pods.insert(*id, pod.clone());
            } else if cycle.gone.contains(id) {
                selecting.pods.remove(id);
            }
        }
    }

    /// Content that is needed and neither in hand nor remembered.
    fn missing_contents(
        &self,
        modes: &[(NodeId, Mode)],
        cycle: &Cycle,
        files: &Files,
        options: &ManifestOptions,
    ) -> HashMap<NodeId, Object> {
        let mut wanted = BTreeSet::new();
        let mut new_namespaces = BTreeSet::new();
        for (id, mode) in modes {
            match mode {
                Mode::Nothing => {}
                Mode::Endpoints(endpoints) => {
                    wanted.insert(*endpoints);
                }
                Mode::Pods(namespace) => match self.deriving.from_pods.get(namespace) {
                    Some(selecting) if selecting.services.contains_key(id) => {}
                    Some(_) => {
                        wanted.insert(*id);
                    }
                    None => {
                        wanted.insert(*id);
                        new_namespaces.insert(*namespace);
                    }
                },
            }
        }
        if !new_namespaces.is_empty() {
            let pods = self.nodes.iter().filter(|(_, node)| node.kind == ReadKind::Pod && node.winner.is_some());
            wanted.extend(pods.filter(|(_, node)| new_namespaces.contains(&node.namespace)).map(|(id, _)| id));
        }
        let wanted: Vec<NodeId> = wanted.into_iter().filter(|id| !cycle.in_hand.contains_key(id)).collect();
        self.contents(&wanted, &HashMap::new(), files, options)
    }

    /// Remembers a Service whose slices are derived from Pods, with all Pods of its namespace, or forgets it.
    fn select(&mut self, id: NodeId, mode: Mode, cycle: &Cycle, contents: &mut HashMap<NodeId, Object>) {
        let Mode::Pods(namespace) = mode else {
            if let Some(node) = self.nodes.get(id)
                && let Some(selecting) = self.deriving.from_pods.get_mut(&node.namespace)
            {
                selecting.services.remove(&id);
            }
            return;
        };
        if !self.deriving.from_pods.contains_key(&namespace) {
            let mut selecting = Selecting::default();
            for (pod, node) in self.nodes.iter() {
                if node.kind == ReadKind::Pod
                    && node.namespace == namespace
                    && let Some(Object::Pod(object)) = cycle.in_hand.get(&pod).or_else(|| contents.get(&pod))
                {
                    selecting.pods.insert(pod, object.clone());
                }
            }
            self.deriving.from_pods.insert(namespace, selecting);
        }
        let Some(selecting) = self.deriving.from_pods.get_mut(&namespace) else { return };
        if let Some(Object::Service(service)) = cycle.in_hand.get(&id) {
            selecting.services.insert(id, service.clone());
        } else if let Some(Object::Service(service)) = contents.remove(&id) {
            selecting.services.insert(id, service);
        }
    }

    fn tell_derived(
        &mut self,
        id: NodeId,
        mode: Mode,
        slices: Vec<EndpointSlice>,
        files: &Files,
        consumer: &mut dyn Consumer,
        reporter: &mut Reporter<'_>,
    ) {
        let before = self.deriving.derived.get(&id).copied().unwrap_or_default();
        let now = Derived { count: slices.len(), fingerprint: fingerprint(&slices) };
        if (before.count, before.count == 0 || before.fingerprint == now.fingerprint) == (now.count, true) {
            return;
        }
        let Some(key) = self.nodes.get(id).map(|node| self.nodes.key(node)) else { return };
        let origin = if let Mode::Endpoints(endpoints) = mode { endpoints } else { id };
        for slice in &slices {
            let diagnostics = consumer.apply(ObjectChange::EndpointSlice(Delta::Upsert(slice.metadata.key(), slice)));
            self.tell(origin, diagnostics, files, reporter);
        }
        for index in now.count..before.count {
            let name = derived_name(&key.name, index);
            consumer.apply(ObjectChange::EndpointSlice(Delta::Delete(ObjectKey::new(key.namespace.clone(), name))));
        }
        if slices.is_empty() {
            self.deriving.derived.remove(&id);
        } else {
            self.deriving.derived.insert(id, now);
        }
        reporter.summary.changed = true;
    }
}
