use std::borrow::Borrow;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use super::paths::Depths;
use super::{DefaultBackend, Destination, HostId, Map, PathIndex, Route, Target, UpstreamId};
use crate::host::{Host, HostForm, HostPattern};
use crate::outcome::RouteMatch;
use crate::path_pattern::{PathForm, below, key_of};

/// The hosts of rules. Entries are pointers: a level of the trie that is copied or searched is as small as can be.
#[derive(Clone, Debug, Default)]
pub(crate) struct HostIndex {
    exact: Map<ByName, ()>,
    /// By what follows `*.`.
    wildcard: Map<ByName, ()>,
    any: Option<Arc<HostEntry>>,
}

/// What routing needs of a host.
#[derive(Debug)]
pub(crate) struct HostEntry {
    pub(crate) id: HostId,
    pub(crate) depths: Depths,
    /// Of the oldest Ingress that has a rule for the host and a default backend.
    pub(crate) default: Option<Arc<DefaultBackend>>,
    /// The host's name, then the paths of `rules`: what a request is compared with lies together.
    text: Box<str>,
    name_len: usize,
    /// Its rules, if it has few, as most hosts have; others are found in the [`PathIndex`] only.
    rules: Option<Box<[ListedRule]>>,
}

/// A rule that decides for something, with what of it routing needs.
#[derive(Debug)]
struct ListedRule {
    route: Arc<Route>,
    /// Where its path ends in the text: it begins where the one before ends. A Prefix is without final slash.
    end: usize,
    form: PathForm,
    guarded: bool,
    upstream: Option<UpstreamId>,
}

/// What a request was found to match.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Found<'t> {
    pub(crate) matched: RouteMatch<'t>,
    /// Whether an access-control annotation closes it.
    pub(crate) guarded: bool,
    /// `None` for a backend that is no Service.
    pub(crate) upstream: Option<UpstreamId>,
}

impl<'t> Found<'t> {
    pub(crate) fn new(matched: RouteMatch<'t>) -> Self {
        let destination = matched.destination();
        Self { matched, guarded: destination.guard.is_some(), upstream: destination.upstream() }
    }
}

impl Destination {
    pub(crate) const fn upstream(&self) -> Option<UpstreamId> {
        match self.target {
            Target::Upstream(id) => Some(id),
            Target::Resource => None,
        }
    }
}

impl HostEntry {
    /// `few` are the rules that decide for something, if these are few enough to be tried one after another.
    pub(crate) fn new(
        pattern: &HostPattern,
        id: HostId,
        depths: Depths,
        default: Option<Arc<DefaultBackend>>,
        few: Option<Vec<Arc<Route>>>,
    ) -> Self {
        let mut text = pattern.name().unwrap_or_default().to_owned();
        let name_len = text.len();
        let rules = few.map(|mut routes| {
            routes.sort_unstable_by(|a, b| b.rank().cmp(&a.rank()));
            let listed = routes.into_iter().map(|route| {
                let form = route.path.form();
                text += match form {
                    PathForm::Exact => route.path.as_str(),
                    PathForm::Prefix => route.path.key(),
                };
                let Found { guarded, upstream, .. } = Found::new(RouteMatch::Rule(&route));
                ListedRule { end: text.len(), form, guarded, upstream, route }
            });
            listed.collect()
        });
        Self { id, depths, default, text: text.into(), name_len, rules }
    }

    /// The rule that decides for a path.
    pub(crate) fn find<'t>(&'t self, paths: &'t PathIndex, path: &str) -> Option<Found<'t>> {
        let Some(rules) = &self.rules else {
            return paths.find(self.id, self.depths, path).map(|route| Found::new(RouteMatch::Rule(route)));
        };
        let key = key_of(path);
        let mut start = self.name_len;
        for ListedRule { route, end, form, guarded, upstream } in rules {
            let text = self.text.get(start..*end)?;
            start = *end;
            let matches = match form {
                PathForm::Exact => text == path,
                PathForm::Prefix => below(text, key),
            };
            if matches {
                return Some(Found { matched: RouteMatch::Rule(route), guarded: *guarded, upstream: *upstream });
            }
        }
        None
    }

    fn name(&self) -> &str {
        self.text.get(..self.name_len).unwrap_or_default()
    }
}

impl HostIndex {
    /// The hosts that match a request's, the most specific first. A request may name none.
    pub(crate) fn matching(&self, host: Option<Host<'_>>) -> impl Iterator<Item = &HostEntry> {
        let name = host.and_then(|host| host.name());
        let exact = move || name.and_then(|name| get(&self.exact, name.as_str()));
        let wildcard = move || name.and_then(|name| get(&self.wildcard, name.parent()?));
        // Each is looked for when those before it are not enough.
        std::iter::once_with(exact)
            .chain(std::iter::once_with(wildcard))
            .chain(std::iter::once_with(move || self.any.as_deref()))
            .flatten()
    }

    pub(crate) fn get(&self, pattern: &HostPattern) -> Option<&HostEntry> {
        match (pattern.form(), pattern.name()) {
            (HostForm::Exact, Some(name)) => get(&self.exact, name),
            (HostForm::Wildcard, Some(name)) => get(&self.wildcard, name),
            _ => self.any.as_deref(),
        }
    }

    pub(crate) fn set(&mut self, pattern: &HostPattern, entry: Option<HostEntry>) {
        let entry = entry.map(Arc::new);
        let map = match pattern.form() {
            HostForm::Exact => &mut self.exact,
            HostForm::Wildcard => &mut self.wildcard,
            HostForm::Any => {
                self.any = entry;
                return;
            }
        };
        // An entry equals the one before it by name, and a map keeps the key that it has.
        map.remove(pattern.name().unwrap_or_default());
        if let Some(entry) = entry {
            map.insert(ByName(entry), ());
        }
    }
}

fn get<'m>(map: &'m Map<ByName, ()>, name: &str) -> Option<&'m HostEntry> {
    map.get_key_value(name).map(|(ByName(entry), ())| &**entry)
}

/// A host that is found by its name.
#[derive(Clone, Debug)]
struct ByName(Arc<HostEntry>);

impl Borrow<str> for ByName {
    fn borrow(&self) -> &str {
        self.0.name()
    }
}

impl Hash for ByName {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.name().hash(state);
    }
}

impl PartialEq for ByName {
    fn eq(&self, other: &Self) -> bool {
        self.0.name() == other.0.name()
    }
}

impl Eq for ByName {}
