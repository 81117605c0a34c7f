use std::time::Duration;

use crate::lifecycle::{Lifecycle, Phase};

/// How long the parts of an end may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shutdown {
    /// How long the server is at work after shutdown began, not ready any more.
    pub lame_duck: Duration,
    /// How long what is under way may then take.
    pub grace: Duration,
}

impl Shutdown {
    /// So long.
    pub const fn new(lame_duck: Duration, grace: Duration) -> Self {
        Self { lame_duck, grace }
    }

    /// Leads a server through its end, from the moment that somebody asks for it; `drain` ends when nothing is under way any more.
    pub async fn lead(self, lifecycle: Lifecycle, drain: impl Future<Output = ()>) {
        lifecycle.reached(Phase::LameDuck).await;
        tokio::select! {
            () = tokio::time::sleep(self.lame_duck) => {}
            () = lifecycle.reached(Phase::Draining) => {}
        }
        lifecycle.advance(Phase::Draining);
        tokio::select! {
            _ = tokio::time::timeout(self.grace, drain) => {}
            () = lifecycle.reached(Phase::Stopped) => {}
        }
        lifecycle.advance(Phase::Stopped);
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use tokio::time::Instant;

    use super::*;

    const SHUTDOWN: Shutdown = Shutdown::new(Duration::from_secs(5), Duration::from_secs(25));

    /// The seconds, on a clock that only sleepers move, at which a server drained and ended that was asked to end at second 100.
    async fn times(drain: Option<Duration>, abort: Option<Duration>) -> (u64, u64) {
        let (lifecycle, begun) = (Lifecycle::new(), Instant::now());
        let drain = async move {
            match drain {
                Some(takes) => tokio::time::sleep(takes).await,
                None => pending().await,
            }
        };
        let leading = tokio::spawn(SHUTDOWN.lead(lifecycle.clone(), drain));
        let handle = lifecycle.handle();
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_secs(100)).await;
            handle.begin_shutdown();
            if let Some(after) = abort {
                tokio::time::sleep(after).await;
                handle.abort();
            }
        });
        lifecycle.reached(Phase::Draining).await;
        let draining = begun.elapsed().as_secs();
        leading.await.unwrap();
        assert_eq!(lifecycle.phase(), Phase::Stopped);
        (draining, begun.elapsed().as_secs())
    }

    #[tokio::test(start_paused = true)]
    async fn the_end_comes_in_its_time() {
        let seconds = |seconds| Some(Duration::from_secs(seconds));
        for (drain, abort, drained, ended) in [
            // Nothing is under way; something is; something does not end.
            (seconds(0), None, 105, 105),
            (seconds(10), None, 105, 115),
            (None, None, 105, 130),
            // A second signal in the lame-duck time, and while draining.
            (seconds(10), seconds(2), 102, 102),
            (None, seconds(7), 105, 107),
        ] {
            assert_eq!(times(drain, abort).await, (drained, ended), "{drain:?}, {abort:?}");
        }
    }
}
