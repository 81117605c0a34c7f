//! How the resolvers differ, as data: one row each, in [`rows`]. The machine in [`lane`](super::lane) reads these fields and knows no
//! resolver by name.

mod rows;

use std::time::Duration;

use super::fault::{Class, Fault};
use crate::{MuslVersion, StubResolver};

/// How a resolver makes and judges queries.
#[derive(Debug)]
pub(super) struct Policy {
    pub(super) caps: Caps,
    /// The first query of a pair.
    pub(super) first: First,
    /// Whether the queries of a pair share their rounds, or each goes its own way.
    pub(super) pair: Pair,
    /// Servers asked at once.
    pub(super) fanout: Fanout,
    /// Which server comes next.
    pub(super) order: Order,
    /// Rounds of one question.
    pub(super) rounds: Rounds,
    /// How long a round waits.
    pub(super) wait: Wait,
    /// What is sent again within a round.
    pub(super) resend: Resend,
    pub(super) sockets: Sockets,
    pub(super) reactions: Reactions,
    pub(super) truncation: Truncation,
    /// Whether an ICMP error reaches the program, because its UDP sockets are connected.
    pub(super) notices_icmp: bool,
    /// What a failed stream ends.
    pub(super) stream_failure: StreamFailure,
    /// Whether any reply over TCP is taken, whatever its code.
    pub(super) stream_takes_all: bool,
    /// FORMERR: the same again without an OPT record.
    pub(super) without_edns_after_formerr: bool,
    /// The payload size of the OPT record, and whether only the option `edns0` brings it.
    pub(super) edns: Edns,
    /// What the answers of a pair make together.
    pub(super) combine: Combine,
    /// What a candidate's fault does to the walk.
    pub(super) after: fn(Fault) -> After,
    /// Which of the candidates' faults is the lookup's.
    pub(super) precedence: Precedence,
}

/// Limits that hold for any configuration.
#[derive(Clone, Copy, Debug)]
pub(super) struct Caps {
    pub(super) servers: usize,
    pub(super) attempts: (u32, u32),
    pub(super) timeout: (Duration, Duration),
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum First {
    A,
    Aaaa,
    Either,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Pair {
    /// Both to one server at a time, answers kept only within a round.
    Lockstep,
    /// Both in one round; an answered query is not sent again.
    Joint,
    /// Each in rounds of its own.
    Apart,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Fanout {
    One,
    All,
    Two,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Order {
    /// As listed; `rotate` begins elsewhere.
    List,
    /// Fewest failures first; `rotate` picks any of the best.
    Health,
    /// Lowest smoothed round trip time first.
    RoundTrip,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Rounds {
    AttemptsTimesServers,
    One,
    OneAndAttempts,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Wait {
    /// send_dg: `timeout << server`, for further servers divided by their number; whole seconds, at least one.
    ByPlace,
    /// The timeout.
    Timeout,
    /// ares_calc_query_timeout: doubled for each time through the list, shortened by up to half.
    Doubling,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Resend {
    Never,
    /// Unanswered queries, to every server, `attempts` times in the round's time.
    Shares,
    /// Up to this many packets to each server, each with a socket of its own.
    Packets(u32),
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Sockets {
    pub(super) udp: UdpSockets,
    pub(super) tcp: TcpSockets,
    /// Whether sockets outlive a candidate.
    pub(super) kept: bool,
    /// Whether a question that went over to TCP stays there in its next rounds.
    pub(super) streams_stay: bool,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum UdpSockets {
    /// One for all servers.
    Shared,
    /// One for each server.
    PerServer,
    /// One for each packet.
    PerPacket,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum TcpSockets {
    /// One for each server and round.
    PerRound,
    /// One for each query.
    PerQuery,
    /// One for each server, for all queries that need one.
    Kept,
}

/// What a reply does, by its class.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Reaction {
    /// It is the answer.
    Accept,
    /// It ends the round for its query.
    Fail,
    /// As if it had not come.
    Ignore,
    /// The query goes to the same server again at once, as long as the round's budget lasts: twice its queries.
    Again,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Reactions {
    pub(super) serv_fail: Reaction,
    pub(super) refused: Reaction,
    pub(super) not_imp: Reaction,
    pub(super) form_err: Reaction,
    pub(super) other: Reaction,
    /// NOERROR with no records, from a server that neither has the zone nor recurses; `None` where nobody looks.
    pub(super) lame: Option<Reaction>,
}

impl Reactions {
    pub(super) fn of(&self, class: Class) -> Reaction {
        match class {
            Class::Addresses | Class::NoAddress | Class::NoData | Class::NxDomain => Reaction::Accept,
            Class::ServFail => self.serv_fail,
            Class::Refused => self.refused,
            Class::NotImp => self.not_imp,
            Class::FormErr => self.form_err,
            Class::Other => self.other,
            Class::Lame => self.lame.unwrap_or(Reaction::Accept),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Truncation {
    /// What came is used.
    Used,
    /// TCP, whatever the response code.
    TcpFirst,
    /// TCP, unless the response code is an error.
    TcpAfterRcode,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum StreamFailure {
    NextRound,
    EndsCandidate,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Edns {
    Never,
    ByOption(u16),
    Always(u16),
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Combine {
    /// The first reply's code leads (__res_context_query).
    FirstArrived,
    /// A, then AAAA: the first that is missing or says "no such name" decides, even against addresses (name_from_dns).
    InOrder,
    /// Any address; else the query that ended last (host_callback).
    LastEnded,
    /// Any address; else the pair's first query (multi_lookup).
    FirstOfPair,
}

/// What follows a candidate without addresses.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum After {
    Next,
    Stop,
    /// The rest of the search list is left out.
    SkipToAsIs,
    /// The next one if the name has a single label.
    NextIfSingleLabel,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Precedence {
    /// The name as it is, if it came first; else NODATA if any had it, else SERVFAIL if any had it; else the last.
    AsIsFirstThenWorst,
    /// The last.
    Last,
    /// The name as it is, if it was asked for; else the first.
    AsIsThenFirst,
    /// NODATA if any had it; else the last.
    NoDataThenLast,
}

impl StubResolver {
    pub(super) fn policy(self) -> &'static Policy {
        match self {
            Self::Glibc(_) => &rows::GLIBC,
            Self::Musl(MuslVersion::V1_2_3) => &rows::MUSL_1_2_3,
            Self::Musl(_) => &rows::MUSL_1_2_6,
            Self::Go => &rows::GO,
            Self::CAres => &rows::C_ARES,
            Self::Hickory => &rows::HICKORY,
        }
    }
}
