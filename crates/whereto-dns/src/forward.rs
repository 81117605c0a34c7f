//! Names outside the zones: who is asked about them, and how.

mod exchange;
mod group;
mod health;
mod in_flight;
mod loop_probe;
mod resolv_conf;
mod rule;
mod stats;
mod upstream;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use dns_records::{NameRef, Rcode};

use crate::answer::{Aged, Answer, TtlCaps};
use crate::cache::{Cache, Entry};
use crate::question::{Key, Question};
use group::Group;
use in_flight::{InFlight, Joined};
pub(crate) use loop_probe::LoopGuard;
pub use resolv_conf::nameservers;
pub use rule::{ForwardRule, ForwardRuleError};
pub(crate) use stats::ForwardStats;
use upstream::UpstreamServer;

/// The order in which an upstream is chosen among several.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Policy {
    /// By chance for every question.
    #[default]
    Random,
    /// The first that is healthy, in the order given.
    Sequential,
    /// Each in turn.
    RoundRobin,
}

/// Who is asked, and within which bounds.
#[derive(Clone, Debug)]
pub struct ForwardConfig {
    pub(crate) rules: Vec<ForwardRule>,
    pub(crate) host_servers: Vec<SocketAddr>,
    pub(crate) policy: Policy,
    pub(crate) max_concurrent: usize,
    pub(crate) max_fails: u32,
    pub(crate) attempt_timeout: Duration,
    pub(crate) total_timeout: Duration,
    pub(crate) detect_loops: bool,
}

impl Default for ForwardConfig {
    fn default() -> Self {
        Self {
            rules: Vec::new(),
            host_servers: Vec::new(),
            policy: Policy::default(),
            max_concurrent: 1000,
            max_fails: 2,
            attempt_timeout: Duration::from_secs(2),
            total_timeout: Duration::from_secs(5),
            detect_loops: true,
        }
    }
}

impl ForwardConfig {
    /// Rules, with 1000 questions under way at most, 2 s for an attempt and 5 s for all.
    pub fn new(rules: Vec<ForwardRule>) -> Self {
        Self { rules, ..Self::default() }
    }

    /// The host's own name servers ([`nameservers`]), for every name without a rule. Those that are this server itself are
    /// left out with a warning, where a rule that names it is an error.
    #[must_use]
    pub fn with_host_servers(mut self, servers: Vec<SocketAddr>) -> Self {
        self.host_servers = servers;
        self
    }

    /// How one of several upstreams is chosen.
    #[must_use]
    pub const fn with_policy(mut self, policy: Policy) -> Self {
        self.policy = policy;
        self
    }

    /// How many different questions may be under way; what comes above is refused and counted.
    #[must_use]
    pub const fn with_max_concurrent(mut self, questions: usize) -> Self {
        self.max_concurrent = questions;
        self
    }

    /// After how many failures in a row an upstream counts as down; 0: never.
    #[must_use]
    pub const fn with_max_fails(mut self, failures: u32) -> Self {
        self.max_fails = failures;
        self
    }

    /// How long one attempt and all attempts for a question may take.
    #[must_use]
    pub const fn with_timeouts(mut self, attempt: Duration, total: Duration) -> Self {
        self.attempt_timeout = attempt;
        self.total_timeout = total;
        self
    }

    /// Whether each upstream is asked at start for a name that only we know, to notice when the question comes back. On by
    /// default.
    #[must_use]
    pub const fn with_loop_detection(mut self, on: bool) -> Self {
        self.detect_loops = on;
        self
    }
}

/// What asking brought.
#[derive(Clone, Debug)]
pub(crate) enum Asked {
    /// Remembered from before.
    Cached(Entry),
    /// Just now.
    Fresh(Arc<Answer>),
    /// Nothing, and this code says so.
    Nothing(Rcode),
}

impl Asked {
    /// For a resolution.
    pub(crate) fn heard(&self, now: Instant) -> crate::resolution::Heard<'_> {
        use crate::resolution::Heard;
        match self {
            Self::Cached(entry) => Heard::Answer(entry.aged(now)),
            Self::Fresh(answer) => Heard::Answer(Aged { answer, age: 0, cached: false }),
            Self::Nothing(rcode) => Heard::Nothing(*rcode),
        }
    }
}

/// Asks upstreams and remembers what they say.
#[derive(Debug)]
pub(crate) struct Forwarder {
    groups: Vec<Group>,
    cache: Cache,
    caps: TtlCaps,
    in_flight: InFlight,
    under_way: AtomicUsize,
    max_concurrent: usize,
    total_timeout: Duration,
    stats: Arc<ForwardStats>,
    loop_guard: LoopGuard,
    detect_loops: bool,
}

impl Forwarder {
    pub(crate) fn new(config: ForwardConfig, cache: Cache, caps: TtlCaps, stats: Arc<ForwardStats>) -> Self {
        let max_concurrent = config.max_concurrent;
        let total_timeout = config.total_timeout;
        let detect_loops = config.detect_loops;
        let groups = Group::from_config(config, &stats);
        Self {
            groups,
            cache,
            caps,
            in_flight: InFlight::default(),
            under_way: AtomicUsize::new(0),
            max_concurrent,
            total_timeout,
            stats,
            loop_guard: LoopGuard::default(),
            detect_loops,
        }
    }

    /// Whether there is anybody to ask about a name. The longest zone decides.
    pub(crate) fn covers(&self, name: NameRef<'_>) -> bool {
        self.group(name).is_some()
    }

    fn group(&self, name: NameRef<'_>) -> Option<&Group> {
        self.groups.iter().find(|group| name.is_in(group.zone()))
    }

    /// What is remembered for a question.
    pub(crate) fn cached(&self, key: &Key, now: Instant) -> Option<Entry> {
        self.cache.get(key, now)
    }

    pub(crate) const fn cache(&self) -> &Cache {
        &self.cache
    }

    pub(crate) const fn loop_guard(&self) -> &LoopGuard {
        &self.loop_guard
    }

    /// Questions under way.
    pub(crate) fn under_way(&self) -> usize {
        self.under_way.load(Ordering::Relaxed)
    }

    /// Answers from the cache or an upstream. Equal questions that are under way at once are asked once.
    pub(crate) async fn ask(self: &Arc<Self>, question: &Question) -> Asked {
        let key = question.key();
        if let Some(entry) = self.cache.get(&key, Instant::now()) {
            return Asked::Cached(entry);
        }
        let answer = match self.in_flight.join(&key) {
            Joined::Follow(answer) => {
                self.stats.merged.inc();
                answer
            }
            Joined::Lead(lead, answer) => {
                if self.under_way.fetch_add(1, Ordering::Relaxed) >= self.max_concurrent {
                    self.under_way.fetch_sub(1, Ordering::Relaxed);
                    self.stats.max_concurrent_rejects.inc();
                    lead.finish(Asked::Nothing(Rcode::REFUSED));
                } else {
                    // On its own, so that it ends for all who wait even when the one who asked first goes away.
                    let this = Arc::clone(self);
                    let question = question.clone();
                    tokio::spawn(async move {
                        let _under_way = UnderWay(&this.under_way);
                        lead.finish(this.ask_upstream(&question, &key).await);
                    });
                }
                answer
            }
        };
        answer.await.unwrap_or(Asked::Nothing(Rcode::SERVFAIL))
    }

    async fn ask_upstream(&self, question: &Question, key: &Key) -> Asked {
        let Some(group) = self.group(question.name()) else { return Asked::Nothing(Rcode::REFUSED) };
        let asking = group.ask(question, self.caps, &self.stats);
        match tokio::time::timeout(self.total_timeout, asking).await {
            Ok(Some(answer)) => {
                let answer = Arc::new(answer);
                self.cache.insert(key, &answer, Instant::now());
                Asked::Fresh(answer)
            }
            Ok(None) | Err(_) => Asked::Nothing(Rcode::SERVFAIL),
        }
    }

    /// Starts to look for loops through each upstream. Must run inside the runtime.
    pub(crate) fn start_loop_detection(self: &Arc<Self>) {
        if !self.detect_loops {
            return;
        }
        for group in &self.groups {
            for upstream in group.upstreams() {
                loop_probe::start(Arc::clone(self), group.zone(), Arc::clone(upstream));
            }
        }
    }

    /// Every upstream once.
    fn upstreams(&self) -> Vec<Arc<UpstreamServer>> {
        let mut all: Vec<Arc<UpstreamServer>> = Vec::new();
        for upstream in self.groups.iter().flat_map(Group::upstreams) {
            if !all.iter().any(|known| known.address() == upstream.address()) {
                all.push(Arc::clone(upstream));
            }
        }
        all
    }

    /// Every upstream's address and whether it is healthy.
    pub(crate) fn health(&self) -> Vec<(SocketAddr, bool)> {
        self.upstreams().iter().map(|upstream| (upstream.address(), upstream.is_healthy())).collect()
    }
}

struct UnderWay<'a>(&'a AtomicUsize);

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests;
