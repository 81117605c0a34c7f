//! From lanes to a candidate's verdict, and from the candidates' verdicts to the lookup's.

use std::net::IpAddr;

use super::context::{Context, Shows};
use super::fault::{Class, Fault};
use super::lane::{Answer, Lane};
use super::policy::{Combine, First, Policy, Precedence};
use super::{Failure, QueryType};
use crate::{Origin, StubResolver};

/// What became of a candidate.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Verdict {
    Found(Vec<IpAddr>),
    Lacking(Fault),
}

/// The verdict of a candidate whose lanes are done. `ended` has the lanes in the order in which they ended.
pub(super) fn combine(cx: &Context, lanes: &[Lane], ended: &[usize]) -> Verdict {
    let policy = cx.policy;
    match policy.combine {
        Combine::FirstArrived => {
            lanes.first().map_or(Verdict::Lacking(Fault::NoServer), |lane| first_arrived(cx, lane))
        }
        Combine::InOrder => lanes.first().map_or(Verdict::Lacking(Fault::NoServer), in_order),
        Combine::LastEnded | Combine::FirstOfPair => {
            let addresses = in_pair_order(policy, lanes.iter().flat_map(|lane| &lane.halves).filter_map(addresses));
            if !addresses.is_empty() {
                return Verdict::Found(addresses);
            }
            let decisive = match policy.combine {
                Combine::LastEnded => ended.last().and_then(|at| lanes.get(*at)),
                _ => lanes.first(),
            };
            Verdict::Lacking(decisive.map_or(Fault::NoServer, fault_of))
        }
    }
}

fn addresses(half: &super::lane::Half) -> Option<(QueryType, &[IpAddr])> {
    half.answer.as_ref().map(|answer| (half.query_type, answer.addresses.as_slice()))
}

fn in_pair_order<'a>(policy: &Policy, found: impl Iterator<Item = (QueryType, &'a [IpAddr])>) -> Vec<IpAddr> {
    let mut found: Vec<_> = found.collect();
    found.sort_by_key(|(query_type, _)| (*query_type == QueryType::Aaaa) != (policy.first == First::Aaaa));
    found.into_iter().flat_map(|(_, addresses)| addresses).copied().collect()
}

/// The fault of a lane with one query.
pub(super) fn fault_of(lane: &Lane) -> Fault {
    let answer = lane.halves.first().and_then(|half| half.answer.as_ref());
    answer.and_then(|answer| answer.class.fault()).or(lane.fault).unwrap_or(Fault::Timeout)
}

/// __res_context_query: addresses or an alias in either reply; else the code of the first reply, or if that is NOERROR the second's.
fn first_arrived(cx: &Context, lane: &Lane) -> Verdict {
    let answers: Vec<&Answer> =
        lane.arrived.iter().filter_map(|at| lane.halves.get(*at)).filter_map(|half| half.answer.as_ref()).collect();
    let Some(first) = answers.first() else { return Verdict::Lacking(used_up(cx, lane)) };
    let addresses: Vec<IpAddr> = lane
        .halves
        .iter()
        .filter_map(|half| half.answer.as_ref())
        .flat_map(|answer| answer.addresses.clone())
        .collect();
    if !addresses.is_empty() {
        return Verdict::Found(addresses);
    }
    if answers.iter().any(|answer| answer.class == Class::NoAddress) {
        return Verdict::Lacking(Fault::NoAddress);
    }
    let second = answers.last().unwrap_or(first);
    let follows = matches!(first.class, Class::NoData | Class::Lame);
    let leading = if follows { second } else { first };
    Verdict::Lacking(match leading.class.fault() {
        None | Some(Fault::Lame) => Fault::NoData,
        // TRY_AGAIN, but __res_context_search looks for SERVFAIL in the first reply: without it, as after silence.
        Some(Fault::ServFail) if follows => Fault::Timeout,
        // Over TCP these come through: NO_RECOVERY.
        Some(Fault::Refused | Fault::NotImp | Fault::Other) => Fault::FormErr,
        Some(fault) => fault,
    })
}

/// __res_handle_no_aaaa takes no reply at all for one without records.
fn used_up(cx: &Context, lane: &Lane) -> Fault {
    let fault = lane.used_up();
    let silence = matches!(fault, Fault::Timeout | Fault::Unreachable) && !lane.has_reply();
    if silence && cx.settings.shows == Shows::Existence { Fault::NoData } else { fault }
}

/// name_from_dns: for each query in order, a missing answer or "no such name" decides.
fn in_order(lane: &Lane) -> Verdict {
    for half in &lane.halves {
        match &half.answer {
            None => return Verdict::Lacking(Fault::Timeout),
            Some(answer) if answer.class == Class::NxDomain => return Verdict::Lacking(Fault::NxDomain),
            Some(_) => {}
        }
    }
    // "for (i=nq-1; i>=0; i--)": AAAA is parsed first.
    let addresses: Vec<IpAddr> = lane
        .halves
        .iter()
        .rev()
        .filter_map(|half| half.answer.as_ref())
        .flat_map(|answer| answer.addresses.clone())
        .collect();
    if addresses.is_empty() { Verdict::Lacking(Fault::NoData) } else { Verdict::Found(addresses) }
}

/// The faults of a walk so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Memory {
    as_is_first: Option<Fault>,
    as_is: Option<Fault>,
    first: Option<Fault>,
    last: Option<Fault>,
    no_data: bool,
    /// The same, of names that the search list made.
    searched_no_data: bool,
    searched_serv_fail: bool,
}

impl Memory {
    /// A fault of a candidate; of Go, one for each query, in the order in which they ended.
    pub(super) fn note(&mut self, origin: Origin, is_first: bool, fault: Fault) {
        if origin == Origin::AsIs {
            self.as_is = Some(fault);
            if is_first {
                self.as_is_first = Some(fault);
            }
        }
        if origin != Origin::AsIs || !is_first {
            self.no_data |= matches!(fault, Fault::NoData | Fault::NoAddress | Fault::Other);
        }
        if origin != Origin::AsIs {
            self.searched_no_data |= matches!(fault, Fault::NoData | Fault::NoAddress | Fault::Other);
            self.searched_serv_fail |= fault == Fault::ServFail;
        }
        self.first.get_or_insert(fault);
        self.last = Some(fault);
    }

    /// Whether the last name is an alias without an address.
    pub(super) fn ends_in_alias(&self) -> bool {
        self.last == Some(Fault::NoAddress)
    }

    /// The lookup's failure; `None` when nothing failed and nothing was found.
    pub(super) fn failure(&self, resolver: StubResolver, ran_out: bool) -> Option<Failure> {
        let fault = match resolver.policy().precedence {
            Precedence::Last => self.last,
            Precedence::AsIsThenFirst => self.as_is.or(self.first),
            // A name that comes first counts with the others for c-ares, and stands alone for glibc.
            Precedence::NoDataThenLast
                if ran_out && (self.no_data || matches!(self.as_is_first, Some(Fault::NoData | Fault::NoAddress))) =>
            {
                Some(Fault::NoData)
            }
            Precedence::NoDataThenLast => self.last,
            Precedence::AsIsFirstThenWorst => match self.last {
                Some(Fault::NoAddress | Fault::Unreachable) if !ran_out => self.last,
                _ if self.as_is_first.is_some() => self.as_is_first,
                // got_nodata, got_servfail: only the loop over the search list sets them.
                _ if self.searched_no_data => Some(Fault::NoData),
                _ if self.searched_serv_fail => Some(Fault::ServFail),
                last => last,
            },
        };
        fault.map(|fault| fault.failure(resolver))
    }
}
