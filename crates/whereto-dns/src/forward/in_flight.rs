use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use super::Asked;
use crate::question::Key;

type Waiting = HashMap<Box<[u8]>, Vec<oneshot::Sender<Asked>>>;

/// Questions that are under way, and who waits for each.
#[derive(Clone, Debug, Default)]
pub(super) struct InFlight {
    waiting: Arc<Mutex<Waiting>>,
}

/// One's part in a question.
pub(super) enum Joined {
    /// Nobody asked yet: ask, and finish.
    Lead(Box<Lead>, oneshot::Receiver<Asked>),
    /// Somebody asks already.
    Follow(oneshot::Receiver<Asked>),
}

/// The duty to answer all who wait. Dropped, it leaves them with an error rather than waiting.
pub(super) struct Lead {
    in_flight: InFlight,
    key: Option<Key>,
}

impl InFlight {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn join(&self, key: &Key) -> Joined {
        let (sender, receiver) = oneshot::channel();
        match self.lock().entry(key.to_boxed()) {
            Entry::Occupied(mut waiting) => {
                waiting.get_mut().push(sender);
                Joined::Follow(receiver)
            }
            Entry::Vacant(slot) => {
                slot.insert(vec![sender]);
                Joined::Lead(Box::new(Lead { in_flight: self.clone(), key: Some(*key) }), receiver)
            }
        }
    }

    /// Questions under way.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.lock().len()
    }
}

impl Lead {
    /// Hands the answer to all who wait.
    pub(super) fn finish(mut self, asked: Asked) {
        for sender in self.take() {
            // Who went away needs no answer.
            let _ = sender.send(asked.clone());
        }
    }

    fn take(&mut self) -> Vec<oneshot::Sender<Asked>> {
        let Some(key) = self.key.take() else { return Vec::new() };
        self.in_flight.lock().remove(key.as_bytes()).unwrap_or_default()
    }
}

impl Drop for Lead {
    fn drop(&mut self) {
        drop(self.take());
    }
}
