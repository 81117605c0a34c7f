//! What became of requests.

use std::collections::BTreeMap;
use std::fmt;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

/// A request's way to its end.
#[derive(Clone, Debug)]
pub(crate) struct Outcome {
    /// Its place in the list of requests that are sent.
    pub(crate) plan: usize,
    pub(crate) number: u64,
    pub(crate) begin: Instant,
    pub(crate) end: Instant,
    pub(crate) result: Result<Reply, Failure>,
}

/// A reply that was complete, and an echo of the request where its status was 200.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    /// Whether it said that the connection ends with it.
    pub(crate) last: bool,
    /// The number of the endpoint that answered.
    pub(crate) endpoint: Option<usize>,
}

/// Why there is none.
#[derive(Clone, Debug)]
pub(crate) enum Failure {
    /// No connection was to be had, or its handshake failed.
    Refused(String),
    /// The connection ended instead of a response.
    Unanswered(String),
    /// Its content broke off.
    Cut(String),
    /// It is not what was asked for.
    Wrong(String),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(why) => write!(f, "refused: {why}"),
            Self::Unanswered(why) => write!(f, "unanswered: {why}"),
            Self::Cut(why) => write!(f, "cut: {why}"),
            Self::Wrong(why) => write!(f, "wrong: {why}"),
        }
    }
}

/// A connection that a client made.
#[derive(Clone, Debug)]
pub(crate) struct Opened {
    /// The place of the client in the list.
    pub(crate) client: usize,
    pub(crate) at: Instant,
    pub(crate) certificate: Option<Vec<u8>>,
}

/// Everything that some clients met.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    pub(crate) outcomes: Vec<Outcome>,
    pub(crate) opened: Vec<Opened>,
}

impl Tally {
    pub(crate) fn extend(&mut self, other: Self) {
        self.outcomes.extend(other.outcomes);
        self.opened.extend(other.opened);
    }

    /// Fails unless all outcomes that `concerned` picks are 200; tells of the first that are not.
    pub(crate) fn all_well(&self, concerned: impl Fn(&Outcome) -> bool) -> Result<()> {
        let bad: Vec<&Outcome> =
            self.outcomes.iter().filter(|outcome| concerned(outcome) && !outcome.is_well()).collect();
        ensure!(bad.is_empty(), "{} of {} failed: {}", bad.len(), self.outcomes.len(), Examples(&bad));
        Ok(())
    }

    /// How many there are of each status; failures are 0.
    pub(crate) fn statuses(&self, concerned: impl Fn(&Outcome) -> bool) -> BTreeMap<u16, usize> {
        let mut statuses = BTreeMap::new();
        for outcome in self.outcomes.iter().filter(|outcome| concerned(outcome)) {
            *statuses.entry(outcome.status()).or_default() += 1;
        }
        statuses
    }
}

impl Outcome {
    /// Its status, 0 where there is none.
    pub(crate) fn status(&self) -> u16 {
        self.result.as_ref().map_or(0, |reply| reply.status)
    }

    pub(crate) fn is_well(&self) -> bool {
        self.status() == 200
    }

    /// Whether it was under way at a moment between the two.
    pub(crate) fn overlaps(&self, begin: Instant, end: Instant) -> bool {
        self.begin <= end && self.end >= begin
    }
}

/// The first few of what went wrong.
#[derive(Debug)]
pub(crate) struct Examples<'a>(pub(crate) &'a [&'a Outcome]);

impl fmt::Display for Examples<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for outcome in self.0.iter().take(5) {
            let took = outcome.end - outcome.begin;
            match &outcome.result {
                Ok(reply) => write!(f, "[request {} status {} after {took:?}]", outcome.plan, reply.status)?,
                Err(failure) => write!(f, "[request {} {failure} after {took:?}]", outcome.plan)?,
            }
        }
        Ok(())
    }
}

/// How many, how fast, and the longest.
impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut times: Vec<Duration> = self.outcomes.iter().map(|outcome| outcome.end - outcome.begin).collect();
        times.sort_unstable();
        let at = |share: usize| {
            times.get(times.len() * share / 1000).or_else(|| times.last()).map_or(0.0, |time| time.as_secs_f64() * 1e3)
        };
        let connections = self.opened.len();
        write!(f, "{} requests on {connections} connections, ", self.outcomes.len())?;
        write!(f, "median {:.1} ms, 99.9 % {:.1} ms, longest {:.1} ms", at(500), at(999), at(1000))
    }
}
