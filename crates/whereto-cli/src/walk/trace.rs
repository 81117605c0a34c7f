use std::collections::{BTreeSet, VecDeque};
use std::net::IpAddr;
use std::time::Duration;

use k8s_resolv_conf::{
    Candidates, Choices, Families, Lookup, Origin, Outcome, Query, Rcode, Reply as WalkReply, ResolverConfig, Step,
    StubResolver, Transmit, Walk,
};

use super::{Hosts, World};
use crate::reply::Reply;

/// A lookup from beginning to end.
#[derive(Debug)]
pub(crate) struct Trace {
    pub(crate) end: End,
    /// The queries in order, answers of the hosts file among them.
    pub(crate) queries: Vec<Asked>,
    /// The records that led to the addresses.
    pub(crate) answers: Vec<String>,
    /// AA of the last reply.
    pub(crate) is_authoritative: bool,
}

/// How it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// Addresses, with the name that had them where it was asked for.
    Found { addresses: Vec<IpAddr>, name: Option<String>, from: &'static str },
    /// Neither addresses nor an error.
    Nothing,
    /// The resolver's own words.
    Failed(String),
    /// Nobody knows what the next server would say.
    Unknown,
}

/// A query of the way.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) name: String,
    pub(crate) record_type: String,
    /// Which of the resolver's candidates it is for, from 0.
    pub(crate) place: usize,
    pub(crate) origin: Origin,
    pub(crate) server: IpAddr,
    /// `None`: unknown.
    pub(crate) rcode: Option<String>,
    pub(crate) is_empty: bool,
    /// Whether the hosts file answered, so that nothing was sent.
    pub(crate) from_hosts: bool,
}

impl Asked {
    /// The result in a word.
    pub(crate) fn result(&self) -> &str {
        match self.rcode.as_deref() {
            None => "unknown",
            Some(_) if self.from_hosts => "hosts",
            Some("NOERROR") if self.is_empty => "NODATA",
            Some("NOERROR") => "found",
            Some(rcode) => rcode,
        }
    }
}

impl Trace {
    /// A lookup that ends before anybody is asked.
    pub(crate) const fn without_queries(end: End) -> Self {
        Self { end, queries: Vec::new(), answers: Vec::new(), is_authoritative: false }
    }

    /// What a resolver that holds `config` makes of `name`. Its own choices are the first of those that it has.
    pub(crate) fn run(
        resolver: StubResolver,
        config: &ResolverConfig,
        name: &str,
        families: Families,
        hosts: &Hosts,
        world: &World<'_>,
    ) -> Self {
        let lookup = Lookup::new(resolver, config, name).families(families);
        let candidates = lookup.candidates();
        let is_name = matches!(candidates, Candidates::Names { .. } | Candidates::Loopback);
        let in_hosts = hosts.of_typed(resolver, name, families);
        if is_name && !in_hosts.is_empty() {
            let end = End::Found { addresses: in_hosts, name: None, from: "hosts" };
            return Self::without_queries(end);
        }
        let from = match candidates {
            Candidates::Literal(_) => "literal",
            Candidates::Loopback => "loopback",
            _ => "dns",
        };
        Driver {
            walk: Walk::new(&lookup, Choices::pinned(Vec::new())),
            queries: Vec::new(),
            answers: Vec::new(),
            is_authoritative: false,
        }
        .run(from, |transmit| {
            if resolver == StubResolver::Hickory {
                let addresses = hosts.of_query(&transmit.query.name.to_string(), transmit.query.query_type);
                if !addresses.is_empty() {
                    return Heard::Hosts(addresses);
                }
            }
            world.reply(transmit.server.ip(), &transmit.query).map_or(Heard::Unknown, Heard::Message)
        })
    }
}

/// The queries of a lookup for which every answer is "no such name", each once, whatever the number of servers that it is sent to.
pub(crate) fn nothing_exists(lookup: &Lookup<'_>) -> Vec<Query> {
    let mut walk = Walk::new(lookup, Choices::pinned(Vec::new()));
    let (mut now, mut sent, mut replies) = (Duration::ZERO, Vec::<Query>::new(), VecDeque::new());
    // The same query to another server has the same identifier.
    let mut seen = BTreeSet::new();
    loop {
        match walk.poll(now) {
            Step::Send(transmit) => {
                if seen.insert((transmit.query.id, transmit.query.name.wire().to_vec())) {
                    sent.push(transmit.query.clone());
                }
                let reply = WalkReply::new(&transmit.query, Rcode::NxDomain);
                replies.push_back((transmit, reply));
            }
            Step::Wait { until, .. } => match replies.pop_front() {
                Some((Transmit { socket, server, .. }, reply)) => walk.on_reply(now, socket, server, &reply),
                None => now = until,
            },
            Step::Done(_) => return sent,
        }
    }
}

enum Heard {
    Message(Vec<u8>),
    Hosts(Vec<IpAddr>),
    Unknown,
}

struct Driver {
    walk: Walk,
    queries: Vec<Asked>,
    answers: Vec<String>,
    is_authoritative: bool,
}

impl Driver {
    fn run(mut self, from: &'static str, mut ask: impl FnMut(&Transmit) -> Heard) -> Trace {
        let mut now = Duration::ZERO;
        let mut replies = VecDeque::new();
        let mut is_known = true;
        let end = loop {
            match self.walk.poll(now) {
                Step::Send(transmit) => match ask(&transmit) {
                    Heard::Unknown => {
                        is_known = false;
                        self.note(&transmit, None, false);
                    }
                    Heard::Hosts(addresses) => {
                        let reply = WalkReply::new(&transmit.query, Rcode::NoError).with_addresses(addresses);
                        self.note(&transmit, None, true);
                        replies.push_back((transmit, Ok(reply)));
                    }
                    Heard::Message(message) => {
                        let read = Reply::read(&message);
                        self.note(&transmit, read.as_ref(), false);
                        replies.push_back((transmit, WalkReply::parse(&message)));
                    }
                },
                // Who asks for a pair at once has sent both by now.
                Step::Wait { .. } if !is_known => break End::Unknown,
                Step::Wait { until, .. } => match replies.pop_front() {
                    Some((Transmit { socket, server, .. }, Ok(reply))) => {
                        self.walk.on_reply(now, socket, server, &reply)
                    }
                    Some((_, Err(_))) => {}
                    None => now = until,
                },
                Step::Done(Outcome::Found { addresses, name }) => {
                    let name = name.map(|name| name.to_string());
                    let is_hosts = self.queries.last().is_some_and(|asked| asked.from_hosts);
                    break End::Found { addresses, name, from: if is_hosts { "hosts" } else { from } };
                }
                Step::Done(Outcome::Nothing) => break End::Nothing,
                Step::Done(Outcome::Failed(failure)) => break End::Failed(failure.to_string()),
            }
        };
        if !matches!(end, End::Found { .. }) {
            self.answers.clear();
        }
        let Self { queries, answers, is_authoritative, .. } = self;
        Trace { end, queries, answers, is_authoritative }
    }

    /// Takes a query down with what was answered.
    fn note(&mut self, transmit: &Transmit, reply: Option<&Reply>, from_hosts: bool) {
        let query = &transmit.query;
        let from = self.queries.last().map_or(0, |asked| asked.place);
        let mut places = self.walk.candidates().iter().enumerate().skip(from);
        let place = places.find(|(_, candidate)| candidate.name() == Some(&query.name));
        let (place, origin) = place.map_or((from, Origin::AsIs), |(place, candidate)| (place, candidate.origin));
        self.is_authoritative = reply.is_some_and(|reply| reply.is_authoritative);
        if let Some(reply) = reply.filter(|reply| !reply.answers.is_empty()) {
            // Of an earlier name whose answers were not to the resolver's liking.
            if self.queries.last().is_some_and(|asked| asked.place != place) {
                self.answers.clear();
            }
            for answer in &reply.answers {
                if !self.answers.contains(answer) {
                    self.answers.push(answer.clone());
                }
            }
        }
        self.queries.push(Asked {
            name: query.name.to_string(),
            record_type: query.query_type.to_string(),
            place,
            origin,
            server: transmit.server.ip(),
            rcode: if from_hosts { Some("NOERROR".to_owned()) } else { reply.map(|reply| reply.rcode.to_string()) },
            is_empty: reply.is_some_and(|reply| reply.answers.is_empty()),
            from_hosts,
        });
    }
}
