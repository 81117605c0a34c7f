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
}
