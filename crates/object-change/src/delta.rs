use std::collections::HashSet;

use crate::ObjectKey;

/// What happened to the objects of one kind.
///
/// There is no "list began": an interrupted list must change nothing, so a source sends
/// [`Delta::ReplaceAll`] once a list is complete, or nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Delta<V> {
    /// The object exists with this content, whatever was known of it before.
    Upsert(ObjectKey, V),
    /// The object is gone. Deleting what is not there is no error.
    Delete(ObjectKey),
    /// A completed list: these objects of the kind exist and no others. Of two entries with the same key the later holds.
    ReplaceAll(Vec<(ObjectKey, V)>),
}

impl<V> Delta<V> {
    /// The same change with each value converted.
    ///
    /// ```
    /// use object_change::{Delta, ObjectKey};
    /// let key = ObjectKey::new("shop", "web");
    /// assert_eq!(Delta::Upsert(key.clone(), 7).map(|n| n + 1), Delta::Upsert(key, 8));
    /// ```
    pub fn map<W>(self, mut convert: impl FnMut(V) -> W) -> Delta<W> {
        match self {
            Self::Upsert(key, value) => Delta::Upsert(key, convert(value)),
            Self::Delete(key) => Delta::Delete(key),
            Self::ReplaceAll(all) => {
                Delta::ReplaceAll(all.into_iter().map(|(key, value)| (key, convert(value))).collect())
            }
        }
    }

    /// Brings `state` up to date: `set` gets each object with its content, or with `None` when it is gone. `known` tells which objects of the
    /// kind are there, and is asked only where a completed list came. Returns whether one did.
    ///
    /// ```
    /// use std::collections::BTreeMap;
    ///
    /// use object_change::{Delta, ObjectKey};
    ///
    /// let [old, kept, new] = ["old", "kept", "new"].map(|name| ObjectKey::new("shop", name));
    /// let mut state = BTreeMap::from([(old.clone(), 1), (kept.clone(), 2)]);
    /// let list = Delta::ReplaceAll(vec![(kept.clone(), 3), (new.clone(), 4)]);
    /// let completed = list.apply(
    ///     &mut state,
    ///     |state| Box::new(state.keys().cloned()),
    ///     |state, key, value| drop(match value {
    ///         Some(value) => state.insert(key.clone(), value),
    ///         None => state.remove(key),
    ///     }),
    /// );
    /// assert!(completed);
    /// assert_eq!(state, BTreeMap::from([(kept, 3), (new, 4)]));
    /// ```
    pub fn apply<S>(
        self,
        state: &mut S,
        known: impl FnOnce(&S) -> Box<dyn Iterator<Item = ObjectKey> + '_>,
        mut set: impl FnMut(&mut S, &ObjectKey, Option<V>),
    ) -> bool {
        match self {
            Self::Upsert(key, value) => set(state, &key, Some(value)),
            Self::Delete(key) => set(state, &key, None),
            Self::ReplaceAll(all) => {
                let listed: HashSet<&ObjectKey> = all.iter().map(|(key, _)| key).collect();
                let gone: Vec<ObjectKey> = known(state).filter(|key| !listed.contains(key)).collect();
                for key in gone {
                    set(state, &key, None);
                }
                for (key, value) in all {
                    set(state, &key, Some(value));
                }
                return true;
            }
        }
        false
    }
}
