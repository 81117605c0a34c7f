//! What a lane does about replies, errors of sockets, and time that is over.

use std::time::Duration;

use super::{Answer, Flight, Lane, Postponed, State, Timer};
use crate::walk::Transport;
use crate::walk::context::{Context, Serial, Shows};
use crate::walk::fault::{Class, Fault};
use crate::walk::policy::{Fanout, Order, Pair, Reaction, StreamFailure, Truncation};
use crate::walk::wire::Reply;

impl Lane {
    pub(in crate::walk) fn on_reply(&mut self, cx: &mut Context, now: Duration, flight: Flight, reply: &Reply) {
        let streams = flight.transport == Transport::Tcp;
        let open = self
            .halves
            .get(flight.half)
            .is_some_and(|half| half.answer.is_none() && !half.failed && (streams || !half.streams));
        if !open || self.is_done() || self.postponed.is_some() {
            return;
        }
        self.got_somewhere = true;
        if self.arrived.is_empty() && !self.halves.iter().any(|half| half.failed) {
            self.first_buffer = Some(reply.rcode);
        }
        let class = Class::of(reply, cx.policy.reactions.lame.is_some());
        if cx.policy.without_edns_after_formerr && class == Class::FormErr && self.edns {
            self.edns = false;
            return self.postpone(cx, Postponed::Same);
        }
        let truncated = reply.truncated && !streams;
        if truncated && cx.policy.truncation == Truncation::TcpFirst {
            return match cx.policy.order {
                Order::Health => self.postpone(cx, Postponed::Stream(flight)),
                _ => self.stream(cx, now, flight),
            };
        }
        let reaction =
            if streams && cx.policy.stream_takes_all { Reaction::Accept } else { cx.policy.reactions.of(class) };
        match reaction {
            Reaction::Accept if truncated && cx.policy.truncation == Truncation::TcpAfterRcode => {
                self.stream(cx, now, flight)
            }
            Reaction::Accept => self.accept(cx, now, flight, class, reply),
            Reaction::Fail => self.fail(cx, now, flight, class),
            Reaction::Ignore | Reaction::Again if streams => self.stream_failed(cx, now, flight),
            Reaction::Ignore => {}
            Reaction::Again if self.budget > 0 => {
                self.budget -= 1;
                self.send(cx, now, flight.half, flight.server, flight.transport);
            }
            Reaction::Again => {}
        }
    }

    pub(super) fn accept(&mut self, cx: &mut Context, now: Duration, flight: Flight, class: Class, reply: &Reply) {
        // hickory counts from the first of the packets that it sends to a server.
        let sent_at = if cx.policy.order == Order::RoundTrip { self.batch_began } else { flight.sent_at };
        let took = now.saturating_sub(sent_at);
        match cx.policy.order {
            Order::Health => cx.health.answered(flight.server, took),
            Order::RoundTrip if class == Class::Addresses => {
                cx.health.measured(flight.server, now, took);
                for &other in self.servers.iter().filter(|server| **server != flight.server) {
                    cx.health.overtaken(other, now, now.saturating_sub(self.batch_began));
                }
            }
            Order::RoundTrip => cx.health.disappointed(flight.server, now),
            Order::List => {}
        }
        let hide = cx.settings.shows == Shows::Existence && matches!(class, Class::Addresses | Class::NoAddress);
        let (class, addresses) = if hide { (Class::NoData, Vec::new()) } else { (class, reply.addresses.clone()) };
        if let Some(half) = self.halves.get_mut(flight.half) {
            half.answer = Some(Answer { class, addresses });
            self.arrived.push(flight.half);
        }
        if self.halves.iter().all(|half| half.answer.is_some() || half.failed) {
            return match cx.policy.order {
                Order::Health => self.postpone(cx, Postponed::End),
                _ => self.finish(),
            };
        }
        if cx.policy.pair == Pair::Lockstep && cx.serial != Serial::No && !self.streams() {
            if cx.serial == Serial::Reopen {
                cx.close_all();
            }
            self.send_open(cx, now);
        }
    }

    /// A reply ends the round for its query.
    pub(super) fn fail(&mut self, cx: &mut Context, now: Duration, flight: Flight, class: Class) {
        self.fault = class.fault();
        if cx.policy.order == Order::Health {
            cx.health.failed(flight.server);
            return self.postpone(cx, if self.state == State::LastTry { Postponed::End } else { Postponed::Round });
        }
        if cx.policy.pair == Pair::Lockstep && !cx.settings.strict {
            if !self.arrived.is_empty() {
                return self.finish();
            }
            let alone = self.halves.len() < 2 || cx.serial != Serial::No;
            let last = self.halves.iter().enumerate().all(|(at, half)| at == flight.half || half.failed);
            if !alone && !last {
                if let Some(half) = self.halves.get_mut(flight.half) {
                    half.failed = true;
                }
                return;
            }
        }
        if cx.policy.pair == Pair::Lockstep {
            cx.close_all();
        }
        self.next_round(cx, now);
    }

    /// A truncated reply: the same over TCP.
    pub(super) fn stream(&mut self, cx: &mut Context, now: Duration, flight: Flight) {
        if cx.policy.order == Order::RoundTrip {
            cx.health.measured(flight.server, now, now.saturating_sub(self.batch_began));
        }
        match (cx.policy.pair, cx.policy.fanout) {
            (Pair::Joint, _) => {
                if let Some(half) = self.halves.get_mut(flight.half) {
                    half.streams = true;
                }
                self.flights.retain(|other| other.half != flight.half);
                self.send(cx, now, flight.half, flight.server, Transport::Tcp);
            }
            // "truncated response received and UDP already disabled, giving up": the other server's reply was truncated too.
            (_, Fanout::Two) if self.streams() => {
                self.fault = Some(Fault::Truncated);
                self.next_round(cx, now);
            }
            (_, Fanout::Two) => {
                self.transport = Transport::Tcp;
                self.queue.insert(0, flight.server);
                self.leave(cx, now, flight.server);
            }
            _ => {
                self.transport = Transport::Tcp;
                if cx.policy.order == Order::Health {
                    self.servers = vec![cx.healthy_server()];
                }
                if cx.policy.pair == Pair::Lockstep {
                    cx.close_all();
                }
                self.flights.clear();
                self.stale.clear();
                self.ask(cx, now);
            }
        }
    }

    /// hickory: this server is out of the batch; the next batch comes when all are.
    pub(super) fn leave(&mut self, cx: &mut Context, now: Duration, server: usize) {
        self.servers.retain(|other| *other != server);
        self.again.retain(|again| again.server != Some(server));
        self.flights.retain(|flight| flight.server != server);
        if self.servers.is_empty() {
            self.next_batch(cx, now);
        }
    }

    pub(super) fn stream_failed(&mut self, cx: &mut Context, now: Duration, flight: Flight) {
        match cx.policy.stream_failure {
            StreamFailure::EndsCandidate => self.finish(),
            StreamFailure::NextRound if cx.policy.fanout == Fanout::Two => {
                cx.health.disappointed(flight.server, now);
                self.leave(cx, now, flight.server);
            }
            StreamFailure::NextRound => self.next_round(cx, now),
        }
    }

    /// The socket of `flight` failed: an ICMP error, or a connection refused or reset.
    pub(in crate::walk) fn on_unreachable(&mut self, cx: &mut Context, now: Duration, flight: Flight) {
        if self.is_done() || (flight.transport == Transport::Udp && !cx.policy.notices_icmp) {
            return;
        }
        self.fault = Some(Fault::Unreachable);
        if cx.policy.pair == Pair::Lockstep {
            cx.close_all();
        }
        self.stream_failed(cx, now, flight);
    }

    pub(super) fn is_late(&self, now: Duration, early: bool) -> bool {
        let due = |timer: &Timer| if early { timer.earliest <= now } else { timer.until <= now };
        !self.is_done() && self.deadline.as_ref().is_some_and(due)
    }

    /// c-ares' process_timeouts: all queries that are late count against their servers before one is sent again, and by another socket.
    pub(in crate::walk) fn count_late(&self, cx: &mut Context, now: Duration, early: bool) {
        if let (true, Order::Health, Some(flight)) = (self.is_late(now, early), cx.policy.order, self.flights.last()) {
            cx.health.failed(flight.server);
            cx.close(flight.socket);
        }
    }

    /// What is due at `now`, or with `early` already might be.
    pub(in crate::walk) fn on_timer(&mut self, cx: &mut Context, now: Duration, early: bool) {
        if self.is_done() {
            return;
        }
        if self.is_late(now, early) {
            return self.timed_out(cx, now);
        }
        for mut again in std::mem::take(&mut self.again) {
            if again.at > now {
                self.again.push(again);
                continue;
            }
            match again.server {
                Some(server) => self.send(cx, now, 0, server, Transport::Udp),
                None => {
                    self.budget = 2 * u32::try_from(self.halves.len()).unwrap_or(1);
                    self.send_open(cx, now);
                }
            }
            again.left = again.left.saturating_sub(1);
            again.at = now.saturating_add(again.interval);
            if again.left > 0 {
                self.again.push(again);
            }
        }
    }

    pub(super) fn timed_out(&mut self, cx: &mut Context, now: Duration) {
        match (cx.policy.pair, cx.policy.fanout) {
            (Pair::Joint, _) => return self.finish(),
            (Pair::Lockstep, _) if !self.arrived.is_empty() && self.halves.len() > 1 && !self.streams() => {
                // "If we time out after having received one answer switch to the mode where we send the second request only once we have
                // received the first answer" (send_dg).
                cx.serial = match cx.serial {
                    Serial::No => Serial::Yes,
                    Serial::Yes => {
                        cx.close_all();
                        Serial::Reopen
                    }
                    Serial::Reopen => return self.finish(),
                };
                return self.ask(cx, now);
            }
            (Pair::Lockstep, _) => self.got_somewhere = true,
            (Pair::Apart, Fanout::Two) => {
                for &server in &self.servers {
                    cx.health.disappointed(server, now);
                }
            }
            (Pair::Apart, _) => {}
        }
        self.fault = Some(Fault::Timeout);
        self.next_round(cx, now);
    }
}
