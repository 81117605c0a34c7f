//! What all lanes of a walk share: settings, sockets, the servers' records, free choices, and the queries that wait to be sent.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Duration;

use super::choice::{Chooser, Nondeterminism};
use super::health::Health;
use super::policy::{Edns, Order, Policy, TcpSockets, UdpSockets};
use super::{Families, Query, QueryType, SocketId, Transmit, Transport};
use crate::{Lookup, OptionFlag, QueryName, StubResolver};

/// A configuration as the policy reads it.
#[derive(Clone, Debug)]
pub(super) struct Settings {
    pub(super) servers: Vec<SocketAddr>,
    pub(super) timeout: Duration,
    pub(super) attempts: u32,
    pub(super) rotate: bool,
    /// What queries begin with: TCP by `use-vc`.
    pub(super) transport: Transport,
    pub(super) strict: bool,
    pub(super) pace: Pace,
    pub(super) edns: Option<u16>,
    pub(super) authentic_data: bool,
    /// The types asked for, A first.
    pub(super) types: Vec<QueryType>,
    pub(super) shows: Shows,
}

/// Go's `single-request`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Pace {
    AtOnce,
    /// The second type after the first is done.
    OneByOne,
}

/// glibc's `no-aaaa` for IPv6 alone: A is asked for, and tells only whether the name exists.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Shows {
    Addresses,
    Existence,
}

impl Settings {
    pub(super) fn new(lookup: &Lookup<'_>, policy: &Policy) -> Self {
        let config = lookup.config;
        let glibc = matches!(lookup.resolver, StubResolver::Glibc(_));
        let go = lookup.resolver == StubResolver::Go;
        let on = |flag| config.has(flag);
        let no_aaaa = glibc && on(OptionFlag::NoAaaa);
        let types = match lookup.families {
            _ if no_aaaa => vec![QueryType::A],
            Families::Both => vec![QueryType::A, QueryType::Aaaa],
            Families::V4 => vec![QueryType::A],
            Families::V6 => vec![QueryType::Aaaa],
        };
        let (fewest, most) = policy.caps.attempts;
        let (shortest, longest) = policy.caps.timeout;
        Self {
            servers: config.nameservers.iter().take(policy.caps.servers).map(|server| server.address).collect(),
            timeout: config.timeout.clamp(shortest, longest),
            attempts: config.attempts.clamp(fewest, most),
            rotate: on(OptionFlag::Rotate),
            transport: if (glibc || go) && on(OptionFlag::UseVc) { Transport::Tcp } else { Transport::Udp },
            strict: glibc && on(OptionFlag::StrictError),
            pace: match go && (on(OptionFlag::SingleRequest) || on(OptionFlag::SingleRequestReopen)) {
                true => Pace::OneByOne,
                false => Pace::AtOnce,
            },
            edns: match policy.edns {
                // __res_handle_no_aaaa: "Disable EDNS0."
                _ if no_aaaa && lookup.families == Families::V6 => None,
                Edns::Always(payload) => Some(payload),
                Edns::ByOption(payload) => on(OptionFlag::Edns0).then_some(payload),
                Edns::Never => None,
            },
            authentic_data: (glibc || go) && on(OptionFlag::TrustAd),
            shows: if no_aaaa && lookup.families == Families::V6 { Shows::Existence } else { Shows::Addresses },
            types,
        }
    }
}

/// How glibc sends a pair: it falls back to one after the other for good when one of two answers does not come (send_dg).
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Serial {
    /// Both at once.
    No,
    /// The second after the first's answer.
    Yes,
    /// The same, from a socket of its own.
    Reopen,
}

#[derive(Clone, Debug)]
pub(super) struct Context {
    pub(super) policy: &'static Policy,
    pub(super) settings: Settings,
    pub(super) health: Health,
    pub(super) chooser: Chooser,
    pub(super) outbox: VecDeque<Transmit>,
    pub(super) serial: Serial,
    shared: Option<SocketId>,
    udp: Vec<Option<SocketId>>,
    tcp: Vec<Option<SocketId>>,
    next_socket: u32,
    turn: u32,
    /// Where a list with `rotate` begins next.
    start: Option<usize>,
}

impl Context {
    pub(super) fn new(policy: &'static Policy, settings: Settings, serial: Serial, mut chooser: Chooser) -> Self {
        let count = settings.servers.len();
        let mut health = Health::new(count);
        if policy.order == Order::RoundTrip {
            // 12! orders fit; more servers than that take one of as many.
            let orders = (1..=count.min(12)).try_fold(1_u32, |product, factor| product.checked_mul(factor as u32));
            health.shuffle(chooser.choose(Nondeterminism::ServerOrder, orders.unwrap_or(u32::MAX)));
        }
        Self {
            policy,
            settings,
            health,
            chooser,
            outbox: VecDeque::new(),
            serial,
            shared: None,
            udp: vec![None; count],
            tcp: vec![None; count],
            next_socket: 0,
            turn: 0,
            start: None,
        }
    }

    /// A new candidate: sockets that are not kept are closed.
    pub(super) fn next_candidate(&mut self) {
        self.outbox.clear();
        if !self.policy.sockets.kept {
            self.shared = None;
            self.close_all();
        }
    }

    pub(super) fn close_all(&mut self) {
        self.udp.fill(None);
        self.tcp.fill(None);
    }

    /// Counts what lanes do, so that it has an order.
    pub(super) fn next_turn(&mut self) -> u32 {
        self.turn = self.turn.wrapping_add(1);
        self.turn
    }

    /// ares_check_cleanup_conns: sockets that nothing is expected from are closed.
    pub(super) fn close_idle(&mut self, is_used: impl Fn(SocketId) -> bool) {
        for kept in self.udp.iter_mut().chain(&mut self.tcp) {
            if kept.is_some_and(|socket| !is_used(socket)) {
                *kept = None;
            }
        }
    }

    /// No new query uses `socket`.
    pub(super) fn close(&mut self, socket: SocketId) {
        for kept in self.udp.iter_mut().chain(&mut self.tcp) {
            if *kept == Some(socket) {
                *kept = None;
            }
        }
    }

    /// The place at which a list begins: with `rotate` one further for each question.
    pub(super) fn list_start(&mut self) -> usize {
        let count = self.settings.servers.len();
        if !self.settings.rotate || count < 2 || self.policy.order != Order::List {
            return 0;
        }
        let chooser = &mut self.chooser;
        let start = *self.start.get_or_insert_with(|| {
            chooser.choose(Nondeterminism::StartServer, u32::try_from(count).unwrap_or(1)) as usize
        });
        self.start = Some((start + 1) % count);
        start
    }

    /// The server that c-ares asks next.
    pub(super) fn healthy_server(&mut self) -> usize {
        let (order, best) = self.health.healthiest();
        let place = if self.settings.rotate {
            self.chooser.choose(Nondeterminism::RandomServer, u32::try_from(best).unwrap_or(1)) as usize
        } else {
            0
        };
        order.get(place).copied().unwrap_or(0)
    }

    /// Puts a query into the outbox and says which socket it goes by.
    pub(super) fn send(&mut self, server: usize, transport: Transport, query: Query) -> Option<SocketId> {
        let address = *self.settings.servers.get(server)?;
        let fresh = SocketId(self.next_socket);
        let none = &mut None;
        let kept = match (transport, self.policy.sockets.udp, self.policy.sockets.tcp) {
            (Transport::Udp, UdpSockets::Shared, _) => &mut self.shared,
            (Transport::Udp, UdpSockets::PerServer, _) => self.udp.get_mut(server)?,
            (Transport::Tcp, _, TcpSockets::Kept | TcpSockets::PerRound) => self.tcp.get_mut(server)?,
            _ => none,
        };
        let socket = *kept.get_or_insert(fresh);
        if socket == fresh {
            self.next_socket = self.next_socket.wrapping_add(1);
        }
        self.outbox.push_back(Transmit { socket, server: address, transport, query });
        Some(socket)
    }

    pub(super) fn query(&self, id: u16, name: &QueryName, query_type: QueryType, edns: bool) -> Query {
        Query {
            id,
            name: name.clone(),
            query_type,
            edns: self.settings.edns.filter(|_| edns),
            authentic_data: self.settings.authentic_data,
        }
    }
}
