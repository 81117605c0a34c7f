use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use tokio::sync::watch;

/// How far a server's life has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Phase {
    /// At work.
    Serving,
    /// Shutdown was asked for: at work, but not ready.
    LameDuck,
    /// Taking no new connections; what was received is finished.
    Draining,
    /// Over.
    Stopped,
}

/// The phase, seen by a server's threads and tasks. Clones are the same life.
#[derive(Clone, Debug)]
pub struct Lifecycle {
    phase: watch::Sender<Phase>,
    /// The same for those who look often: the channel has a lock.
    now: Arc<AtomicU8>,
}

impl Default for Lifecycle {
    fn default() -> Self {
        Self { phase: watch::Sender::new(Phase::Serving), now: Arc::new(AtomicU8::new(Phase::Serving as u8)) }
    }
}

impl Lifecycle {
    /// Begins with [`Phase::Serving`].
    pub fn new() -> Self {
        Self::default()
    }

    /// The phase now: one load, for those who ask with each request.
    pub fn phase(&self) -> Phase {
        const SERVING: u8 = Phase::Serving as u8;
        const LAME_DUCK: u8 = Phase::LameDuck as u8;
        const DRAINING: u8 = Phase::Draining as u8;
        match self.now.load(Ordering::Acquire) {
            SERVING => Phase::Serving,
            LAME_DUCK => Phase::LameDuck,
            DRAINING => Phase::Draining,
            _ => Phase::Stopped,
        }
    }

    /// Goes on to a later phase; never back.
    pub fn advance(&self, to: Phase) {
        self.phase.send_if_modified(|phase| {
            let later = to > *phase;
            if later {
                *phase = to;
                // Before anybody is woken, so that who is sees it.
                self.now.store(to as u8, Ordering::Release);
            }
            later
        });
    }

    /// Returns when the phase is `phase` or later.
    pub async fn reached(&self, phase: Phase) {
        // The sender is in `self`, so there is always a phase to wait for.
        let _ = self.phase.subscribe().wait_for(|now| *now >= phase).await;
    }

    /// What steers the server from outside.
    pub fn handle(&self) -> ServerHandle {
        ServerHandle(self.clone())
    }
}

/// Steers a running server, from any thread.
#[derive(Clone, Debug)]
pub struct ServerHandle(Lifecycle);

impl ServerHandle {
    /// Begins the end: not ready from now on, at work for the lame-duck time, then draining. Returns at once.
    pub fn begin_shutdown(&self) {
        self.0.advance(Phase::LameDuck);
    }

    /// Ends without waiting for anything.
    pub fn abort(&self) {
        self.0.advance(Phase::Stopped);
    }

    /// How far the server's life has come.
    pub fn phase(&self) -> Phase {
        self.0.phase()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn phases_go_one_way_and_are_seen_by_all() {
        let lifecycle = Lifecycle::new();
        let (seen, handle) = (lifecycle.clone(), lifecycle.handle());
        assert_eq!(seen.phase(), Phase::Serving);
        seen.reached(Phase::Serving).await;
        let waiting = tokio::spawn({
            let lifecycle = lifecycle.clone();
            async move {
                lifecycle.reached(Phase::LameDuck).await;
                lifecycle.phase()
            }
        });
        for (to, now) in [
            (Phase::Draining, Phase::Draining),
            (Phase::LameDuck, Phase::Draining),
            (Phase::Serving, Phase::Draining),
            (Phase::Stopped, Phase::Stopped),
            (Phase::Draining, Phase::Stopped),
        ] {
            lifecycle.advance(to);
            assert_eq!((seen.phase(), handle.phase()), (now, now), "after {to:?}");
        }
        assert_eq!(waiting.await.unwrap(), Phase::Stopped);
    }

    #[test]
    fn a_handle_asks_for_the_end_or_makes_it() {
        let lifecycle = Lifecycle::new();
        let handle = lifecycle.handle();
        handle.begin_shutdown();
        assert_eq!(lifecycle.phase(), Phase::LameDuck);
        handle.abort();
        handle.begin_shutdown();
        assert_eq!(lifecycle.phase(), Phase::Stopped);
    }
}
