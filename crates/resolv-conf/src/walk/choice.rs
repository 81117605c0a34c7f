//! What a resolver leaves to chance, declared: each free choice is asked of one place, which a seed or a list of numbers decides.

/// A choice that a resolver makes at random, or by what its process did before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Nondeterminism {
    /// Go: which query of a pair leaves first, at each candidate. Its two goroutines race.
    PairOrder,
    /// glibc and Go with `rotate`: the server that the first question goes to. The next ones follow from it.
    StartServer,
    /// c-ares with `rotate`: the server of each query, among those with the fewest failures.
    RandomServer,
    /// hickory: the order of servers that were never asked. What they answer decides the order from then on.
    ServerOrder,
    /// c-ares: how much of its doubled time a retry waits, from half to all of it. No discrete choice: see
    /// [`Step::Wait`](super::Step::Wait).
    Jitter,
}

/// A choice that a [`Walk`](super::Walk) made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Decision {
    /// What was free.
    pub kind: Nondeterminism,
    /// How many ways there were: at least 2.
    pub options: u32,
    /// The way taken, below `options`.
    pub chosen: u32,
}

/// Who decides what a resolver leaves to chance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choices {
    pinned: Vec<u32>,
    seed: u64,
    after: After,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum After {
    Seed,
    First,
}

impl Choices {
    /// Everything by chance; the same seed makes the same choices, identifiers included.
    pub fn seeded(seed: u64) -> Self {
        Self { pinned: Vec::new(), seed, after: After::Seed }
    }

    /// The n-th choice takes the n-th of these ways (modulo their number), and further ones their first way. Waits with jitter are as long
    /// as they can be.
    pub fn pinned(choices: impl Into<Vec<u32>>) -> Self {
        Self { pinned: choices.into(), seed: 0, after: After::First }
    }
}

/// Runs through every way to make a walk's discrete choices.
///
/// What is free at one point depends on what was chosen and answered before, so the walk's own [`decisions`](super::Walk::decisions) guide
/// it. A walk that is given up early, because it already differs from a record, prunes all that would follow.
///
/// ```
/// use k8s_resolv_conf::{Families, Lookup, OptionFlag, ResolverConfig, Schedules, Step, StubResolver, Walk};
/// use std::time::Duration;
///
/// let config = ResolverConfig::defaults(StubResolver::Go);
/// let lookup = Lookup::new(StubResolver::Go, &config, "a.example");
/// let mut firsts = Vec::new();
/// let mut schedules = Schedules::new();
/// while let Some(choices) = schedules.next() {
///     let mut walk = Walk::new(&lookup, choices);
///     let Step::Send(first) = walk.poll(Duration::ZERO) else { panic!() };
///     firsts.push(first.query.query_type.to_string());
///     schedules.ran(walk.decisions());
/// }
/// assert_eq!(firsts, ["A", "AAAA"]);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Schedules {
    next: Vec<u32>,
    taken: Vec<Decision>,
    started: bool,
}

impl Schedules {
    /// Before the first.
    pub fn new() -> Self {
        Self::default()
    }

    /// The next way, or `None` after the last. Between two calls the walk's decisions go to [`ran`](Self::ran).
    #[expect(clippy::should_implement_trait, reason = "an iterator needs no answer between two items")]
    pub fn next(&mut self) -> Option<Choices> {
        if self.started {
            // The last decision that has a further way takes it; those after it start again.
            let last = self.taken.iter().rposition(|decision| decision.chosen + 1 < decision.options)?;
            self.next = self.taken.iter().take(last + 1).map(|decision| decision.chosen).collect();
            if let Some(chosen) = self.next.last_mut() {
                *chosen += 1;
            }
        }
        self.started = true;
        self.taken.clear();
        Some(Choices::pinned(self.next.clone()))
    }

    /// What the walk decided that the last [`next`](Self::next) was for.
    pub fn ran(&mut self, decisions: &[Decision]) {
        self.taken = decisions.to_vec();
    }
}

/// Makes the choices of one walk.
#[derive(Clone, Debug)]
pub(super) struct Chooser {
    choices: Choices,
    random: Random,
    pub(super) decisions: Vec<Decision>,
}

impl Chooser {
    pub(super) fn new(choices: Choices) -> Self {
        let random = Random(choices.seed);
        Self { choices, random, decisions: Vec::new() }
    }

    /// One of `options` ways. A single way is no choice.
    pub(super) fn choose(&mut self, kind: Nondeterminism, options: u32) -> u32 {
        if options < 2 {
            return 0;
        }
        let chosen = match (self.choices.pinned.get(self.decisions.len()), self.choices.after) {
            (Some(pinned), _) => pinned % options,
            (None, After::Seed) => (self.random.next() % u64::from(options)) as u32,
            (None, After::First) => 0,
        };
        self.decisions.push(Decision { kind, options, chosen });
        chosen
    }

    /// A fraction of 65535.
    pub(super) fn jitter(&mut self) -> u16 {
        match self.choices.after {
            After::Seed => self.random.next() as u16,
            After::First => 0,
        }
    }

    /// An identifier for a query.
    pub(super) fn id(&mut self) -> u16 {
        self.random.next() as u16
    }
}

/// SplitMix64: every seed gives another sequence, none a poor one.
#[derive(Clone, Debug)]
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}
