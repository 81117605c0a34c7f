use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

/// The threads that do a server's work. Clones are the same threads.
#[derive(Clone, Debug, Default)]
pub struct Threads(Arc<Mutex<Vec<JoinHandle<()>>>>);

impl Threads {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// One more. It has to end by itself when the server does.
    pub fn push(&self, thread: JoinHandle<()>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(thread);
    }

    /// Waits until all have ended.
    pub fn join(&self) {
        let threads = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        for thread in threads {
            // What a thread met is told where it happened.
            drop(thread.join());
        }
    }
}
