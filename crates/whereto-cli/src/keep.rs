//! What commands keep of the objects that they are told.

use std::collections::BTreeMap;

use object_change::{Delta, ObjectKey};

/// Follows the objects of one kind: `of` tells what to keep of each, if anything.
pub(crate) fn keep<T, F>(kept: &mut BTreeMap<ObjectKey, F>, delta: Delta<&T>, of: impl Fn(&T) -> Option<F>) {
    match delta {
        Delta::Upsert(key, object) => match of(object) {
            Some(fact) => {
                kept.insert(key, fact);
            }
            None => {
                kept.remove(&key);
            }
        },
        Delta::Delete(key) => {
            kept.remove(&key);
        }
        Delta::ReplaceAll(all) => {
            *kept = all.into_iter().filter_map(|(key, object)| Some((key, of(object)?))).collect();
        }
        _ => {}
    }
}
