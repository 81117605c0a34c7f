//! Our reader and our walk, put to a case.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use k8s_resolv_conf::{
    Choices, Environment, Failure, Families, GlibcVersion, HickoryError, HostAliases, Lookup, MuslVersion, Outcome,
    ReadError, Reply, ResolvConf, ResolverConfig, Step, StubResolver, Transmit, Transport, Walk,
};

use super::case::{Case, Family, Original, SERVERS};
use super::message;
use super::script::{Behaviour, Performance, Question, reply_time};
use super::trace::{self, Query, Trace};

impl Original {
    /// What models it.
    #[must_use]
    pub const fn resolver(self) -> StubResolver {
        match self {
            Self::Glibc236 => StubResolver::Glibc(GlibcVersion::V2_36),
            Self::Musl123 => StubResolver::Musl(MuslVersion::V1_2_3),
            Self::Musl125 => StubResolver::Musl(MuslVersion::V1_2_6),
            Self::Go126 => StubResolver::Go,
            Self::CAres1349 => StubResolver::CAres,
            Self::Hickory0263 => StubResolver::Hickory,
        }
    }
}

/// A case as our reader sees it.
#[derive(Clone, Debug)]
pub struct Model<'a> {
    /// The resolver.
    pub original: Original,
    /// The case.
    pub case: &'a Case,
    /// What the file means, or why the resolver has nothing.
    pub config: Result<ResolverConfig, ReadError>,
    aliases: Option<HostAliases>,
}

impl<'a> Model<'a> {
    /// Reads the file of `case` as `original` does.
    #[must_use]
    pub fn new(original: Original, case: &'a Case) -> Self {
        let mut environment = Environment::new().with_hostname(case.hostname.as_str()).with_interface("lo", 1);
        if let Some(value) = &case.localdomain {
            environment = environment.with_localdomain(value.as_str());
        }
        if let Some(value) = &case.res_options {
            environment = environment.with_res_options(value.as_str());
        }
        environment.host_aliases = case.hostaliases.is_some();
        let config = original.resolver().read(&ResolvConf::parse(case.file.as_bytes()), &environment).result;
        Self {
            original,
            case,
            config,
            aliases: case.hostaliases.as_ref().map(|text| HostAliases::parse(text.as_bytes())),
        }
    }

    /// A walk under `choices`; none where there is no configuration.
    #[must_use]
    pub fn walk(&self, choices: Choices) -> Option<Walk> {
        let config = self.config.as_ref().ok()?;
        let families = match self.case.family {
            Family::Both => Families::Both,
            Family::V4 => Families::V4,
            Family::V6 => Families::V6,
        };
        let lookup = Lookup::new(self.original.resolver(), config, &self.case.name).families(families);
        Some(match &self.aliases {
            Some(aliases) => Walk::new(&lookup.aliases(aliases), choices),
            None => Walk::new(&lookup, choices),
        })
    }

    /// Whether nothing listens at `server`.
    #[must_use]
    pub fn is_dead(&self, server: SocketAddr) -> bool {
        // An IPv4 address within an IPv6 one goes by IPv4.
        let server = server.ip().to_canonical();
        self.case.dead.contains(&server) || !(SERVERS.contains(&server) || server == IpAddr::from(Ipv6Addr::LOCALHOST))
    }

    /// The trace that our walk makes when every wait takes its time, queries and replies take no more than
    /// [`reply_time`], and of free choices the first is taken.
    #[must_use]
    pub fn trace(&self) -> Trace {
        let mut trace = Trace { queries: Vec::new(), outcome: trace::Outcome::Endless, elapsed: 0 };
        let Some(mut walk) = self.walk(Choices::pinned([])) else {
            trace.outcome =
                trace::Outcome::Error(self.config.as_ref().err().map(ToString::to_string).unwrap_or_default());
            return trace;
        };
        let mut performance = Performance::new(&self.case.script);
        let mut coming: Vec<(Duration, Transmit, Reply)> = Vec::new();
        let mut now = Duration::ZERO;
        loop {
            match walk.poll(now) {
                Step::Send(sent) => {
                    let mut query = seen(&sent, now);
                    if self.is_dead(sent.server) {
                        walk.on_unreachable(now, sent.socket);
                    } else {
                        let question = Question { name: &query.name, qtype: query.qtype, server: query.server };
                        let (behaviour, rule) = performance.next(question);
                        if let Some(reply) = reply(&sent, behaviour, rule) {
                            let due = now + reply_time(query.server, query.qtype);
                            query.answered = Some((due.as_micros() as u32, rule));
                            coming.push((due, sent, reply));
                            coming.sort_by_key(|(due, ..)| *due);
                        }
                    }
                    trace.queries.push(query);
                }
                Step::Wait { until, .. } => {
                    if coming.first().is_some_and(|(due, ..)| *due <= until) {
                        let (due, sent, reply) = coming.remove(0);
                        now = due;
                        walk.on_reply(now, sent.socket, sent.server, &reply);
                    } else {
                        now = until;
                    }
                }
                Step::Done(outcome) => {
                    trace.elapsed = now.as_millis() as u32;
                    trace.outcome = told(&outcome);
                    return trace;
                }
            }
        }
    }
}

/// A query as a trace has it.
pub(super) fn seen(sent: &Transmit, now: Duration) -> Query {
    let message = sent.query.encode();
    let read =
        message::Query::read(&message).unwrap_or_else(|| message::Query::unreadable(format!("{:?}", sent.query)));
    Query {
        at: now.as_micros() as u32,
        answered: None,
        server: sent.server.ip().to_canonical(),
        port: sent.socket.0 as u16,
        tcp: sent.transport == Transport::Tcp,
        id: read.id,
        name: read.name,
        qtype: read.qtype,
        edns: read.edns,
        ad: read.ad,
        no_rd: !read.rd,
    }
}

/// What a server says to a query of ours.
pub(super) fn reply(sent: &Transmit, behaviour: Behaviour, rule: u8) -> Option<Reply> {
    let query = message::Query::read(&sent.query.encode())?;
    let message = query.reply(behaviour, rule, sent.transport == Transport::Tcp)?;
    Reply::parse(&message).ok()
}

/// An outcome of ours as a trace has it.
#[must_use]
pub fn told(outcome: &Outcome) -> trace::Outcome {
    match outcome {
        Outcome::Found { addresses, .. } => {
            let mut addresses = addresses.clone();
            addresses.sort_unstable();
            addresses.dedup();
            trace::Outcome::Addresses(addresses)
        }
        // Go's LookupIPAddr says so; LookupNetIP, which the probe calls, makes this of it (internetAddrList).
        Outcome::Nothing => trace::Outcome::Error("no suitable address found".to_owned()),
        // SIGFPE.
        Outcome::Failed(Failure::Crash) => trace::Outcome::Killed(8),
        // Where a name is wrong, hickory's words tell its length or the faulty part, which ours do in their own way.
        Outcome::Failed(Failure::Hickory(HickoryError::Name(_))) => trace::Outcome::Error("protocol error".to_owned()),
        Outcome::Failed(failure) => trace::Outcome::Error(failure.to_string()),
    }
}
