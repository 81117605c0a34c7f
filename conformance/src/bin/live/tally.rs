//! How often what came out.

use std::collections::BTreeMap;
use std::fmt;

use whereto_conformance::compare::Verdict;

#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    pub(crate) questions: usize,
    /// Of CoreDNS's plain replies, those with an answer.
    pub(crate) found: usize,
    pub(crate) verdicts: BTreeMap<Verdict, usize>,
    pub(crate) explained: BTreeMap<String, usize>,
    pub(crate) different: usize,
}

impl Tally {
    pub(crate) fn count(&mut self, verdict: Verdict) {
        *self.verdicts.entry(verdict).or_default() += 1;
    }

    pub(crate) fn add(&mut self, other: &Self) {
        self.questions += other.questions;
        self.found += other.found;
        self.different += other.different;
        for (verdict, count) in &other.verdicts {
            *self.verdicts.entry(*verdict).or_default() += count;
        }
        for (id, count) in &other.explained {
            *self.explained.entry(id.clone()).or_default() += count;
        }
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of = |verdict| self.verdicts.get(&verdict).copied().unwrap_or_default();
        write!(
            out,
            "questions {} ({}% with an answer); replies: equal {}, truncated {}, unstable {}, silent {}, ",
            self.questions,
            self.found * 100 / self.questions.max(1),
            of(Verdict::Equal),
            of(Verdict::Truncated),
            of(Verdict::Unstable),
            of(Verdict::Silent)
        )?;
        for (id, count) in &self.explained {
            write!(out, "{id} {count}, ")?;
        }
        write!(out, "DIFFERENT {}", self.different)
    }
}
