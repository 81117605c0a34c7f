//! What the writer knows of the hosts in rules.

use std::borrow::Borrow;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use foldhash::fast::FixedState;

use crate::compile::Compiled;
use crate::host::HostPattern;
use crate::path_pattern::PathPattern;
use crate::table::{DefaultBackend, Depths, HostEntry, HostId, HostIndex, PathIndex, PathNode, Route, Seniority};

/// The hosts of all Ingresses.
#[derive(Debug, Default)]
pub(super) struct Hosts {
    states: HashMap<Arc<HostPattern>, HostState, FixedState>,
    free: Vec<HostId>,
}

#[derive(Debug)]
struct HostState {
    id: HostId,
    /// Ingresses that have rules for it.
    ingresses: usize,
    /// The default backends of those that have one, the oldest Ingress first.
    defaults: BTreeMap<Seniority, Arc<DefaultBackend>>,
    /// How many rules there are by the number of their paths' elements.
    rules: BTreeMap<usize, usize>,
    /// How many rules there are by path without final slash.
    keys: BTreeMap<Box<str>, usize>,
}

/// Up to so many paths are tried one after another, which costs less than to look them up: they lie together in memory. On average it is
/// half of them.
const FEW: usize = 16;

impl Hosts {
    /// Adds what an Ingress has.
    pub(super) fn add(&mut self, compiled: &Compiled, index: &mut HostIndex, paths: &mut PathIndex) {
        for host in &compiled.hosts {
            let state = match self.states.get_mut(host) {
                Some(state) => state,
                None => {
                    let id = self.free.pop().unwrap_or(HostId(self.states.len() as u32));
                    self.states.entry(Arc::clone(host)).or_insert_with(|| HostState::new(id))
                }
            };
            state.ingresses += 1;
            if let Some(default) = &compiled.default {
                state.defaults.insert(compiled.owner.seniority(), Arc::clone(default));
            }
        }
        for route in &compiled.routes {
            if let Some(state) = self.states.get_mut(&route.host) {
                state.count(&route.path);
                paths.insert(state.id, Arc::clone(route));
            }
        }
        self.show(compiled, index, paths);
    }

    /// Takes out what an Ingress had.
    pub(super) fn remove(&mut self, compiled: &Compiled, index: &mut HostIndex, paths: &mut PathIndex) {
        for route in &compiled.routes {
            if let Some(state) = self.states.get_mut(&route.host) {
                state.discount(&route.path);
                paths.remove(state.id, route);
            }
        }
        for host in &compiled.hosts {
            if let Some(state) = self.states.get_mut(host) {
                state.ingresses -= 1;
                state.defaults.remove(&compiled.owner.seniority());
                if state.ingresses == 0 {
                    self.free.push(state.id);
                    self.states.remove(host);
                }
            }
        }
        self.show(compiled, index, paths);
    }

    /// Brings the table's hosts in step.
    fn show(&self, compiled: &Compiled, index: &mut HostIndex, paths: &PathIndex) {
        for host in &compiled.hosts {
            let entry = self.states.get(host).map(|state| {
                let default = state.defaults.values().next().cloned();
                HostEntry::new(host, state.id, state.depths(), default, state.few(paths))
            });
            index.set(host, entry);
        }
    }
}

impl HostState {
    const fn new(id: HostId) -> Self {
        Self { id, ingresses: 0, defaults: BTreeMap::new(), rules: BTreeMap::new(), keys: BTreeMap::new() }
    }

    fn count(&mut self, path: &PathPattern) {
        *self.rules.entry(path.elements()).or_default() += 1;
        *self.keys.entry(path.key().into()).or_default() += 1;
    }

    fn discount(&mut self, path: &PathPattern) {
        discount(&mut self.rules, &path.elements());
        discount(&mut self.keys, path.key());
    }

    fn depths(&self) -> Depths {
        self.rules.keys().fold(Depths::default(), |depths, elements| depths.with(*elements))
    }

    /// The rules that decide for something, if they are few; else none.
    fn few(&self, paths: &PathIndex) -> Vec<Arc<Route>> {
        if self.keys.len() > FEW {
            return Vec::new();
        }
        let nodes = self.keys.keys().filter_map(|key| paths.node(self.id, key.as_bytes()));
        nodes.flat_map(PathNode::winners).cloned().collect()
    }
}

/// Counts one out.
fn discount<K, Q>(counts: &mut BTreeMap<K, usize>, key: &Q)
where
    K: Borrow<Q> + Ord,
    Q: Ord + ?Sized,
{
    if let Some(count) = counts.get_mut(key) {
        *count -= 1;
        if *count == 0 {
            counts.remove(key);
        }
    }
}
