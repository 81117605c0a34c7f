//! Rounds: whom a lane asks next, and what it sends.

use std::time::Duration;

use super::{Flight, Lane, State};
use crate::walk::context::{Context, Serial};
use crate::walk::fault::Fault;
use crate::walk::policy::{Fanout, Order, Pair, Rounds, TcpSockets, UdpSockets};
use crate::walk::wire::Reply;
use crate::walk::{SocketId, Transport};

impl Lane {
    pub(super) fn next_round(&mut self, cx: &mut Context, now: Duration) {
        if self.state == State::LastTry {
            return self.finish();
        }
        self.further_round(cx, now);
    }

    pub(super) fn further_round(&mut self, cx: &mut Context, now: Duration) {
        self.round = self.round.saturating_add(1);
        // What is put on c-ares' list of timers later comes first there, if its time is the same.
        self.rank = -i64::from(cx.next_turn());
        self.start_round(cx, now);
    }

    pub(super) fn start_round(&mut self, cx: &mut Context, now: Duration) {
        let count = cx.settings.servers.len();
        if count == 0 {
            self.fault = Some(Fault::NoServer);
            // musl waits for answers to nothing.
            if cx.policy.rounds != Rounds::One {
                return self.finish();
            }
        }
        let servers = u64::try_from(count).unwrap_or(u64::MAX);
        let rounds = match cx.policy.rounds {
            Rounds::AttemptsTimesServers => u64::from(cx.settings.attempts).saturating_mul(servers),
            Rounds::One => 1,
            Rounds::OneAndAttempts => u64::from(cx.settings.attempts) + 1,
        };
        let round = u64::from(self.round);
        let lockstep = cx.policy.pair == Pair::Lockstep;
        // "Use VC; at most one attempt per server" (__res_context_send).
        let streams_out = lockstep && self.streams() && round > 0 && round % servers.max(1) == 0;
        if round >= rounds || streams_out {
            return self.finish();
        }
        if !cx.policy.sockets.streams_stay {
            self.transport = cx.settings.transport;
        }
        self.round_began = now;
        self.stale.append(&mut self.flights);
        if cx.policy.sockets.udp != UdpSockets::PerServer || cx.policy.sockets.kept {
            self.stale.clear();
        }
        match (cx.policy.fanout, cx.policy.order) {
            (Fanout::All, _) => self.servers = (0..count).collect(),
            (Fanout::One, Order::Health) => self.servers = vec![cx.healthy_server()],
            (Fanout::One, _) => {
                let place = (self.offset as u64).wrapping_add(round) % servers.max(1);
                self.servers = vec![usize::try_from(place).unwrap_or(0)];
            }
            (Fanout::Two, _) => {
                self.queue = cx.health.quickest(now);
                return self.next_batch(cx, now);
            }
        }
        self.ask(cx, now);
    }

    /// hickory: the next two servers of this try.
    pub(super) fn next_batch(&mut self, cx: &mut Context, now: Duration) {
        if now >= self.round_began.saturating_add(cx.settings.timeout) {
            self.fault = Some(Fault::Timeout);
            return self.next_round(cx, now);
        }
        if self.queue.is_empty() {
            return self.next_round(cx, now);
        }
        self.servers = self.queue.drain(..self.queue.len().min(2)).collect();
        self.ask(cx, now);
    }

    /// Sends this round's queries to its servers, from the start.
    pub(super) fn ask(&mut self, cx: &mut Context, now: Duration) {
        if cx.policy.pair == Pair::Lockstep {
            for half in &mut self.halves {
                (half.answer, half.failed) = (None, false);
            }
            self.arrived.clear();
        }
        if cx.policy.sockets.tcp == TcpSockets::PerRound && self.streams() {
            cx.close_all();
        }
        self.batch_began = now;
        self.deadline = Some(self.wait(cx, now));
        self.again = self.resends(cx, now);
        if cx.policy.rounds == Rounds::One && cx.settings.timeout.is_zero() {
            return self.finish();
        }
        self.budget = 2 * u32::try_from(self.halves.len()).unwrap_or(1);
        self.send_open(cx, now);
        self.unpark(cx, now);
    }

    /// Sends the queries that have no answer; one after the other, only the first of them.
    pub(super) fn send_open(&mut self, cx: &mut Context, now: Duration) {
        let serial = cx.policy.pair == Pair::Lockstep && cx.serial != Serial::No && !self.streams();
        for half in 0..self.halves.len() {
            let open = self.halves.get(half).is_some_and(|half| half.answer.is_none() && !half.streams);
            if !open {
                continue;
            }
            for server in self.servers.clone() {
                self.send(cx, now, half, server, self.transport);
            }
            if serial {
                return;
            }
        }
    }

    pub(super) fn send(&mut self, cx: &mut Context, now: Duration, at: usize, server: usize, transport: Transport) {
        let Some(half) = self.halves.get(at) else { return };
        let query = cx.query(half.id, &self.name, half.query_type, self.edns);
        if let Some(socket) = cx.send(server, transport, query) {
            let flight = Flight { socket, server, half: at, transport, sent_at: now };
            // Of packets that can't be told apart the last one counts, for the time that it takes.
            self.flights.retain(|other| (other.socket, other.server, other.half) != (socket, server, at));
            self.flights.push(flight);
        }
    }

    /// glibc: what came for this round's server while another one was asked still lies in its socket.
    pub(super) fn unpark(&mut self, cx: &mut Context, now: Duration) {
        let current: Vec<(SocketId, usize)> = self.flights.iter().map(|flight| (flight.socket, flight.half)).collect();
        let (here, later) = std::mem::take(&mut self.parked)
            .into_iter()
            .partition(|(flight, _)| current.contains(&(flight.socket, flight.half)));
        self.parked = later;
        let here: Vec<(Flight, Reply)> = here;
        for (flight, reply) in here {
            self.on_reply(cx, now, flight, &reply);
        }
    }
}
