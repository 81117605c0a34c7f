use std::hash::{Hash, Hasher};
use std::sync::Arc;

use equivalent::Equivalent;
use smallvec::SmallVec;

use super::paths::Depths;
use super::{DefaultBackend, Found, HostId, Map, PathIndex, Route, UpstreamId};
use crate::host::{Host, HostForm, HostPattern};
use crate::outcome::RouteMatch;
use crate::path_pattern::{PathForm, below, key_octets};

/// The hosts of rules. Entries are pointers: a level of the trie that is copied or searched is as small as can be.
#[derive(Clone, Debug, Default)]
pub(crate) struct HostIndex {
    exact: Map<ByName, ()>,
    /// By what follows `*.`.
    wildcard: Map<ByName, ()>,
    any: Option<Arc<HostEntry>>,
}

/// What routing needs of a host. In a large table it is the memory that takes its time: what is read of most hosts lies in one place.
#[derive(Debug)]
pub(crate) struct HostEntry {
    /// The host's name, then the paths of `rules`.
    text: SmallVec<[u8; 56]>,
    name_len: u16,
    pub(crate) id: HostId,
    pub(crate) depths: Depths,
    /// Its rules, if it has few, as most hosts have; others are found in the [`PathIndex`] only.
    rules: SmallVec<[ListedRule; 4]>,
    /// Of the oldest Ingress that has a rule for the host and a default backend.
    pub(crate) default: Option<Arc<DefaultBackend>>,
}

/// As a [`Decider`](super::Decider), with its path.
#[derive(Debug)]
struct ListedRule {
    route: Arc<Route>,
    upstream: Option<UpstreamId>,
    /// Where its path ends in the text: it begins where the one before ends. A Prefix is without final slash.
    end: u16,
    form: PathForm,
    guarded: bool,
}

impl HostEntry {
    /// `few` are the rules that decide for something, if these are few enough to be tried one after another; else none.
    pub(crate) fn new(
        pattern: &HostPattern,
        id: HostId,
        depths: Depths,
        default: Option<Arc<DefaultBackend>>,
        few: Vec<Arc<Route>>,
    ) -> Self {
        let mut text = SmallVec::from_slice(pattern.name().unwrap_or_default().as_bytes());
        // A name has 253 octets at most.
        let name_len = u16::try_from(text.len()).unwrap_or_default();
        let rules = list(&mut text, few).unwrap_or_else(|| {
            text.truncate(name_len.into());
            SmallVec::new()
        });
        text.shrink_to_fit();
        Self { text, name_len, id, depths, rules, default }
    }

    /// The rule that decides for a path.
    pub(crate) fn find<'t>(&'t self, paths: &'t PathIndex, path: &[u8]) -> Option<Found<'t>> {
        if self.rules.is_empty() {
            return paths.find(self.id, self.depths, path);
        }
        let key = key_octets(path);
        let mut start = usize::from(self.name_len);
        for ListedRule { route, end, form, guarded, upstream } in &self.rules {
            let end = usize::from(*end);
            let text = self.text.get(start..end)?;
            start = end;
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

    fn name(&self) -> &[u8] {
        self.text.get(..self.name_len.into()).unwrap_or_default()
    }
}

/// The rules by rank, their paths appended to the text; `None` if these are too long.
fn list(text: &mut SmallVec<[u8; 56]>, mut routes: Vec<Arc<Route>>) -> Option<SmallVec<[ListedRule; 4]>> {
    routes.sort_unstable_by(|a, b| b.rank().cmp(&a.rank()));
    let listed = routes.into_iter().map(|route| {
        let form = route.path.form();
        text.extend_from_slice(match form {
            PathForm::Exact => route.path.as_str().as_bytes(),
            PathForm::Prefix => route.path.key().as_bytes(),
        });
        let Found { guarded, upstream, .. } = Found::new(RouteMatch::Rule(&route));
        Some(ListedRule { end: text.len().try_into().ok()?, form, guarded, upstream, route })
    });
    listed.collect()
}

impl HostIndex {
    /// The hosts that match a request's, the most specific first. A request may name none.
    pub(crate) fn matching(&self, host: Option<Host<'_>>) -> impl Iterator<Item = &HostEntry> {
        let name = host.and_then(|host| host.name());
        // Each is looked for when those before it are not enough.
        [HostForm::Exact, HostForm::Wildcard, HostForm::Any].into_iter().filter_map(move |form| match form {
            HostForm::Exact => get(&self.exact, name?.as_bytes()),
            HostForm::Wildcard => get(&self.wildcard, name?.parent_bytes()?),
            HostForm::Any => self.any.as_deref(),
        })
    }

    pub(crate) fn get(&self, pattern: &HostPattern) -> Option<&HostEntry> {
        match (pattern.form(), pattern.name()) {
            (HostForm::Exact, Some(name)) => get(&self.exact, name.as_bytes()),
            (HostForm::Wildcard, Some(name)) => get(&self.wildcard, name.as_bytes()),
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
        map.remove(&Name(pattern.name().unwrap_or_default().as_bytes()));
        if let Some(entry) = entry {
            map.insert(ByName(entry), ());
        }
    }
}

fn get<'m>(map: &'m Map<ByName, ()>, name: &[u8]) -> Option<&'m HostEntry> {
    if map.is_empty() {
        return None;
    }
    map.get_key_value(&Name(name)).map(|(ByName(entry), ())| &**entry)
}

/// What an entry is found by.
#[derive(PartialEq, Eq)]
struct Name<'a>(&'a [u8]);

impl Hash for Name<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write(self.0);
    }
}

impl Equivalent<ByName> for Name<'_> {
    fn equivalent(&self, ByName(entry): &ByName) -> bool {
        self.0 == entry.name()
    }
}

/// A host that is found by its name.
#[derive(Clone, Debug)]
struct ByName(Arc<HostEntry>);

impl Hash for ByName {
    fn hash<H: Hasher>(&self, state: &mut H) {
        Name(self.0.name()).hash(state);
    }
}

impl PartialEq for ByName {
    fn eq(&self, other: &Self) -> bool {
        self.0.name() == other.0.name()
    }
}

impl Eq for ByName {}
