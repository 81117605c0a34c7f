use std::hash::{Hash, Hasher};
use std::sync::Arc;

use equivalent::Equivalent;

use super::{HostId, Map, Route};
use crate::path_pattern::{PathForm, depth, key_of};

/// The rules of all hosts, by host and by path without a final slash.
///
/// One trie for all hosts: a change costs the same in a host with one path and in one with ten thousand.
#[derive(Clone, Debug, Default)]
pub(crate) struct PathIndex {
    nodes: Map<PathKey, PathNode>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct PathKey {
    host: HostId,
    path: Arc<str>,
}

/// A [`PathKey`] to search with.
struct PathKeyRef<'a> {
    host: HostId,
    path: &'a str,
}

/// The rules for one path: which decides for what is kept apart, so that routing does not search.
#[derive(Clone, Debug, Default)]
pub(crate) struct PathNode {
    exact: Option<Arc<Route>>,
    exact_with_slash: Option<Arc<Route>>,
    prefix: Option<Arc<Route>>,
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

    const fn bit(depth: usize) -> u64 {
        1 << if depth < Self::LAST { depth } else { Self::LAST }
    }
}

impl PathIndex {
    /// The rule that decides for a path of a host.
    pub(crate) fn find(&self, host: HostId, depths: Depths, path: &str) -> Option<&Arc<Route>> {
        let mut key = key_of(path);
        let mut depth = depth(key);
        if depths.contains(depth)
            && let Some(node) = self.node(host, key)
        {
            let exact = if key.len() == path.len() { &node.exact } else { &node.exact_with_slash };
            if let Some(route) = exact.as_ref().or(node.prefix.as_ref()) {
                return Some(route);
            }
        }
        while depth > 0 && depths.reaches(depth - 1) {
            depth -= 1;
            key = key.rsplit_once('/').map_or("", |(upper, _)| upper);
            if depths.contains(depth)
                && let Some(route) = self.node(host, key).and_then(|node| node.prefix.as_ref())
            {
                return Some(route);
            }
        }
        None
    }

    /// The rules for one path without a final slash.
    pub(crate) fn node(&self, host: HostId, path: &str) -> Option<&PathNode> {
        self.nodes.get(&PathKeyRef { host, path })
    }

    pub(crate) fn nodes(&self) -> impl Iterator<Item = (HostId, &str, &PathNode)> {
        self.nodes.iter().map(|(key, node)| (key.host, &*key.path, node))
    }

    pub(crate) fn insert(&mut self, host: HostId, route: Arc<Route>) {
        let path = route.path.key();
        let node = self.node(host, path);
        let mut routes: Vec<Arc<Route>> = node.into_iter().flat_map(PathNode::routes).cloned().collect();
        let key = PathKey { host, path: path.into() };
        routes.push(route);
        self.nodes.insert(key, PathNode::new(routes));
    }

    /// Takes the rule out that is this very value.
    pub(crate) fn remove(&mut self, host: HostId, route: &Arc<Route>) {
        let path = route.path.key();
        let Some(node) = self.node(host, path) else { return };
        let routes: Vec<_> = node.routes().filter(|other| !Arc::ptr_eq(other, route)).cloned().collect();
        if routes.is_empty() {
            self.nodes.remove(&PathKeyRef { host, path });
        } else {
            self.nodes.insert(PathKey { host, path: path.into() }, PathNode::new(routes));
        }
    }
}

impl PathNode {
    fn new(mut routes: Vec<Arc<Route>>) -> Self {
        routes.sort_unstable_by(|a, b| b.rank().cmp(&a.rank()));
        let mut node = Self::default();
        let mut losers = Vec::new();
        for route in routes {
            let place = match (route.path.form(), route.path.ends_in_slash()) {
                (PathForm::Exact, false) => &mut node.exact,
                (PathForm::Exact, true) => &mut node.exact_with_slash,
                (PathForm::Prefix, _) => &mut node.prefix,
            };
            if place.is_none() {
                *place = Some(route);
            } else {
                losers.push(route);
            }
        }
        node.losers = (!losers.is_empty()).then(|| losers.into());
        node
    }

    /// All rules, those first that decide for something.
    pub(crate) fn routes(&self) -> impl Iterator<Item = &Arc<Route>> {
        self.winners().chain(self.losers())
    }

    /// Those that decide for something.
    pub(crate) fn winners(&self) -> impl Iterator<Item = &Arc<Route>> {
        [&self.exact, &self.exact_with_slash, &self.prefix].into_iter().flatten()
    }

    /// The rule for everything below the path.
    pub(crate) const fn prefix(&self) -> Option<&Arc<Route>> {
        self.prefix.as_ref()
    }

    /// Rules of which another is always preferred, by rank.
    pub(crate) fn losers(&self) -> impl Iterator<Item = &Arc<Route>> {
        self.losers.as_deref().into_iter().flatten()
    }
}

impl Hash for PathKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        PathKeyRef { host: self.host, path: &self.path }.hash(state);
    }
}

impl Hash for PathKeyRef<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u32(self.host.0);
        state.write(self.path.as_bytes());
    }
}

impl Equivalent<PathKey> for PathKeyRef<'_> {
    fn equivalent(&self, key: &PathKey) -> bool {
        self.host == key.host && self.path == &*key.path
    }
}
