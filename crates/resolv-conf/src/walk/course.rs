//! The course of a walk from candidate to candidate.

use std::net::IpAddr;
use std::time::Duration;

use super::choice::Nondeterminism;
use super::context::Pace;
use super::fault::Fault;
use super::lane::Lane;
use super::policy::{After, First, Pair, Precedence};
use super::verdict::{self, Verdict};
use super::{Eai, Failure, Families, Outcome, Walk};
use crate::{Ask, Candidate, GlibcVersion, NameFault, Origin, QueryName, StubResolver};

impl Walk {
    /// Looks for lanes that have ended, and begins those that waited for them.
    pub(super) fn after_event(&mut self, now: Duration) {
        for at in 0..self.lanes.len() {
            let Some(lane) = self.lanes.get(at) else { continue };
            if !lane.is_done() || self.ended.contains(&at) {
                continue;
            }
            self.ended.push(at);
            let has_v4 = lane
                .halves
                .iter()
                .filter_map(|half| half.answer.as_ref())
                .any(|answer| answer.addresses.iter().any(IpAddr::is_ipv4));
            // host_callback's terminate_retries: an IPv4 address is enough, so AAAA is not retried.
            if has_v4 && self.cx.policy.precedence == Precedence::NoDataThenLast {
                for other in &mut self.lanes {
                    other.stop_retrying();
                }
            }
        }
        if self.ended.len() >= self.begun && self.begun < self.lanes.len() {
            self.begin_lanes(now);
        }
        if !self.lanes.is_empty() && self.ended.len() == self.lanes.len() {
            self.settle(now);
        }
    }

    /// The candidate's lanes are done.
    pub(super) fn settle(&mut self, now: Duration) {
        if self.outcome.is_some() {
            return;
        }
        let verdict = verdict::combine(&self.cx, &self.lanes, &self.ended);
        self.conclude(now, &verdict);
    }

    /// Goes on after a candidate's verdict.
    pub(super) fn conclude(&mut self, now: Duration, verdict: &Verdict) {
        let at = self.at.unwrap_or(0);
        self.lost_until = None;
        let Some(candidate) = self.candidates.get(at) else { return self.run_out() };
        self.is_errno_set = !self.lanes.iter().flat_map(|lane| &lane.halves).any(|half| half.answer.is_some());
        let fault = match verdict {
            // getanswer_r, gaih_getanswer_slice: an answer to what is no host name (__res_binary_hnok) is HOST_NOT_FOUND, and the end.
            Verdict::Found(_) | Verdict::Lacking(Fault::NoAddress)
                if matches!(self.resolver, StubResolver::Glibc(_)) && !candidate.name().is_some_and(is_host_name) =>
            {
                self.outcome = Some(Outcome::Failed(Failure::Getaddrinfo(Eai::NoName)));
                return;
            }
            Verdict::Found(addresses) => {
                self.outcome = Some(Outcome::Found { addresses: addresses.clone(), name: candidate.name().cloned() });
                return;
            }
            Verdict::Lacking(fault) => *fault,
        };
        if self.cx.policy.precedence == Precedence::AsIsThenFirst {
            // Go notes the error of each query as it comes. "Prefer error for original name": to which it adds a dot, even where there is one.
            let origin = if self.absolute { Origin::Search(0) } else { candidate.origin };
            for lane in self.ended.iter().filter_map(|at| self.lanes.get(*at)) {
                self.memory.note(origin, at == 0, verdict::fault_of(lane));
            }
        } else {
            self.memory.note(if self.skipped { Origin::AsIs } else { candidate.origin }, at == 0, fault);
        }
        // __res_context_search judges only what the search list adds: after the name as it is come all entries, or none.
        let as_is = self.skipped || (candidate.origin == Origin::AsIs && self.candidates.len() > 1);
        let glibc = self.cx.policy.precedence == Precedence::AsIsFirstThenWorst;
        let after = match (self.cx.policy.after)(fault) {
            _ if glibc && as_is && fault != Fault::NoAddress => After::Next,
            After::NextIfSingleLabel => {
                let single =
                    candidate.origin == Origin::AsIs && candidate.name().is_some_and(|name| name.labels().count() == 1);
                if single { After::Next } else { After::Stop }
            }
            after => after,
        };
        match after {
            After::Next if self.skipped => self.run_out(),
            After::Next => self.ask(at + 1, now),
            After::Stop => self.outcome = Some(self.failed(false)),
            After::SkipToAsIs => self.skip_to_as_is(at, now),
            After::NextIfSingleLabel => {}
        }
    }

    pub(super) fn skip_to_as_is(&mut self, at: usize, now: Duration) {
        self.skipped = true;
        // A root entry of the search list stands for the name as it is.
        let root = |candidate: &Candidate| match (&candidate.origin, &candidate.ask) {
            (Origin::AsIs, _) => true,
            (Origin::Search(_), Ask::Query(name)) => self.is_as_is(name),
            _ => false,
        };
        let next = self.candidates.iter().skip(at + 1).position(root);
        match next {
            Some(further) => self.ask(at + 1 + further, now),
            None => self.run_out(),
        }
    }

    /// Whether a search entry added nothing.
    fn is_as_is(&self, name: &QueryName) -> bool {
        self.typed.as_ref() == Some(name)
    }

    pub(super) fn failed(&self, ran_out: bool) -> Outcome {
        match self.memory.failure(self.resolver, ran_out) {
            None => Outcome::Nothing,
            Some(failure) => Outcome::Failed(self.for_ipv4_alone(failure)),
        }
    }

    /// What glibc's try_simple_gethostbyname, by which getaddrinfo looks for IPv4 alone, makes of a failure.
    fn for_ipv4_alone(&self, failure: Failure) -> Failure {
        let StubResolver::Glibc(version) = self.resolver else { return failure };
        match failure {
            _ if self.families != Families::V4 => failure,
            // gethostbyname3_context: NSS_STATUS_NOTFOUND unless errno is set, and with that TRY_AGAIN is not looked at.
            Failure::Getaddrinfo(Eai::Again) if !self.is_errno_set => Failure::Getaddrinfo(Eai::NoName),
            // getanswer_r: NSS_STATUS_TRYAGAIN with NO_RECOVERY; "We made requests but they turned out no data." Up to 2.33 it was
            // NSS_STATUS_NOTFOUND: "it only contains a CNAME …, we fail with NOTFOUND".
            Failure::Getaddrinfo(Eai::NoName) if self.memory.ends_in_alias() && version >= GlibcVersion(34) => {
                Failure::Getaddrinfo(Eai::NoData)
            }
            failure => failure,
        }
    }

    pub(super) fn run_out(&mut self) {
        self.outcome = Some(match self.otherwise {
            Some(address) => Outcome::Found { addresses: vec![address], name: None },
            None => self.failed(true),
        });
    }

    /// Asks for the candidate at `at`, or what can be asked after it.
    pub(super) fn ask(&mut self, at: usize, now: Duration) {
        self.cx.next_candidate();
        self.errors.clear();
        (self.lanes, self.begun, self.ended) = (Vec::new(), 0, Vec::new());
        let mut at = at;
        loop {
            self.at = Some(at);
            let Some(candidate) = self.candidates.get(at) else { return self.run_out() };
            let (origin, quiet) = (candidate.origin, self.cx.policy.precedence == Precedence::AsIsThenFirst);
            match &candidate.ask {
                Ask::Query(name) => {
                    let name = name.clone();
                    return self.begin(&name, now);
                }
                Ask::Lost(_) => {
                    self.lost_until = Some(now.saturating_add(self.cx.settings.timeout));
                    return;
                }
                // Go and hickory leave such names out when they make their lists; hickory answers reserved ones.
                Ask::Skip(fault) => {
                    let reserved = *fault == NameFault::Reserved && !quiet;
                    if reserved {
                        self.memory.note(origin, at == 0, Fault::Name(*fault));
                    }
                    // tryOneName takes its turn among the servers before it finds that the name makes no message.
                    let listed = !matches!(fault, NameFault::LongName | NameFault::Reserved);
                    if self.resolver == StubResolver::Go && listed {
                        for _ in 0..self.cx.settings.types.len() {
                            self.cx.list_start();
                        }
                    }
                    at += 1;
                }
                Ask::SkipToAsIs(fault) => {
                    self.memory.note(origin, at == 0, Fault::Name(*fault));
                    return self.skip_to_as_is(at, now);
                }
                Ask::Fail(fault) => {
                    self.memory.note(origin, at == 0, Fault::Name(*fault));
                    self.outcome = Some(self.failed(false));
                    return;
                }
            }
        }
    }

    /// Makes the candidate's lanes and begins them.
    pub(super) fn begin(&mut self, name: &QueryName, now: Duration) {
        let cx = &mut self.cx;
        let mut types = cx.settings.types.clone();
        let swapped = match cx.policy.first {
            First::A => false,
            First::Aaaa => true,
            First::Either if types.len() > 1 && cx.settings.pace == Pace::AtOnce => {
                cx.chooser.choose(Nondeterminism::PairOrder, 2) == 1
            }
            First::Either => false,
        };
        if swapped {
            types.reverse();
        }
        self.lanes = match cx.policy.pair {
            Pair::Apart => types.iter().map(|query_type| Lane::new(cx, name, &[*query_type])).collect(),
            Pair::Lockstep | Pair::Joint => vec![Lane::new(cx, name, &types)],
        };
        self.begin_lanes(now);
        self.after_event(now);
    }

    pub(super) fn begin_lanes(&mut self, now: Duration) {
        let until = if self.cx.settings.pace == Pace::OneByOne { self.begun + 1 } else { self.lanes.len() };
        for at in self.begun..until {
            if let Some(lane) = self.lanes.get_mut(at) {
                lane.begin(&mut self.cx, now);
            }
        }
        self.begun = until;
    }
}

/// __libc_res_hnok: letters, digits, `-` and `_`, no `-` first.
fn is_host_name(name: &QueryName) -> bool {
    let fits = |octet: &u8| octet.is_ascii_alphanumeric() || *octet == b'-' || *octet == b'_';
    name.labels().all(|label| label.iter().all(fits))
        && name.labels().next().is_none_or(|label| !label.starts_with(b"-"))
}
