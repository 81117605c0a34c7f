use std::hash::{Hash, Hasher};
use std::sync::Arc;

use equivalent::Equivalent;
use smallvec::SmallVec;

use super::{Decider, Found, HostId, Map, Route};
use crate::path_pattern::{PathForm, first_elements, key_octets};

/// The rules of all hosts, by host and by path without a final slash.
///
/// One trie for all hosts: a change costs the same in a host with one path and in one with ten thousand. Its entries are pointers, so that a
/// level of it that is copied or searched is as small as can be.
#[derive(Clone, Debug, Default)]
pub(crate) struct PathIndex {
    nodes: Map<ByPath, ()>,
}

/// The rules for one path of one host: which decides for what is kept apart, so that routing does not search.
#[derive(Debug)]
pub(crate) struct PathNode {
    host: HostId,
    /// Most paths lie here, beside what they lead to.
    key: SmallVec<[u8; 32]>,
    exact: Option<Decider>,
    exact_with_slash: Option<Decider>,
    prefix: Option<Decider>,
    /// Rules of which another is always preferred, by rank.
    losers: Option<Arc<[Arc<Route>]>>,
}

/// For which numbers of elements a host has rules, so that no others are looked up; the last bit is for all numbers from it on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Depths(u64);

impl Depths {
    const LAST: usize = 63;

    pub(crate) const fn with(self, depth: usize) -> Self {
        Self(self.0 | Self::bit(depth))
    }

    const fn contains(self, depth: usize) -> bool {
        self.0 & Self::bit(depth) != 0
    }

    /// Whether there is one up to `depth`.
    const fn reaches(self, depth: usize) -> bool {
        let bit = Self::bit(depth);
        self.0 & (bit | (bit - 1)) != 0
    }

    /// The greatest.
    const fn last(self) -> usize {
        match self.0.checked_ilog2() {
            None => 0,
            Some(last) if last as usize == Self::LAST => usize::MAX,
            Some(last) => last as usize,
        }
    }

    const fn bit(depth: usize) -> u64 {
        1 << if depth < Self::LAST { depth } else { Self::LAST }
    }
}

impl PathIndex {
    /// The rule that decides for a path of a host.
    pub(crate) fn find(&self, host: HostId, depths: Depths, path: &[u8]) -> Option<Found<'_>> {
        let whole = key_octets(path);
        let (mut key, mut depth) = first_elements(whole, depths.last());
        if depths.contains(depth)
            && let Some(node) = self.node(host, key)
        {
            let exact = if whole.len() == path.len() { &node.exact } else { &node.exact_with_slash };
            let exact = exact.as_ref().filter(|_| key.len() == whole.len());
            if let Some(decider) = exact.or(node.prefix.as_ref()) {
                return Some(decider.found());
            }
        }
        while depth > 0 && depths.reaches(depth - 1) {
            depth -= 1;
            let slash = key.iter().rposition(|octet| *octet == b'/').unwrap_or_default();
            key = key.get(..slash).unwrap_or_default();
            if depths.contains(depth)
                && let Some(decider) = self.node(host, key).and_then(|node| node.prefix.as_ref())
            {
                return Some(decider.found());
            }
        }
        None
    }

    /// The rules for one path without a final slash.
    pub(crate) fn node(&self, host: HostId, key: &[u8]) -> Option<&PathNode> {
        self.nodes.get_key_value(&Place { host, key }).map(|(ByPath(node), ())| &**node)
    }

    pub(crate) fn nodes(&self) -> impl Iterator<Item = &PathNode> {
        self.nodes.keys().map(|ByPath(node)| &**node)
    }

    pub(crate) fn insert(&mut self, host: HostId, route: Arc<Route>) {
        let mut routes = self.take(host, route.path.key());
        routes.push(route);
        self.put(host, routes);
    }

    /// Takes the rule out that is this very value.
    pub(crate) fn remove(&mut self, host: HostId, route: &Arc<Route>) {
        let mut routes = self.take(host, route.path.key());
        routes.retain(|other| !Arc::ptr_eq(other, route));
        self.put(host, routes);
    }

    /// Takes out the rules for a path.
    fn take(&mut self, host: HostId, key: &str) -> Vec<Arc<Route>> {
        let place = Place { host, key: key.as_bytes() };
        let node = self.nodes.remove_with_key(&place);
        node.map(|(ByPath(node), ())| node.routes().cloned().collect()).unwrap_or_default()
    }

    /// Puts in the rules for a path, for which there are none.
    fn put(&mut self, host: HostId, routes: Vec<Arc<Route>>) {
        if let Some(node) = PathNode::new(host, routes) {
            self.nodes.insert(ByPath(Arc::new(node)), ());
        }
    }
}

impl PathNode {
    /// Of rules that have one path; `None` if there are none.
    fn new(host: HostId, mut routes: Vec<Arc<Route>>) -> Option<Self> {
        routes.sort_unstable_by(|a, b| b.rank().cmp(&a.rank()));
        let key = routes.first()?.path.key().as_bytes().into();
        let mut node = Self { host, key, exact: None, exact_with_slash: None, prefix: None, losers: None };
        let mut losers = Vec::new();
        for route in routes {
            let place = match (route.path.form(), route.path.ends_in_slash()) {
                (PathForm::Exact, false) => &mut node.exact,
                (PathForm::Exact, true) => &mut node.exact_with_slash,
                (PathForm::Prefix, _) => &mut node.prefix,
            };
            if place.is_none() {
                *place = Some(Decider::new(route));
            } else {
                losers.push(route);
            }
        }
        node.losers = (!losers.is_empty()).then(|| losers.into());
        Some(node)
    }

    pub(crate) const fn host(&self) -> HostId {
        self.host
    }

    /// The path without a final slash.
    pub(crate) fn key(&self) -> &str {
        self.routes().next().map_or("", |route| route.path.key())
    }

    /// All rules, those first that decide for something.
    pub(crate) fn routes(&self) -> impl Iterator<Item = &Arc<Route>> {
        self.winners().chain(self.losers())
    }

    /// Those that decide for something.
    pub(crate) fn winners(&self) -> impl Iterator<Item = &Arc<Route>> {
        [&self.exact, &self.exact_with_slash, &self.prefix].into_iter().flatten().map(Decider::route)
    }

    /// Whether there is a rule for everything below the path.
    pub(crate) const fn has_prefix(&self) -> bool {
        self.prefix.is_some()
    }

    /// Rules of which another is always preferred, by rank.
    pub(crate) fn losers(&self) -> impl Iterator<Item = &Arc<Route>> {
        self.losers.as_deref().into_iter().flatten()
    }

    fn place(&self) -> Place<'_> {
        Place { host: self.host, key: &self.key }
    }
}

/// What a node is found by.
#[derive(PartialEq, Eq)]
struct Place<'a> {
    host: HostId,
    key: &'a [u8],
}

impl Hash for Place<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u32(self.host.0);
        state.write(self.key);
    }
}

impl Equivalent<ByPath> for Place<'_> {
    fn equivalent(&self, ByPath(node): &ByPath) -> bool {
        *self == node.place()
    }
}

/// A node that is found by its host and path.
#[derive(Clone, Debug)]
struct ByPath(Arc<PathNode>);

impl Hash for ByPath {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.place().hash(state);
    }
}

impl PartialEq for ByPath {
    fn eq(&self, other: &Self) -> bool {
        self.0.place() == other.0.place()
    }
}

impl Eq for ByPath {}
