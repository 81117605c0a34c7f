//! The resolvers' rows. Above each, where it was read.

use std::time::Duration;

use super::{
    After, Caps, Combine, Edns, Fanout, First, Order, Pair, Policy, Precedence, Reaction, Reactions, Resend, Rounds,
    Sockets, StreamFailure, TcpSockets, Truncation, UdpSockets, Wait,
};
use crate::walk::fault::Fault;

const NO_CAP: (Duration, Duration) = (Duration::ZERO, Duration::MAX);

/// resolv/res_send.c, resolv/res_query.c, resolv/nss_dns/dns-host.c; the caps of resolv/res_init.c.
pub(super) static GLIBC: Policy = Policy {
    caps: Caps { servers: 3, attempts: (0, 5), timeout: (Duration::ZERO, Duration::from_secs(30)) },
    first: First::A,
    pair: Pair::Lockstep,
    fanout: Fanout::One,
    order: Order::List,
    rounds: Rounds::AttemptsTimesServers,
    wait: Wait::ByPlace,
    resend: Resend::Never,
    sockets: Sockets { udp: UdpSockets::PerServer, tcp: TcpSockets::PerRound, kept: false, streams_stay: true },
    reactions: Reactions {
        serv_fail: Reaction::Fail,
        refused: Reaction::Fail,
        not_imp: Reaction::Fail,
        form_err: Reaction::Accept,
        other: Reaction::Accept,
        lame: Some(Reaction::Fail),
    },
    truncation: Truncation::TcpAfterRcode,
    notices_icmp: true,
    stream_failure: StreamFailure::NextRound,
    stream_takes_all: true,
    without_edns_after_formerr: false,
    edns: Edns::ByOption(1200),
    combine: Combine::FirstArrived,
    after: |fault| match fault {
        Fault::NxDomain | Fault::NoData | Fault::ServFail => After::Next,
        // "If no server present, give up" (__res_context_search).
        Fault::Unreachable | Fault::NoAddress => After::Stop,
        _ => After::SkipToAsIs,
    },
    precedence: Precedence::AsIsFirstThenWorst,
};

/// src/network/res_msend.c and lookup_name.c; the caps of resolvconf.c.
const MUSL: Policy = Policy {
    caps: Caps { servers: 3, attempts: (0, 10), timeout: (Duration::ZERO, Duration::from_secs(60)) },
    first: First::A,
    pair: Pair::Joint,
    fanout: Fanout::All,
    order: Order::List,
    rounds: Rounds::One,
    wait: Wait::Timeout,
    resend: Resend::Shares,
    sockets: Sockets { udp: UdpSockets::Shared, tcp: TcpSockets::PerQuery, kept: false, streams_stay: true },
    reactions: Reactions {
        serv_fail: Reaction::Again,
        refused: Reaction::Ignore,
        not_imp: Reaction::Ignore,
        form_err: Reaction::Ignore,
        other: Reaction::Ignore,
        lame: None,
    },
    truncation: Truncation::TcpAfterRcode,
    notices_icmp: false,
    stream_failure: StreamFailure::EndsCandidate,
    stream_takes_all: false,
    without_edns_after_formerr: false,
    edns: Edns::Never,
    combine: Combine::InOrder,
    after: |fault| if fault == Fault::NxDomain { After::Next } else { After::Stop },
    precedence: Precedence::Last,
};

pub(super) static MUSL_1_2_6: Policy = MUSL;

/// Before 1.2.4 there was no TCP.
pub(super) static MUSL_1_2_3: Policy = Policy { truncation: Truncation::Used, ..MUSL };

/// net/dnsclient_unix.go; the minima of net/dnsconfig_unix.go.
pub(super) static GO: Policy = Policy {
    caps: Caps { servers: usize::MAX, attempts: (1, u32::MAX), timeout: (Duration::from_secs(1), Duration::MAX) },
    first: First::Either,
    pair: Pair::Apart,
    fanout: Fanout::One,
    order: Order::List,
    rounds: Rounds::AttemptsTimesServers,
    wait: Wait::Timeout,
    resend: Resend::Never,
    sockets: Sockets { udp: UdpSockets::PerPacket, tcp: TcpSockets::PerQuery, kept: false, streams_stay: false },
    reactions: Reactions {
        serv_fail: Reaction::Fail,
        refused: Reaction::Fail,
        not_imp: Reaction::Fail,
        form_err: Reaction::Fail,
        other: Reaction::Fail,
        lame: Some(Reaction::Fail),
    },
    truncation: Truncation::TcpFirst,
    notices_icmp: true,
    stream_failure: StreamFailure::NextRound,
    stream_takes_all: false,
    without_edns_after_formerr: false,
    edns: Edns::Always(1232),
    combine: Combine::LastEnded,
    after: |_| After::Next,
    precedence: Precedence::AsIsThenFirst,
};

/// src/lib/ares_process.c, ares_getaddrinfo.c and ares_metrics.c.
pub(super) static C_ARES: Policy = Policy {
    caps: Caps { servers: usize::MAX, attempts: (1, u32::MAX), timeout: NO_CAP },
    first: First::A,
    pair: Pair::Apart,
    fanout: Fanout::One,
    order: Order::Health,
    rounds: Rounds::AttemptsTimesServers,
    wait: Wait::Doubling,
    resend: Resend::Never,
    sockets: Sockets { udp: UdpSockets::PerServer, tcp: TcpSockets::Kept, kept: true, streams_stay: true },
    reactions: Reactions {
        serv_fail: Reaction::Fail,
        refused: Reaction::Fail,
        not_imp: Reaction::Fail,
        form_err: Reaction::Accept,
        other: Reaction::Accept,
        lame: None,
    },
    truncation: Truncation::TcpFirst,
    notices_icmp: true,
    stream_failure: StreamFailure::NextRound,
    stream_takes_all: false,
    without_edns_after_formerr: true,
    edns: Edns::Always(1232),
    combine: Combine::LastEnded,
    after: |fault| match fault {
        Fault::NxDomain | Fault::NoData | Fault::NoAddress | Fault::Other => After::Next,
        // "systemd-resolved may return SERVFAIL or REFUSED on a single label domain name" (host_callback).
        Fault::ServFail | Fault::Refused => After::NextIfSingleLabel,
        _ => After::Stop,
    },
    precedence: Precedence::NoDataThenLast,
};

/// hickory's crates/resolver (name_server_pool.rs, lookup_ip.rs) and crates/net (udp_client_stream.rs, retry_dns_handle.rs).
pub(super) static HICKORY: Policy = Policy {
    caps: Caps { servers: usize::MAX, attempts: (0, u32::MAX), timeout: NO_CAP },
    first: First::Aaaa,
    pair: Pair::Apart,
    fanout: Fanout::Two,
    order: Order::RoundTrip,
    rounds: Rounds::OneAndAttempts,
    wait: Wait::Timeout,
    resend: Resend::Packets(3),
    sockets: Sockets { udp: UdpSockets::PerPacket, tcp: TcpSockets::Kept, kept: true, streams_stay: false },
    reactions: Reactions {
        serv_fail: Reaction::Fail,
        refused: Reaction::Fail,
        not_imp: Reaction::Fail,
        form_err: Reaction::Fail,
        other: Reaction::Fail,
        lame: None,
    },
    truncation: Truncation::TcpAfterRcode,
    notices_icmp: false,
    stream_failure: StreamFailure::NextRound,
    stream_takes_all: false,
    without_edns_after_formerr: false,
    edns: Edns::ByOption(1232),
    combine: Combine::FirstOfPair,
    after: |_| After::Next,
    precedence: Precedence::Last,
};
