use std::sync::Arc;
use std::time::SystemTime;

use object_change::Diagnostic;

use super::Problem;
use crate::change::Kind;

/// What a source tells besides changes, for logs.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// Something about an object that its author should know.
    Found(Diagnostic),
    /// So many objects were read so far; only before everything is synced.
    Progress {
        /// Objects of all kinds.
        objects: usize,
    },
    /// Every object of the kind that existed was told, for the first time.
    Synced(Kind),
    /// Something fails, or fails in another way than before. It is tried again until it works.
    Failed {
        /// The kind concerned.
        kind: Kind,
        /// The namespace concerned, where namespaces were given.
        namespace: Option<Arc<str>>,
        /// Why.
        problem: Arc<Problem>,
        /// When the objects were last known to be current; `None` before they were read at all.
        stale_since: Option<SystemTime>,
    },
    /// What failed works again: the objects are current.
    Recovered {
        /// The kind concerned.
        kind: Kind,
        /// The namespace concerned, where namespaces were given.
        namespace: Option<Arc<str>>,
    },
}
