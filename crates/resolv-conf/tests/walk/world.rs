//! Servers by rule, and a virtual clock: runs a walk to its end and keeps what it did.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use k8s_resolv_conf::{
    Choices, Environment, Families, GlibcVersion, Lookup, MuslVersion, Outcome, QueryType, Rcode, Reply, ResolvConf,
    ResolverConfig, SocketId, Step, StubResolver, Transmit, Transport, Walk,
};

pub(crate) const GLIBC: StubResolver = StubResolver::Glibc(GlibcVersion::V2_36);
pub(crate) const MUSL: StubResolver = StubResolver::Musl(MuslVersion::V1_2_6);
pub(crate) const MUSL_OLD: StubResolver = StubResolver::Musl(MuslVersion::V1_2_3);
pub(crate) const GO: StubResolver = StubResolver::Go;
pub(crate) const C_ARES: StubResolver = StubResolver::CAres;
pub(crate) const HICKORY: StubResolver = StubResolver::Hickory;
/// In the order of the tables' columns.
pub(crate) const FIVE: [StubResolver; 5] = [GLIBC, MUSL, GO, C_ARES, HICKORY];
pub(crate) const ALL: [StubResolver; 6] = [GLIBC, MUSL, MUSL_OLD, GO, C_ARES, HICKORY];

/// What a server does with a query.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Does {
    /// An address.
    Ok,
    /// NOERROR without records.
    NoData,
    /// The same from a server that neither has the zone nor recurses.
    Lame,
    /// An alias, without what it stands for.
    Alias,
    Nx,
    ServFail,
    Refused,
    FormErr,
    /// FORMERR to queries with an OPT record, an address to others.
    FormErrToEdns,
    NotImp,
    /// A code that no resolver knows: 9, NOTAUTH (RFC 8945 §5.2).
    Other,
    /// Silence.
    Drop,
    /// ICMP: nobody listens. At once, as on the loopback interface.
    Icmp,
    /// Truncated over UDP, an address over TCP.
    Tc,
    /// Truncated over UDP, the connection refused.
    TcRefused,
}

/// A query that was sent.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Sent {
    pub(crate) at: Duration,
    pub(crate) transmit: Transmit,
}

impl Sent {
    pub(crate) fn name(&self) -> String {
        self.transmit.query.name.to_string()
    }

    pub(crate) fn query_type(&self) -> QueryType {
        self.transmit.query.query_type
    }

    /// The last octet of the server's address: 1 for the first in the tests' files.
    pub(crate) fn server(&self) -> u8 {
        match self.transmit.server.ip() {
            IpAddr::V4(address) => address.octets()[3],
            IpAddr::V6(address) => address.octets()[15],
        }
    }
}

/// What a walk did.
#[derive(Clone, Debug)]
pub(crate) struct Run {
    pub(crate) sent: Vec<Sent>,
    pub(crate) outcome: Outcome,
    pub(crate) took: Duration,
    pub(crate) walk: Walk,
}

impl Run {
    /// The names asked for, each once, in order.
    pub(crate) fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.sent.iter().map(Sent::name).collect();
        names.dedup();
        names
    }

    /// The end in words: `ok`, or the failure.
    pub(crate) fn end(&self) -> String {
        match &self.outcome {
            Outcome::Found { .. } => "ok".to_owned(),
            Outcome::Nothing => "nothing".to_owned(),
            Outcome::Failed(failure) => failure.to_string(),
        }
    }

    /// `TYPE@SERVER` of each query, with `/tcp` over TCP.
    pub(crate) fn queries(&self) -> Vec<String> {
        let tcp = |sent: &Sent| if sent.transmit.transport == Transport::Tcp { "/tcp" } else { "" };
        self.sent.iter().map(|sent| format!("{}@{}{}", sent.query_type(), sent.server(), tcp(sent))).collect()
    }

    /// Whole milliseconds at which queries were sent, each once.
    pub(crate) fn times(&self) -> Vec<u128> {
        let mut times: Vec<u128> = self.sent.iter().map(|sent| sent.at.as_millis()).collect();
        times.dedup();
        times
    }
}

/// What `resolver` holds of a file.
pub(crate) fn config(resolver: StubResolver, file: &str) -> ResolverConfig {
    resolver.read(&ResolvConf::parse(file.as_bytes()), &Environment::new()).result.expect("a configuration")
}

/// A file of a default Pod with this `ndots`, and one server.
pub(crate) fn pod(ndots: u32) -> String {
    format!("nameserver 10.0.0.1\nsearch ns.svc.cluster.local svc.cluster.local cluster.local\noptions ndots:{ndots}\n")
}

/// One server, and nothing to search but the name itself.
pub(crate) fn alone(resolver: StubResolver, options: &str) -> ResolverConfig {
    let mut config = config(resolver, &format!("nameserver 10.0.0.1\n{options}"));
    config.search.clear();
    config
}

fn address(query_type: QueryType) -> IpAddr {
    match query_type {
        QueryType::A => Ipv4Addr::new(192, 0, 2, 1).into(),
        QueryType::Aaaa => Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1).into(),
    }
}

/// The reply that a server makes.
pub(crate) fn reply(does: Does, transmit: &Transmit) -> Option<Reply> {
    let query = &transmit.query;
    let tcp = transmit.transport == Transport::Tcp;
    let with = |rcode| Reply::new(query, rcode);
    let good = with(Rcode::NoError).with_addresses([address(query.query_type)]);
    Some(match does {
        Does::Ok => good,
        Does::NoData => with(Rcode::NoError),
        Does::Lame => with(Rcode::NoError).lame(),
        Does::Alias => {
            let mut alias = with(Rcode::NoError);
            alias.answers = 1;
            alias
        }
        Does::Nx => with(Rcode::NxDomain),
        Does::ServFail => with(Rcode::ServFail),
        Does::Refused => with(Rcode::Refused),
        Does::NotImp => with(Rcode::NotImp),
        Does::Other => with(Rcode::Other(9)),
        Does::FormErr => with(Rcode::FormErr),
        Does::FormErrToEdns if query.edns.is_some() => with(Rcode::FormErr),
        Does::FormErrToEdns => good,
        Does::Tc | Does::TcRefused if !tcp => with(Rcode::NoError).truncated(),
        Does::Tc => good,
        Does::Drop | Does::Icmp | Does::TcRefused => return None,
    })
}

/// Runs a lookup; `rule` says what the server does with each query. Replies come at once, one after the other.
pub(crate) fn run_lookup(lookup: &Lookup<'_>, choices: Choices, rule: impl Fn(&Transmit) -> Does) -> Run {
    let mut walk = Walk::new(lookup, choices);
    let (mut now, mut sent, mut replies) = (Duration::ZERO, Vec::new(), Vec::<(SocketId, SocketAddr, Reply)>::new());
    let (most, longest) = (walk.max_queries(), walk.max_duration());
    loop {
        match walk.poll(now) {
            Step::Send(transmit) => {
                let does = rule(&transmit);
                sent.push(Sent { at: now, transmit: transmit.clone() });
                assert!(sent.len() as u64 <= most, "more than {most} queries");
                let refused = does == Does::TcRefused && transmit.transport == Transport::Tcp;
                match reply(does, &transmit) {
                    Some(reply) => replies.push((transmit.socket, transmit.server, reply)),
                    None if does == Does::Icmp || refused => walk.on_unreachable(now, transmit.socket),
                    None => {}
                }
            }
            Step::Wait { until, .. } if replies.is_empty() => {
                assert!(until > now, "a wait of no time");
                now = until;
                assert!(now <= longest, "later than {longest:?}");
            }
            Step::Wait { .. } => {
                let (socket, from, reply) = replies.remove(0);
                walk.on_reply(now, socket, from, &reply);
            }
            Step::Done(outcome) => return Run { sent, outcome, took: now, walk },
        }
    }
}

/// Runs a lookup of both families.
pub(crate) fn run(
    resolver: StubResolver,
    config: &ResolverConfig,
    name: &str,
    rule: impl Fn(&Transmit) -> Does,
) -> Run {
    run_lookup(&Lookup::new(resolver, config, name), Choices::pinned([]), rule)
}

/// Runs a lookup of one family.
pub(crate) fn run_for(
    families: Families,
    resolver: StubResolver,
    config: &ResolverConfig,
    name: &str,
    rule: impl Fn(&Transmit) -> Does,
) -> Run {
    run_lookup(&Lookup::new(resolver, config, name).families(families), Choices::pinned([]), rule)
}
