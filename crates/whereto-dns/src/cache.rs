//! Answers of upstreams, remembered within a bound of octets.

use std::collections::hash_map::RandomState;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use quick_cache::sync::Cache as Store;
use quick_cache::{Lifecycle, Weighter};

use crate::answer::{Aged, Answer, AnswerKind};
use crate::question::Key;

/// How long a server's own word that it could not answer is believed.
const FAILURE_LIFETIME: Duration = Duration::from_secs(5);
/// What an entry costs besides its octets: the table's slot, allocations, reference counts.
const ENTRY_OVERHEAD: usize = 192;
/// Small enough that every shard can hold the largest answer a few times.
const SHARD_OCTETS: usize = 512 * 1024;

/// A cache that is bounded in octets and knows no clock: whoever asks says what time it is.
///
/// The hash is keyed with randomness, as names are chosen by clients.
#[derive(Debug)]
pub(crate) struct Cache {
    store: Option<Entries>,
    counts: Counts,
}

type Entries = Store<Box<[u8]>, Entry, Weight, RandomState, Counts>;

/// A remembered answer.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    answer: Arc<Answer>,
    stored: Instant,
    expires: Instant,
}

impl Entry {
    /// The answer as it is at `now`.
    pub(crate) fn aged(&self, now: Instant) -> Aged<'_> {
        let age = now.saturating_duration_since(self.stored).as_secs();
        Aged { answer: &self.answer, age: u32::try_from(age).unwrap_or(u32::MAX), cached: true }
    }

    pub(crate) fn kind(&self) -> AnswerKind {
        self.answer.kind()
    }
}

#[derive(Clone, Debug)]
struct Weight;

impl Weighter<Box<[u8]>, Entry> for Weight {
    fn weight(&self, key: &Box<[u8]>, entry: &Entry) -> u64 {
        (key.len() + entry.answer.size() + ENTRY_OVERHEAD) as u64
    }
}

/// How many entries there are, and how many had to go to make room.
#[derive(Clone, Debug, Default)]
pub(crate) struct Counts(Arc<Totals>);

#[derive(Debug, Default)]
struct Totals {
    evicted_success: AtomicI64,
    evicted_denial: AtomicI64,
}

impl Counts {
    fn of(&self, kind: AnswerKind) -> &AtomicI64 {
        if kind == AnswerKind::Success { &self.0.evicted_success } else { &self.0.evicted_denial }
    }
}

impl Lifecycle<Box<[u8]>, Entry> for Counts {
    type RequestState = ();

    fn on_evict(&self, (): &mut (), _key: Box<[u8]>, entry: Entry) {
        self.of(entry.kind()).fetch_add(1, Ordering::Relaxed);
    }
}

impl Cache {
    /// A cache that occupies about `octets` at most; 0 remembers nothing.
    pub(crate) fn new(octets: usize) -> Self {
        let counts = Counts::default();
        let store = (octets > 0).then(|| {
            let shards = (octets / SHARD_OCTETS).clamp(1, 64);
            // Rounded down: the store rounds up to a power of two.
            let shards = 1 << shards.ilog2();
            let options = quick_cache::OptionsBuilder::new()
                .shards(shards)
                .estimated_items_capacity(octets / 512 + shards * 64)
                .weight_capacity(octets as u64)
                .build();
            options.ok().map(|options| Store::with_options(options, Weight, RandomState::new(), counts.clone()))
        });
        Self { store: store.flatten(), counts }
    }

    /// What is remembered for a question and still holds at `now`.
    pub(crate) fn get(&self, key: &Key, now: Instant) -> Option<Entry> {
        let store = self.store.as_ref()?;
        let entry = store.get(key.as_bytes())?;
        if now < entry.expires {
            return Some(entry);
        }
        store.remove_if(key.as_bytes(), |entry| entry.expires <= now);
        None
    }

    /// Remembers an answer for as long as it says. What is not to be remembered isn't.
    ///
    /// A failure does not replace an answer that still holds (RFC 2308 §7).
    pub(crate) fn insert(&self, key: &Key, answer: &Arc<Answer>, now: Instant) {
        let Some(store) = &self.store else { return };
        let lifetime = match answer.kind() {
            AnswerKind::Success | AnswerKind::Denial => answer.lifetime(),
            AnswerKind::Failure if store.get(key.as_bytes()).is_none_or(|held| held.expires <= now) => FAILURE_LIFETIME,
            AnswerKind::Failure | AnswerKind::Other => return,
        };
        if lifetime.is_zero() {
            return;
        }
        store.insert(key.to_boxed(), Entry { answer: Arc::clone(answer), stored: now, expires: now + lifetime });
    }

    /// Octets in use, as estimated.
    pub(crate) fn octets(&self) -> u64 {
        self.store.as_ref().map_or(0, Store::weight)
    }

    /// How many answers are remembered.
    pub(crate) fn len(&self) -> usize {
        self.store.as_ref().map_or(0, Store::len)
    }

    /// How many answers of a kind had to go to make room.
    pub(crate) fn evicted(&self, kind: AnswerKind) -> i64 {
        self.counts.of(kind).load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests;
