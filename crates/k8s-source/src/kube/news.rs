//! What scopes tell the source.

use object_change::{Delta, Diagnostic};

use super::packed_key::PackedKey;
use super::relist::Difference;
use super::selection::Held;
use super::watched::Watched;
use crate::change::Consumer;

/// What a scope has to tell.
pub(super) enum News {
    /// Changes for the consumer, perhaps none.
    Changes(Box<dyn Changes>),
    /// The state, the number of objects or the problem is another.
    Status,
}

/// Changes of whatever kind.
pub(super) trait Changes: Send {
    /// Tells the consumer, and hands on what it and the reading found. Whether there was anything to tell.
    fn apply(self: Box<Self>, consumer: &mut dyn Consumer, found: &mut dyn FnMut(Diagnostic)) -> bool;
}

pub(super) struct Told<T> {
    pub(super) differences: Vec<Difference<PackedKey, Held<T>>>,
    pub(super) found: Vec<Diagnostic>,
}

impl<T: Watched> Changes for Told<T> {
    fn apply(self: Box<Self>, consumer: &mut dyn Consumer, found: &mut dyn FnMut(Diagnostic)) -> bool {
        let is_anything = !self.differences.is_empty();
        self.found.into_iter().for_each(&mut *found);
        for difference in self.differences {
            let diagnostics = match difference {
                Difference::Upsert(key, Held::Whole(object)) => {
                    consumer.apply(T::change(Delta::Upsert(key.into(), &object)))
                }
                Difference::Upsert(key, Held::KeyOnly) | Difference::Delete(key) => {
                    consumer.apply(T::change(Delta::Delete(key.into())))
                }
            };
            diagnostics.into_iter().for_each(&mut *found);
        }
        is_anything
    }
}
