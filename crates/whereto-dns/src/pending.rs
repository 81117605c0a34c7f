use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Queries that wait for upstreams: a bounded number, so that dead upstreams cannot fill the memory.
#[derive(Clone, Debug)]
pub(crate) struct Pending {
    free: Arc<Semaphore>,
    limit: usize,
}

impl Pending {
    pub(crate) fn new(limit: usize) -> Self {
        let limit = limit.clamp(1, Semaphore::MAX_PERMITS >> 1);
        Self { free: Arc::new(Semaphore::new(limit)), limit }
    }

    /// A place to wait; `None` when all are taken.
    pub(crate) fn enter(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.free).try_acquire_owned().ok()
    }

    /// Queries that wait now.
    pub(crate) fn count(&self) -> usize {
        self.limit.saturating_sub(self.free.available_permits())
    }

    /// Returns when none waits any more, or after `at_most`.
    pub(crate) async fn drained(&self, at_most: Duration) {
        let all = u32::try_from(self.limit).unwrap_or(u32::MAX);
        // Whether it was in time does not matter: what comes next is the end.
        let _ = tokio::time::timeout(at_most, self.free.acquire_many(all)).await;
    }
}
