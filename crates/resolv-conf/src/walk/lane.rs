//! One question of a candidate, or its pair: rounds of queries until an answer is taken or the rounds are used up.

mod events;
mod rounds;
mod schedule;

use std::net::IpAddr;
use std::time::Duration;

use super::context::Context;
use super::fault::{Class, Fault};
use super::wire::{Rcode, Reply};
use super::{QueryType, SocketId, Transport};
use crate::QueryName;

pub(super) use schedule::{share, wait_by_place};

/// A query of the lane.
#[derive(Clone, Debug)]
pub(super) struct Half {
    pub(super) query_type: QueryType,
    pub(super) id: u16,
    pub(super) answer: Option<Answer>,
    /// It failed in this round.
    failed: bool,
    /// It goes by a stream now, whatever the lane does.
    streams: bool,
}

/// A reply that was taken.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    pub(super) class: Class,
    pub(super) addresses: Vec<IpAddr>,
}

/// A query on its way.
#[derive(Clone, Copy, Debug)]
pub(super) struct Flight {
    pub(super) socket: SocketId,
    pub(super) server: usize,
    pub(super) half: usize,
    pub(super) transport: Transport,
    sent_at: Duration,
}

/// When something happens unless a reply comes: at `until`, and no sooner than `earliest` where that is left to chance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Timer {
    pub(super) earliest: Duration,
    pub(super) until: Duration,
}

/// Packets that are still to come in this round.
#[derive(Clone, Copy, Debug)]
struct Again {
    /// To this server, or to all.
    server: Option<usize>,
    at: Duration,
    interval: Duration,
    left: u32,
}

#[derive(Clone, Debug)]
pub(super) struct Lane {
    name: QueryName,
    pub(super) halves: Vec<Half>,
    /// The halves with an answer, in the order in which they got it.
    pub(super) arrived: Vec<usize>,
    pub(super) flights: Vec<Flight>,
    /// Flights of earlier rounds, whose sockets may be used again.
    stale: Vec<Flight>,
    /// Replies to those that came while another server was asked.
    parked: Vec<(Flight, Reply)>,
    /// Rounds that are over.
    round: u32,
    /// Where the list begins.
    offset: usize,
    /// The servers asked in this round that may still answer.
    servers: Vec<usize>,
    /// Servers of this round that are not asked yet.
    queue: Vec<usize>,
    round_began: Duration,
    batch_began: Duration,
    deadline: Option<Timer>,
    again: Vec<Again>,
    /// Resends for SERVFAIL that are left.
    budget: u32,
    transport: Transport,
    /// Whether queries have an OPT record, where the settings have one.
    edns: bool,
    /// The code of the reply that lies in glibc's first buffer.
    first_buffer: Option<Rcode>,
    /// Something was received, or waited for in vain; else every server was unreachable.
    got_somewhere: bool,
    pub(super) fault: Option<Fault>,
    /// c-ares: what is done once everything that came was read, and its place among such.
    postponed: Option<(u32, Postponed)>,
    /// c-ares: the place among timers that end at the same time.
    rank: i64,
    state: State,
}

/// ares_flush_requeue: what follows a reply.
#[derive(Clone, Copy, Debug)]
enum Postponed {
    /// The next round.
    Round,
    /// The end: of two replies that are read together, the second is judged before the first one's query is over.
    End,
    /// The same again, without an OPT record.
    Same,
    /// The same by TCP, after a truncated reply.
    Stream(Flight),
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum State {
    Open,
    /// c-ares: the other query has what is needed, so this one is not tried again.
    LastTry,
    Done,
}

impl Lane {
    pub(super) fn new(cx: &mut Context, name: &QueryName, types: &[QueryType]) -> Self {
        let mut halves: Vec<Half> = Vec::with_capacity(types.len());
        for &query_type in types {
            let mut id = cx.chooser.id();
            if halves.iter().any(|half| half.id == id) {
                id = id.wrapping_add(1);
            }
            halves.push(Half { query_type, id, answer: None, failed: false, streams: false });
        }
        Self {
            name: name.clone(),
            halves,
            arrived: Vec::new(),
            flights: Vec::new(),
            stale: Vec::new(),
            parked: Vec::new(),
            round: 0,
            offset: 0,
            servers: Vec::new(),
            queue: Vec::new(),
            round_began: Duration::ZERO,
            batch_began: Duration::ZERO,
            deadline: None,
            again: Vec::new(),
            budget: 0,
            transport: cx.settings.transport,
            edns: true,
            first_buffer: None,
            got_somewhere: false,
            fault: None,
            postponed: None,
            rank: 0,
            state: State::Open,
        }
    }

    /// The first queries.
    pub(super) fn begin(&mut self, cx: &mut Context, now: Duration) {
        self.offset = cx.list_start();
        self.rank = i64::from(cx.next_turn());
        self.start_round(cx, now);
    }

    /// The place of what was postponed, if something was.
    pub(super) fn postponed(&self) -> Option<u32> {
        self.postponed.map(|(turn, _)| turn)
    }

    /// Timers that end at the same time end in the order of this.
    pub(super) fn rank(&self) -> i64 {
        self.rank
    }

    /// Does what was postponed.
    pub(super) fn resume(&mut self, cx: &mut Context, now: Duration) {
        match self.postponed.take() {
            // Whether it is tried again was decided when it was put off (ares_requeue_query).
            Some((_, Postponed::Round)) => self.further_round(cx, now),
            Some((_, Postponed::End)) => self.finish(),
            Some((_, Postponed::Same)) => self.ask(cx, now),
            Some((_, Postponed::Stream(flight))) => self.stream(cx, now, flight),
            None => {}
        }
    }

    fn postpone(&mut self, cx: &mut Context, what: Postponed) {
        self.postponed = Some((cx.next_turn(), what));
        self.deadline = None;
        self.flights.clear();
    }

    /// Whether a reply may still come by `socket`.
    pub(super) fn uses(&self, socket: SocketId) -> bool {
        let open = |flight: &Flight| self.halves.get(flight.half).is_some_and(|half| half.answer.is_none());
        !self.is_done() && self.flights.iter().any(|flight| flight.socket == socket && open(flight))
    }

    /// When this lane wants to be woken.
    pub(super) fn timer(&self) -> Option<Timer> {
        let again = self.again.iter().map(|again| Timer { earliest: again.at, until: again.at });
        again.chain(self.deadline).min_by_key(|timer| timer.until).filter(|_| !self.is_done())
    }

    /// The pair's fault once its rounds are used up, in the order in which __res_context_search looks.
    pub(super) fn used_up(&self) -> Fault {
        match self.fault {
            Some(Fault::NoServer) => Fault::NoServer,
            Some(Fault::Unreachable) if self.streams() => Fault::Unreachable,
            _ if !self.got_somewhere => Fault::Unreachable,
            _ if self.first_buffer == Some(Rcode::ServFail) => Fault::ServFail,
            _ => Fault::Timeout,
        }
    }

    /// Whether any reply came, be it an error.
    pub(super) fn has_reply(&self) -> bool {
        self.first_buffer.is_some()
    }

    pub(super) fn is_done(&self) -> bool {
        self.state == State::Done
    }

    /// No round follows this one.
    pub(super) fn stop_retrying(&mut self) {
        if self.state == State::Open {
            self.state = State::LastTry;
        }
    }

    fn streams(&self) -> bool {
        self.transport == Transport::Tcp
    }

    fn finish(&mut self) {
        self.state = State::Done;
        self.deadline = None;
        self.again.clear();
    }

    /// The flight that a reply belongs to, and whether it is one of this round.
    pub(super) fn flight_of(
        &self,
        socket: SocketId,
        server: impl Fn(usize) -> bool,
        reply: &Reply,
    ) -> Option<(Flight, bool)> {
        let matches = |flight: &&Flight| {
            let half = self.halves.get(flight.half);
            flight.socket == socket
                && server(flight.server)
                && half.is_some_and(|half| {
                    half.id == reply.id
                        && reply
                            .question
                            .as_ref()
                            .is_none_or(|(name, query_type)| *query_type == half.query_type && *name == self.name)
                })
        };
        let current = self.flights.iter().find(matches).map(|flight| (*flight, true));
        current.or_else(|| self.stale.iter().find(matches).map(|flight| (*flight, false)))
    }

    pub(super) fn park(&mut self, flight: Flight, reply: Reply) {
        if self.parked.len() < 16 {
            self.parked.push((flight, reply));
        }
    }
}
