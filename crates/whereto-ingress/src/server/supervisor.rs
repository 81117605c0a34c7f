use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::lifecycle::{Lifecycle, Phase};

/// The threads of workers.
#[derive(Clone, Debug, Default)]
pub(super) struct Threads(Arc<Mutex<Vec<JoinHandle<()>>>>);

impl Threads {
    pub(super) fn push(&self, thread: JoinHandle<()>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(thread);
    }

    /// Waits until all have ended.
    pub(super) fn join(&self) {
        let threads = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        for thread in threads {
            // What a worker met is logged where it happened.
            drop(thread.join());
        }
    }
}

/// Leads a server through its end.
#[derive(Debug)]
pub(super) struct Supervisor {
    pub(super) lifecycle: Lifecycle,
    pub(super) lame_duck: Duration,
    pub(super) grace: Duration,
    pub(super) threads: Threads,
}

impl Supervisor {
    pub(super) async fn run(self) {
        let Self { lifecycle, lame_duck, grace, threads } = self;
        lifecycle.reached(Phase::LameDuck).await;
        tokio::select! {
            () = tokio::time::sleep(lame_duck) => {}
            () = lifecycle.reached(Phase::Draining) => {}
        }
        lifecycle.advance(Phase::Draining);
        // Workers end by themselves when their last connection has.
        let drained = tokio::task::spawn_blocking(move || threads.join());
        tokio::select! {
            _ = tokio::time::timeout(grace, drained) => {}
            () = lifecycle.reached(Phase::Stopped) => {}
        }
        lifecycle.advance(Phase::Stopped);
    }
}
