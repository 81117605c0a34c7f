use std::sync::atomic::{AtomicU64, Ordering};

use dns_records::RecordType;

use super::labels::{TYPES, type_index};
use super::{DURATION_BOUNDS, SIZE_BOUNDS};

/// Response codes that are counted apart: up to BADCOOKIE; the last place is for all others.
pub(super) const RCODES: usize = 25;

/// Who wrote a reply, in CoreDNS's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// The cluster's zones.
    Zones,
    /// An answer remembered.
    Cache,
    /// An upstream.
    Upstream,
    /// The server itself: refusals, overload.
    Server,
}

impl Source {
    pub(super) const ALL: [Self; 4] = [Self::Zones, Self::Cache, Self::Upstream, Self::Server];

    /// The name of CoreDNS's plugin that does the same.
    pub(crate) const fn plugin(self) -> &'static str {
        match self {
            Self::Zones => "kubernetes",
            Self::Cache => "cache",
            Self::Upstream => "forward",
            Self::Server => "",
        }
    }

    const fn index(self) -> usize {
        match self {
            Self::Zones => 0,
            Self::Cache => 1,
            Self::Upstream => 2,
            Self::Server => 3,
        }
    }
}

/// Whether one thread alone counts into a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Writers {
    /// Then counting is a plain addition.
    One,
    /// Then it is an atomic one.
    Many,
}

/// What the counts of a block are about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Labels {
    /// CoreDNS's form of the address listened on: `dns://:53`.
    pub(crate) server: String,
    /// `udp` or `tcp`.
    pub(crate) proto: &'static str,
    /// `1` for IPv4, `2` for IPv6.
    pub(crate) family: &'static str,
}

/// A query and its reply, as counted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Observed {
    pub(crate) record_type: RecordType,
    pub(crate) dnssec_ok: bool,
    pub(crate) query_len: usize,
    pub(crate) reply_len: usize,
    pub(crate) rcode: u16,
    pub(crate) source: Source,
}

/// The counts of one worker, or of all tasks of a listener. On cache lines of its own.
#[derive(Debug)]
#[repr(align(128))]
pub(crate) struct Block {
    writers: Writers,
    pub(super) labels: Labels,
    pub(super) requests: [AtomicU64; TYPES.len()],
    pub(super) dnssec_ok: AtomicU64,
    pub(super) responses: [[AtomicU64; RCODES]; Source::ALL.len()],
    pub(super) request_size: Histogram<{ SIZE_BOUNDS.len() }>,
    pub(super) response_size: Histogram<{ SIZE_BOUNDS.len() }>,
    pub(super) duration: Histogram<{ DURATION_BOUNDS.len() }>,
    pub(super) cache_hits: [AtomicU64; 2],
    pub(super) cache_misses: AtomicU64,
    pub(super) dropped: AtomicU64,
    pub(super) shed: AtomicU64,
    pub(super) unsent: AtomicU64,
    pub(super) panics: AtomicU64,
}

impl Block {
    pub(crate) fn new(writers: Writers, labels: Labels) -> Self {
        Self {
            writers,
            labels,
            requests: Default::default(),
            dnssec_ok: AtomicU64::default(),
            responses: std::array::from_fn(|_| std::array::from_fn(|_| AtomicU64::default())),
            request_size: Histogram::new(SIZE_BOUNDS),
            response_size: Histogram::new(SIZE_BOUNDS),
            duration: Histogram::new(DURATION_BOUNDS),
            cache_hits: Default::default(),
            cache_misses: AtomicU64::default(),
            dropped: AtomicU64::default(),
            shed: AtomicU64::default(),
            unsent: AtomicU64::default(),
            panics: AtomicU64::default(),
        }
    }

    fn add(&self, counter: &AtomicU64, count: u64) {
        match self.writers {
            Writers::One => counter.store(counter.load(Ordering::Relaxed).wrapping_add(count), Ordering::Relaxed),
            Writers::Many => {
                counter.fetch_add(count, Ordering::Relaxed);
            }
        }
    }

    fn add_at(&self, counters: &[AtomicU64], index: usize) {
        if let Some(counter) = counters.get(index) {
            self.add(counter, 1);
        }
    }

    /// Counts a query that was answered.
    pub(crate) fn answered(&self, observed: &Observed) {
        self.add_at(&self.requests, type_index(observed.record_type));
        if observed.dnssec_ok {
            self.add(&self.dnssec_ok, 1);
        }
        if let Some(rcodes) = self.responses.get(observed.source.index()) {
            self.add_at(rcodes, usize::from(observed.rcode).min(RCODES - 1));
        }
        self.request_size.observe(self, observed.query_len as u64, 1);
        self.response_size.observe(self, observed.reply_len as u64, 1);
    }

    /// Counts how long `weight` queries took.
    pub(crate) fn took(&self, elapsed: std::time::Duration, weight: u64) {
        let nanos = u64::try_from(elapsed.as_nanos()).unwrap_or(u64::MAX);
        self.duration.observe(self, nanos, weight);
    }

    /// Counts a look into the cache.
    pub(crate) fn cache_lookup(&self, hit: Option<crate::answer::AnswerKind>) {
        match hit {
            Some(crate::answer::AnswerKind::Success) => self.add_at(&self.cache_hits, 0),
            Some(_) => self.add_at(&self.cache_hits, 1),
            None => self.add(&self.cache_misses, 1),
        }
    }

    /// Counts a message that is no query.
    pub(crate) fn dropped(&self) {
        self.add(&self.dropped, 1);
    }

    /// Counts a query refused for overload.
    pub(crate) fn shed(&self) {
        self.add(&self.shed, 1);
    }

    /// Counts a reply that could not be sent.
    pub(crate) fn unsent(&self) {
        self.add(&self.unsent, 1);
    }

    /// Counts a bug.
    pub(crate) fn panicked(&self) {
        self.add(&self.panics, 1);
    }
}

/// Counts per range, as Prometheus has them.
#[derive(Debug)]
pub(crate) struct Histogram<const N: usize> {
    bounds: [u64; N],
    pub(super) counts: [AtomicU64; N],
    pub(super) above: AtomicU64,
    pub(super) sum: AtomicU64,
}

impl<const N: usize> Histogram<N> {
    fn new(bounds: [u64; N]) -> Self {
        Self {
            bounds,
            counts: std::array::from_fn(|_| AtomicU64::default()),
            above: AtomicU64::default(),
            sum: AtomicU64::default(),
        }
    }

    fn observe(&self, block: &Block, value: u64, weight: u64) {
        let counter = self
            .bounds
            .iter()
            .zip(&self.counts)
            .find_map(|(bound, counter)| (value <= *bound).then_some(counter))
            .unwrap_or(&self.above);
        block.add(counter, weight);
        block.add(&self.sum, value.saturating_mul(weight));
    }
}
