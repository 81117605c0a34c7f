use std::fmt;
use std::hash::{BuildHasher as _, Hash};

use foldhash::quality::RandomState;
use hashbrown::HashMap;

/// What a consumer has to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "an object is there or it is not")]
pub enum Difference<K, V> {
    /// The object exists with this content.
    Upsert(K, V),
    /// The object is gone.
    Delete(K),
}

/// Makes changes of lists and watch events: the rules by which a view of a cluster stays true. Pure; no clock, no connection.
///
/// It keeps the key of each object, its version and 64 bits that stand for its content, not the object. While a list is read it
/// keeps, besides, the objects that differ from what was told.
///
/// - **An interrupted list changes nothing**: what differs is told by [`complete`](Self::complete), all at once. The very first
///   list is told as it is read, since before its end nothing of the kind may be seen anyway; objects of an interrupted first
///   list that the next one does not have are deleted at its end.
/// - **A completed list is the truth**: what it does not have is deleted, even if versions went back because the store behind the
///   API server was restored.
/// - **Deletions during an outage are seen**, by the list after it.
/// - **Duplicates and reordered events are harmless**: an event that is not newer than what is known of its object, or than what a
///   list or bookmark covered, is ignored; so is one whose content is what was told already.
///
/// Versions are `metadata.resourceVersion` read as a number, which may be compared within a kind (documentation of Kubernetes, API
/// concepts, "Resource versions"). `0` stands for one that is no number: such an event is always taken as newer.
///
/// ```
/// use k8s_source::kube::{Difference, Relist};
/// let mut relist = Relist::new();
/// relist.begin();
/// assert_eq!(relist.item("web", 5, "10.0.0.1"), Some(Difference::Upsert("web", "10.0.0.1")));
/// assert!(relist.complete(7).is_empty());
///
/// assert_eq!(relist.upsert("web", 8, "10.0.0.2"), Some(Difference::Upsert("web", "10.0.0.2")));
/// assert_eq!(relist.upsert("web", 6, "10.0.0.9"), None, "older than what is known");
///
/// relist.begin();
/// assert_eq!(relist.item("db", 9, "10.0.0.3"), None, "not before the list is complete");
/// assert_eq!(relist.complete(9), [Difference::Upsert("db", "10.0.0.3"), Difference::Delete("web")]);
/// ```
pub struct Relist<K, V> {
    known: HashMap<K, Known, RandomState>,
    /// Objects of the list under way that differ from what is known.
    staged: HashMap<K, (Staged, V), RandomState>,
    /// Keys deleted since the floor and the versions of their deletions: late events must not bring them back.
    gone: HashMap<K, u64, RandomState>,
    /// Everything up to this version is known.
    floor: u64,
    /// The number of the last list begun.
    list: u32,
    is_listing: bool,
    is_synced: bool,
}

#[derive(Clone, Copy, Debug)]
struct Known {
    version: u64,
    content: u64,
    /// The last list that had the object, or was over when an event told of it.
    list: u32,
}

#[derive(Clone, Copy, Debug)]
struct Staged {
    version: u64,
    content: u64,
}

impl<K: Eq + Hash + Clone, V: Hash> Relist<K, V> {
    /// One that knows nothing.
    pub fn new() -> Self {
        Self {
            known: HashMap::default(),
            staged: HashMap::default(),
            gone: HashMap::default(),
            floor: 0,
            list: 0,
            is_listing: false,
            is_synced: false,
        }
    }

    /// A list begins. One that was under way counts as interrupted.
    pub fn begin(&mut self) {
        self.staged = HashMap::default();
        self.list = self.list.wrapping_add(1);
        self.is_listing = true;
    }

    /// An object of the list. Only the first list has something to tell here. An object that comes twice holds as it came last.
    pub fn item(&mut self, key: K, version: u64, value: V) -> Option<Difference<K, V>> {
        if !self.is_listing {
            return None;
        }
        let content = self.content(&value);
        let list = self.list;
        if let Some(known) = self.known.get_mut(&key) {
            known.list = list;
            if known.content == content {
                self.staged.remove(&key);
                return None;
            }
        }
        if self.is_synced {
            self.staged.insert(key, (Staged { version, content }, value));
            return None;
        }
        self.known.insert(key.clone(), Known { version, content, list });
        Some(Difference::Upsert(key, value))
    }

    /// The list is complete; `version` is its own. Tells what differs from what was told, new objects first.
    pub fn complete(&mut self, version: u64) -> Vec<Difference<K, V>> {
        if !self.is_listing {
            return Vec::new();
        }
        let mut differences = Vec::with_capacity(self.staged.len());
        for (key, (Staged { version, content }, value)) in std::mem::take(&mut self.staged) {
            self.known.insert(key.clone(), Known { version, content, list: self.list });
            differences.push(Difference::Upsert(key, value));
        }
        self.known.retain(|key, known| {
            let is_listed = known.list == self.list;
            if !is_listed {
                differences.push(Difference::Delete(key.clone()));
            }
            // No object is newer than the list it is in. Where versions went back, events with lower ones are new.
            known.version = known.version.min(version);
            is_listed
        });
        self.gone = HashMap::default();
        self.floor = version;
        self.is_listing = false;
        self.is_synced = true;
        differences
    }

    /// An object was added or modified. Ignored while a list is read: what the list does not cover, the watch that begins where it
    /// ends will tell again.
    pub fn upsert(&mut self, key: K, version: u64, value: V) -> Option<Difference<K, V>> {
        if !self.is_news(&key, version) {
            return None;
        }
        let content = self.content(&value);
        let list = self.list;
        self.gone.remove(&key);
        match self.known.get_mut(&key) {
            Some(known) if known.content == content => {
                known.version = version;
                None
            }
            _ => {
                self.known.insert(key.clone(), Known { version, content, list });
                Some(Difference::Upsert(key, value))
            }
        }
    }

    /// An object was read once more, because of it something else is of interest than before. It was read just now: what is known
    /// up to `version` was known to who answered. Ignored while a list is read, and if something newer is known.
    pub fn reread(&mut self, key: K, version: u64, value: V) -> Option<Difference<K, V>> {
        let known = self.known.get(&key).map(|known| known.version);
        if self.is_listing || !self.is_news(&key, version) && known.is_none_or(|known| version < known) {
            return None;
        }
        let content = self.content(&value);
        let list = self.list;
        self.gone.remove(&key);
        match self.known.insert(key.clone(), Known { version, content, list }) {
            Some(known) if known.content == content => None,
            _ => Some(Difference::Upsert(key, value)),
        }
    }

    /// The version of an object, if there is one.
    pub fn version(&self, key: &K) -> Option<u64> {
        self.known.get(key).map(|known| known.version)
    }

    /// An object was deleted; `version` is that of the deletion. Ignored while a list is read.
    pub fn delete(&mut self, key: K, version: u64) -> Option<Difference<K, V>> {
        if !self.is_news(&key, version) {
            return None;
        }
        if version > 0 {
            self.gone.insert(key.clone(), version);
        }
        self.known.remove(&key).map(|_| Difference::Delete(key))
    }

    /// Everything up to `version` was told, as bookmarks say.
    pub fn bookmark(&mut self, version: u64) {
        if !self.is_listing && version > self.floor {
            self.floor = version;
            self.gone.retain(|_, gone| *gone > version);
        }
    }

    /// Whether a list was ever completed.
    pub const fn is_synced(&self) -> bool {
        self.is_synced
    }

    /// How many objects there are, to the best of what is known.
    pub fn len(&self) -> usize {
        self.known.len()
    }

    /// Whether there is no object.
    pub fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    fn content(&self, value: &V) -> u64 {
        self.known.hasher().hash_one(value)
    }

    fn is_news(&self, key: &K, version: u64) -> bool {
        if self.is_listing {
            return false;
        }
        let seen = self.known.get(key).map(|known| known.version).or_else(|| self.gone.get(key).copied());
        version == 0 || (version > self.floor && seen.is_none_or(|seen| version > seen))
    }
}

impl<K: Eq + Hash + Clone, V: Hash> Default for Relist<K, V> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K, V> fmt::Debug for Relist<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Relist")
            .field("objects", &self.known.len())
            .field("staged", &self.staged.len())
            .field("floor", &self.floor)
            .field("is_synced", &self.is_synced)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
