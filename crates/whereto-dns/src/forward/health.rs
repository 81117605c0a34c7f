use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use dns_records::{NameRef, RecordType};
use tracing::info;

use super::exchange;
use super::upstream::UpstreamServer;
use crate::question::Question;

/// Time between probes, and how long one may take.
const PROBE_INTERVAL: Duration = Duration::from_millis(500);
const PROBE_TIMEOUT: Duration = Duration::from_secs(1);

/// Whether an upstream answers: probed only after a failure, until it answers again.
#[derive(Debug)]
pub(super) struct Health {
    max_fails: u32,
    failures: AtomicU32,
    probing: AtomicBool,
    looping: AtomicBool,
}

impl Health {
    pub(super) const fn new(max_fails: u32) -> Self {
        Self {
            max_fails,
            failures: AtomicU32::new(0),
            probing: AtomicBool::new(false),
            looping: AtomicBool::new(false),
        }
    }

    /// Down are servers with more failures in a row than allowed.
    pub(super) fn is_up(&self) -> bool {
        !self.is_loop() && (self.max_fails == 0 || self.failures.load(Ordering::Relaxed) <= self.max_fails)
    }

    pub(super) fn is_loop(&self) -> bool {
        self.looping.load(Ordering::Relaxed)
    }

    pub(super) fn mark_loop(&self) {
        self.looping.store(true, Ordering::Relaxed);
    }

    pub(super) fn succeeded(&self) {
        // Read first: the common case must not contend for the cache line.
        if self.failures.load(Ordering::Relaxed) != 0 {
            self.failures.store(0, Ordering::Relaxed);
        }
    }

    /// Counts a failure; true when probes have to be started.
    pub(super) fn failed(&self) -> bool {
        let count = self.failures.load(Ordering::Relaxed).saturating_add(1);
        self.failures.store(count, Ordering::Relaxed);
        !self.probing.swap(true, Ordering::Relaxed)
    }
}

/// Asks for the root's name servers until there is an answer. Any answer will do: a server that says SERVFAIL lives.
pub(super) fn probe(upstream: Arc<UpstreamServer>) {
    tokio::spawn(async move {
        let question = Question::new(NameRef::ROOT, RecordType::NS);
        loop {
            tokio::time::sleep(PROBE_INTERVAL).await;
            let probe = exchange::is_alive(upstream.address(), &question);
            if tokio::time::timeout(PROBE_TIMEOUT, probe).await.unwrap_or(false) {
                break;
            }
            upstream.stats().probe_failed(upstream.address());
            upstream.health().failed();
        }
        upstream.health().succeeded();
        upstream.health().probing.store(false, Ordering::Relaxed);
        info!(upstream = %upstream.address(), "upstream answers");
    });
}
