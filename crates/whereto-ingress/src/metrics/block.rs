use std::time::Duration;

use super::DURATION_BOUNDS;
use super::connections::ConnectionCounts;
use super::counter::{Counter, Histogram};
use super::routes::Routes;

/// What one worker counts. On cache lines of its own.
#[derive(Debug, Default)]
#[repr(align(128))]
pub(crate) struct Block {
    pub(crate) connections: ConnectionCounts,
    pub(crate) routes: Routes,
    pub(super) durations: Histogram<{ DURATION_BOUNDS.len() }>,
    /// Octets of contents from and to clients.
    pub(crate) received: Counter,
    pub(crate) sent: Counter,
    /// Requests under way.
    pub(crate) active: Counter,
    /// Connections that became tunnels, and are still.
    pub(crate) tunnels: Counter,
    pub(crate) upgrades: Counter,
    /// Requests whose path was not in normal form.
    pub(crate) paths_changed: Counter,
    /// Requests that ended before their response was complete.
    pub(crate) broken_off: Counter,
}

impl Block {
    /// Counts how long a request took.
    pub(crate) fn took(&self, elapsed: Duration) {
        self.durations.observe(&DURATION_BOUNDS, u64::try_from(elapsed.as_nanos()).unwrap_or(u64::MAX));
    }
}
