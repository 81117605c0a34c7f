use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::Instant;

use crate::config::Timeouts;

/// What a connection is at, told by its stream and its requests, asked by who drives it. All are on one thread: the atomics are there
/// because hyper wants a stream that could move.
#[derive(Debug)]
pub(crate) struct ConnectionState {
    opened: Instant,
    /// Requests under way.
    active: AtomicU32,
    /// Whether octets of a request's head have come, or are due because the connection is new.
    head: AtomicBool,
    /// Since when `active` is 0, or the head is awaited; in milliseconds since `opened`.
    since: AtomicU64,
    /// Since when the client takes nothing, in milliseconds since `opened` and 1 more; 0 while it takes.
    blocked: AtomicU64,
}

/// What is to become of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Due {
    /// It is to be looked at again then.
    Later(Instant),
    /// No request came for too long.
    Idle,
    /// A request's head did not come to its end.
    Head,
    /// The client takes nothing.
    Write,
}

impl ConnectionState {
    pub(crate) fn new() -> Self {
        Self {
            opened: Instant::now(),
            active: AtomicU32::new(0),
            head: AtomicBool::new(true),
            since: AtomicU64::new(0),
            blocked: AtomicU64::new(0),
        }
    }

    fn now(&self) -> u64 {
        self.since_opened(Instant::now())
    }

    fn since_opened(&self, now: Instant) -> u64 {
        u64::try_from(now.duration_since(self.opened).as_millis()).unwrap_or(u64::MAX)
    }

    fn at(&self, milliseconds: u64, later: Duration) -> Instant {
        self.opened + Duration::from_millis(milliseconds) + later
    }

    /// HTTP/2 is spoken: from now on, what comes without being a request is no begun head.
    pub(crate) fn multiplexed(&self) {
        self.head.store(false, Ordering::Relaxed);
        self.since.store(self.now(), Ordering::Relaxed);
    }

    /// A request begins to be served.
    pub(crate) fn begin(&self) {
        self.active.store(self.active.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
        self.head.store(false, Ordering::Relaxed);
    }

    /// A response has been sent, now.
    pub(crate) fn end(&self, now: Instant) {
        let active = self.active.load(Ordering::Relaxed).saturating_sub(1);
        self.active.store(active, Ordering::Relaxed);
        if active == 0 {
            self.since.store(self.since_opened(now), Ordering::Relaxed);
        }
    }

    /// Octets came.
    pub(super) fn read(&self, multiplexed: bool) {
        if !multiplexed && self.active.load(Ordering::Relaxed) == 0 && !self.head.load(Ordering::Relaxed) {
            self.head.store(true, Ordering::Relaxed);
            self.since.store(self.now(), Ordering::Relaxed);
        }
    }

    /// Octets went, or could not.
    pub(super) fn written(&self, any: bool) {
        if any {
            self.blocked.store(0, Ordering::Relaxed);
        } else if self.blocked.load(Ordering::Relaxed) == 0 {
            self.blocked.store(self.now() + 1, Ordering::Relaxed);
        }
    }

    /// What is due. A deadline may begin at any moment, so it is asked again before the shortest of them could be over.
    pub(super) fn due(&self, timeouts: &Timeouts) -> Due {
        let now = Instant::now();
        let since = self.since.load(Ordering::Relaxed);
        let (deadline, due) = match self.blocked.load(Ordering::Relaxed).checked_sub(1) {
            Some(since) => (self.at(since, timeouts.write), Due::Write),
            None if self.active.load(Ordering::Relaxed) > 0 => return Due::Later(now + timeouts.shortest()),
            None if self.head.load(Ordering::Relaxed) => (self.at(since, timeouts.head), Due::Head),
            None => (self.at(since, timeouts.idle), Due::Idle),
        };
        if deadline <= now { due } else { Due::Later(deadline.min(now + timeouts.shortest())) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn timeouts() -> Timeouts {
        Timeouts::new().with_head(10 * SECOND).with_idle(60 * SECOND).with_write(30 * SECOND)
    }

    async fn until_due(state: &ConnectionState) -> (Due, u64) {
        let start = Instant::now();
        loop {
            match state.due(&timeouts()) {
                Due::Later(at) => tokio::time::sleep_until(at).await,
                due => return (due, start.elapsed().as_secs()),
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_new_connection_has_the_time_of_a_head() {
        let state = ConnectionState::new();
        assert_eq!(until_due(&state).await, (Due::Head, 10));
    }

    #[tokio::test(start_paused = true)]
    async fn a_head_has_its_time_from_its_first_octet() {
        let state = ConnectionState::new();
        state.begin();
        tokio::time::sleep(300 * SECOND).await;
        state.end(Instant::now());
        tokio::time::sleep(50 * SECOND).await;
        state.read(false);
        tokio::time::sleep(5 * SECOND).await;
        state.read(false);
        assert_eq!(until_due(&state).await, (Due::Head, 5));
    }

    #[tokio::test(start_paused = true)]
    async fn between_requests_a_connection_may_wait() {
        let state = ConnectionState::new();
        state.begin();
        state.end(Instant::now());
        assert_eq!(until_due(&state).await, (Due::Idle, 60));
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_takes_nothing_is_left() {
        let state = ConnectionState::new();
        state.begin();
        state.written(false);
        tokio::time::sleep(20 * SECOND).await;
        state.written(true);
        state.written(false);
        state.written(false);
        assert_eq!(until_due(&state).await, (Due::Write, 30));
    }

    #[tokio::test(start_paused = true)]
    async fn frames_without_a_request_do_not_prolong_a_connection() {
        let state = ConnectionState::new();
        state.multiplexed();
        tokio::time::sleep(59 * SECOND).await;
        state.read(true);
        assert_eq!(until_due(&state).await, (Due::Idle, 1));
    }
}
