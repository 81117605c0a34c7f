use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::watch;

/// How far a server's life has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Phase {
    /// Answering.
    Serving,
    /// Shutdown was asked for: answering, but not ready.
    LameDuck,
    /// Taking no new connections; what was received gets its reply.
    Draining,
    /// Over.
    Stopped,
}

/// The phase, seen by threads and tasks.
#[derive(Clone, Debug)]
pub(crate) struct Lifecycle {
    phase: watch::Sender<Phase>,
    datagrams_end: Arc<AtomicBool>,
    stopped: Arc<AtomicBool>,
}

impl Default for Lifecycle {
    fn default() -> Self {
        Self { phase: watch::Sender::new(Phase::Serving), datagrams_end: Arc::default(), stopped: Arc::default() }
    }
}

impl Lifecycle {
    pub(crate) fn phase(&self) -> Phase {
        *self.phase.borrow()
    }

    /// Goes on to a later phase; never back.
    pub(crate) fn advance(&self, to: Phase) {
        if to >= Phase::Stopped {
            self.stopped.store(true, Ordering::Release);
        }
        self.phase.send_if_modified(|phase| {
            let later = to > *phase;
            if later {
                *phase = to;
            }
            later
        });
    }

    /// Lets the workers answer what is in their sockets, and end.
    pub(crate) fn end_datagrams(&self) {
        self.datagrams_end.store(true, Ordering::Release);
    }

    /// For workers, once per query: whether [`Self::end_datagrams`] was called.
    pub(crate) fn datagrams_end(&self) -> bool {
        self.datagrams_end.load(Ordering::Acquire)
    }

    /// For workers, once per query: whether everything is over.
    pub(crate) fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Acquire)
    }

    /// Returns when the phase is `phase` or later.
    pub(crate) async fn reached(&self, phase: Phase) {
        // The sender is in `self`, so there is always a phase to wait for.
        let _ = self.phase.subscribe().wait_for(|now| *now >= phase).await;
    }
}
