use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::watch;

/// How far a server's life has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Phase {
    /// Forwarding.
    Serving,
    /// Shutdown was asked for: forwarding, but not ready.
    LameDuck,
    /// Taking no new connections; requests under way are finished, and their connections then closed.
    Draining,
    /// Over.
    Stopped,
}

/// The phase, seen by threads and tasks.
#[derive(Clone, Debug)]
pub(crate) struct Lifecycle {
    phase: watch::Sender<Phase>,
    ending: Arc<AtomicBool>,
}

impl Default for Lifecycle {
    fn default() -> Self {
        Self { phase: watch::Sender::new(Phase::Serving), ending: Arc::default() }
    }
}

impl Lifecycle {
    pub(crate) fn phase(&self) -> Phase {
        *self.phase.borrow()
    }

    /// Goes on to a later phase; never back.
    pub(crate) fn advance(&self, to: Phase) {
        if to > Phase::Serving {
            self.ending.store(true, Ordering::Release);
        }
        self.phase.send_if_modified(|phase| {
            let later = to > *phase;
            if later {
                *phase = to;
            }
            later
        });
    }

    /// For requests: whether shutdown was asked for.
    pub(crate) fn is_ending(&self) -> bool {
        self.ending.load(Ordering::Acquire)
    }

    /// Returns when the phase is `phase` or later.
    pub(crate) async fn reached(&self, phase: Phase) {
        // The sender is in `self`, so there is always a phase to wait for.
        let _ = self.phase.subscribe().wait_for(|now| *now >= phase).await;
    }
}
