//! What a resolver does for one lookup, query by query, without sockets or a clock.

mod bounds;
mod choice;
mod context;
mod course;
mod fault;
mod health;
mod lane;
mod outcome;
mod policy;
mod step;
mod verdict;
mod wire;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use self::bounds::Bounds;
use self::choice::Chooser;
use self::context::{Context, Serial, Settings};
use self::fault::Fault;
use self::lane::{Lane, Timer};
use self::policy::{Order, Pair};
use self::verdict::{Memory, Verdict};
use crate::{Ask, Candidate, Candidates, Lookup, OptionFlag, QueryName, StubResolver};

pub use choice::{Choices, Decision, Nondeterminism, Schedules};
pub use outcome::{AresError, Eai, Failure, GoError, HickoryError, Outcome};
pub use step::{Families, QueryType, SocketId, Step, Transmit, Transport};
pub use wire::{MAX_QUERY, Query, Rcode, Reply, ReplyError};

/// How long a [`Walk`] of glibc waits for a stream: 127 s, Linux' time for a connection without any answer (tcp_syn_retries, 6). glibc
/// itself sets no limit, and waits for ever on a connection that is accepted and never answered.
pub const STREAM_PATIENCE: Duration = Duration::from_secs(STREAM_PATIENCE_SECONDS);
const STREAM_PATIENCE_SECONDS: u64 = 127;

/// One lookup, as a state machine without input and output.
///
/// A `Walk` opens no socket and reads no clock. Its owner
/// - calls [`poll`](Self::poll) and does what the returned [`Step`] says: sends a query, or waits;
/// - hands in what comes: [`on_reply`](Self::on_reply) for a message, [`on_unreachable`](Self::on_unreachable) for a socket's error;
/// - calls `poll` again after each, and when the time of a [`Step::Wait`] is reached, until it is [`Step::Done`].
///
/// Times are durations since a moment that the owner chooses, and never go back. For the same lookup, choices, replies and times a walk takes
/// the same steps.
///
/// It is bounded: it sends at most [`max_queries`](Self::max_queries), and an owner that polls in time sees the end after at most
/// [`max_duration`](Self::max_duration), whatever the servers do.
///
/// What it leaves out of the resolvers' behaviour is in [`NOT_MODELLED`](crate::NOT_MODELLED).
///
/// ```
/// use k8s_resolv_conf::{
///     Choices, Families, GlibcVersion, Lookup, Outcome, Rcode, Reply, ResolverConfig, Step, StubResolver, Walk,
/// };
/// use std::time::Duration;
///
/// let resolver = StubResolver::Glibc(GlibcVersion::V2_36);
/// let mut config = ResolverConfig::defaults(resolver);
/// config.search = vec!["shop.svc.cluster.local".into()];
///
/// let mut walk = Walk::new(&Lookup::new(resolver, &config, "web").families(Families::V4), Choices::seeded(1));
/// let now = Duration::ZERO;
/// let Step::Send(sent) = walk.poll(now) else { panic!() };
/// assert_eq!(sent.query.name.to_string(), "web.shop.svc.cluster.local.");
/// let Step::Wait { until, .. } = walk.poll(now) else { panic!() };
/// assert_eq!(until, Duration::from_secs(5));
///
/// let reply = Reply::new(&sent.query, Rcode::NoError).with_addresses(["10.96.0.10".parse()?]);
/// walk.on_reply(now, sent.socket, sent.server, &reply);
/// let Step::Done(Outcome::Found { addresses, .. }) = walk.poll(now) else { panic!() };
/// assert_eq!(addresses, ["10.96.0.10".parse::<std::net::IpAddr>()?]);
/// # Ok::<(), std::net::AddrParseError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Walk {
    resolver: StubResolver,
    cx: Context,
    candidates: Vec<Candidate>,
    otherwise: Option<IpAddr>,
    /// The candidate that is asked for; before the first poll, none.
    at: Option<usize>,
    lanes: Vec<Lane>,
    /// Lanes that were begun.
    begun: usize,
    /// Lanes that are done, in that order.
    ended: Vec<usize>,
    /// A candidate in a form that no server reads: when its time is over.
    lost_until: Option<Duration>,
    memory: Memory,
    /// Sockets with an error that is seen once all is written that goes by them.
    errors: Vec<SocketId>,
    outcome: Option<Outcome>,
    families: Families,
    /// The name as typed, if it can be one.
    typed: Option<QueryName>,
    /// Whether it was typed with a final dot.
    absolute: bool,
    /// glibc: the rest of the search list is left out, and what is asked for is the last name.
    skipped: bool,
    /// glibc: the last query ended without any reply that it takes, so that errno tells (ETIMEDOUT, ECONNREFUSED).
    is_errno_set: bool,
}

impl Walk {
    /// The walk of `lookup`. Nothing happens before the first [`poll`](Self::poll).
    pub fn new(lookup: &Lookup<'_>, choices: Choices) -> Self {
        let policy = lookup.resolver.policy();
        let settings = Settings::new(lookup, policy);
        let on = |flag| policy.pair == Pair::Lockstep && lookup.config.has(flag);
        let serial = match (on(OptionFlag::SingleRequest), on(OptionFlag::SingleRequestReopen)) {
            (_, true) => Serial::Reopen,
            (true, _) => Serial::Yes,
            _ => Serial::No,
        };
        let (mut candidates, mut otherwise, mut outcome) = (Vec::new(), None, None);
        match lookup.candidates() {
            Candidates::Names { list, otherwise: address } => (candidates, otherwise) = (list, address),
            Candidates::Literal(address) => outcome = Some(Outcome::Found { addresses: vec![address], name: None }),
            Candidates::Loopback => {
                let both: [IpAddr; 2] = [Ipv6Addr::LOCALHOST.into(), Ipv4Addr::LOCALHOST.into()];
                let addresses = both.into_iter().filter(|address| lookup.families.hold(*address)).collect();
                outcome = Some(Outcome::Found { addresses, name: None });
            }
            Candidates::Refused(failure) => outcome = Some(Outcome::Failed(failure)),
        }
        let divides_by_zero = matches!(lookup.resolver, StubResolver::Musl(_)) && settings.attempts == 0;
        if divides_by_zero && candidates.iter().any(|candidate| matches!(candidate.ask, Ask::Query(_) | Ask::Lost(_))) {
            outcome = Some(Outcome::Failed(Failure::Crash));
        }
        Self {
            resolver: lookup.resolver,
            cx: Context::new(policy, settings, serial, Chooser::new(choices)),
            candidates,
            otherwise,
            at: None,
            lanes: Vec::new(),
            begun: 0,
            ended: Vec::new(),
            lost_until: None,
            memory: Memory::default(),
            errors: Vec::new(),
            outcome,
            families: lookup.families,
            typed: lookup.name.parse().ok(),
            absolute: lookup.name.ends_with('.'),
            skipped: false,
            is_errno_set: false,
        }
    }

    /// What is left to do at `now`: timers that are due are handled first.
    pub fn poll(&mut self, now: Duration) -> Step {
        if self.at.is_none() && self.outcome.is_none() {
            self.ask(0, now);
        }
        loop {
            if let Some(outcome) = &self.outcome {
                return Step::Done(outcome.clone());
            }
            if self.resume(now) {
                continue;
            }
            if let Some(transmit) = self.cx.outbox.pop_front() {
                return Step::Send(transmit);
            }
            if self.cx.policy.order == Order::Health {
                let lanes = &self.lanes;
                self.cx.close_idle(|socket| lanes.iter().any(|lane| lane.uses(socket)));
            }
            if let Some(socket) = self.errors.pop() {
                self.unreachable(now, socket);
                continue;
            }
            match self.next_timer() {
                Some(timer) if timer.until > now => return Step::Wait { until: timer.until, earliest: timer.earliest },
                Some(_) => self.fire(now, false, None),
                // No lane waits for anything: the candidate is over.
                None => self.settle(now),
            }
        }
    }

    /// The reply that came by `socket` from `from`. Replies that belong to no query on its way are ignored, as the resolvers do.
    pub fn on_reply(&mut self, now: Duration, socket: SocketId, from: SocketAddr, reply: &Reply) {
        let servers = &self.cx.settings.servers;
        let of = |place: usize| servers.get(place) == Some(&from);
        let found = self.lanes.iter().take(self.begun).zip(0..).find_map(|(lane, at)| {
            let (flight, current) = lane.flight_of(socket, of, reply)?;
            Some((at, flight, current))
        });
        let Some((at, flight, current)) = found else { return };
        if self.outcome.is_some() {
            return;
        }
        let Some(lane) = self.lanes.get_mut(at) else { return };
        if current {
            lane.on_reply(&mut self.cx, now, flight, reply);
            self.after_event(now);
        } else {
            lane.park(flight, reply.clone());
        }
    }

    /// `socket` failed: an ICMP error for a datagram, or a connection that was refused or reset. What a resolver can't notice, because its
    /// datagram sockets are not connected (musl, hickory), is ignored.
    pub fn on_unreachable(&mut self, now: Duration, socket: SocketId) {
        // glibc writes a pair with one call, and sees the error afterwards.
        let unsent = self.cx.outbox.iter().any(|transmit| transmit.socket == socket);
        if unsent && self.cx.policy.pair == Pair::Lockstep {
            self.errors.push(socket);
        } else {
            self.unreachable(now, socket);
        }
    }

    /// Ends the wait at `now`, if chance could have ended it by then: the time of a retry as a record has it. Earlier calls change nothing.
    pub fn on_timeout(&mut self, now: Duration) {
        self.fire(now, true, None);
    }

    /// The same for the query of one type, where each has its own wait (c-ares).
    pub fn on_timeout_of(&mut self, now: Duration, query_type: QueryType) {
        self.fire(now, true, Some(query_type));
    }

    /// The free choices that were made so far, in order.
    pub fn decisions(&self) -> &[Decision] {
        &self.cx.chooser.decisions
    }

    /// The places of this walk; none where no query is needed.
    pub fn candidates(&self) -> &[Candidate] {
        &self.candidates
    }

    /// The most queries that this walk can send.
    pub fn max_queries(&self) -> u64 {
        Bounds::of(self.cx.policy, &self.cx.settings).queries(self.candidates.len() as u64)
    }

    /// The longest time from the first [`poll`](Self::poll) to [`Step::Done`], when timers are handled as they become due.
    pub fn max_duration(&self) -> Duration {
        Bounds::of(self.cx.policy, &self.cx.settings).duration(self.candidates.len() as u64)
    }

    fn next_timer(&self) -> Option<Timer> {
        let lost = self.lost_until.map(|until| Timer { earliest: until, until });
        self.lanes.iter().take(self.begun).filter_map(Lane::timer).chain(lost).min_by_key(|timer| timer.until)
    }

    fn fire(&mut self, now: Duration, early: bool, only: Option<QueryType>) {
        if self.outcome.is_some() {
            return;
        }
        if self.lost_until.is_some_and(|until| until <= now) {
            return self.conclude(now, &Verdict::Lacking(Fault::Timeout));
        }
        let meant = |lane: &Lane| only.is_none_or(|only| lane.halves.iter().any(|half| half.query_type == only));
        for lane in self.lanes.iter().take(self.begun).filter(|lane| meant(lane)) {
            lane.count_late(&mut self.cx, now, early);
        }
        let mut order: Vec<usize> = (0..self.begun).collect();
        if self.cx.policy.order == Order::Health {
            order
                .sort_by_key(|at| self.lanes.get(*at).map(|lane| (lane.timer().map(|timer| timer.until), lane.rank())));
        }
        for at in order {
            if let Some(lane) = self.lanes.get_mut(at).filter(|lane| meant(lane)) {
                lane.on_timer(&mut self.cx, now, early);
            }
        }
        self.after_event(now);
    }

    /// Lets one of the lanes go on that waited until everything was read; false where none did.
    fn resume(&mut self, now: Duration) -> bool {
        let waiting = self.lanes.iter_mut().filter_map(|lane| Some((lane.postponed()?, lane)));
        let Some((_, lane)) = waiting.min_by_key(|(turn, _)| *turn) else { return false };
        lane.resume(&mut self.cx, now);
        self.after_event(now);
        true
    }

    fn unreachable(&mut self, now: Duration, socket: SocketId) {
        let mut failed_server = None;
        let connected = self.cx.policy.notices_icmp;
        // In the order in which they wrote to it.
        let mut order: Vec<usize> = (0..self.begun).collect();
        order.sort_by_key(|at| self.lanes.get(*at).map(|lane| lane.rank().unsigned_abs()));
        for at in order {
            let Some(lane) = self.lanes.get_mut(at) else { continue };
            let Some(flight) = lane.flights.iter().find(|flight| flight.socket == socket).copied() else { continue };
            if lane.is_done() || (flight.transport == Transport::Udp && !connected) {
                continue;
            }
            if failed_server.is_none() {
                // What was not written yet fails with the rest.
                self.cx.outbox.retain(|transmit| transmit.socket != socket);
                self.cx.close(socket);
                self.cx.health.failed(flight.server);
                failed_server = Some(flight.server);
            }
            lane.on_unreachable(&mut self.cx, now, flight);
        }
        self.after_event(now);
    }
}
