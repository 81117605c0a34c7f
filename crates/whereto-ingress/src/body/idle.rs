use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep_until};

/// Notices that nothing has come for a while. Costs nothing while something comes: the timer is set when it is first waited, and only looked
/// at when it has run out.
#[derive(Debug)]
pub(crate) struct IdleTimer {
    limit: Duration,
    since: Option<Instant>,
    sleep: Option<Pin<Box<Sleep>>>,
}

impl IdleTimer {
    pub(crate) const fn new(limit: Duration) -> Self {
        Self { limit, since: None, sleep: None }
    }

    /// Something came.
    pub(crate) const fn progress(&mut self) {
        self.since = None;
    }

    /// It is only since then that nothing came. Returns whether that is later than was known.
    pub(crate) fn came_at(&mut self, since: Instant) -> bool {
        let later = self.since.is_none_or(|known| since > known);
        if later {
            self.since = Some(since);
        }
        later
    }

    /// Nothing came: ready when that has been so for too long.
    pub(crate) fn poll(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let deadline = *self.since.get_or_insert_with(Instant::now) + self.limit;
        let sleep = self.sleep.get_or_insert_with(|| Box::pin(sleep_until(deadline)));
        while sleep.as_mut().poll(context).is_ready() {
            if sleep.deadline() >= deadline {
                return Poll::Ready(());
            }
            sleep.as_mut().reset(deadline);
        }
        Poll::Pending
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn it_runs_out_after_the_last_progress() {
        let second = Duration::from_secs(1);
        let mut timer = IdleTimer::new(10 * second);
        let start = Instant::now();
        for _ in 0..3 {
            let waited = tokio::time::timeout(6 * second, poll_fn(|context| timer.poll(context))).await;
            assert!(waited.is_err());
            timer.progress();
        }
        poll_fn(|context| timer.poll(context)).await;
        assert_eq!((Instant::now() - start).as_secs(), 28);
    }
}
