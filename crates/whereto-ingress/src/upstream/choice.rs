//! Which endpoint a request goes to.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use foldhash::fast::FixedState;
use http::header::COOKIE;
use http::{HeaderMap, HeaderValue};
use ingress_routing::model::SessionAffinity;
use ingress_routing::{
    AffinityCookie, Balance, EndpointHealth, EndpointOutcome, EndpointView, HashBound, HealthChange, Upstream,
    UpstreamEndpoint, client_key,
};

use super::{Affinity, ClientKey, UpstreamOptions};

/// Upstreams whose turns are remembered; beyond, all begin anew.
const MAX_TURNS: usize = 4096;

/// What one worker has learnt, and draws from.
#[derive(Debug)]
pub(super) struct Chooser {
    options: Arc<UpstreamOptions>,
    health: RefCell<EndpointHealth>,
    /// Whose turn it is, by the place of an upstream's endpoints in memory: a new list in the same place goes on where the old one was, which
    /// is as good a beginning as any.
    turns: RefCell<HashMap<usize, u64, FixedState>>,
    random: Cell<u64>,
    scratch: RefCell<Scratch>,
}

/// Room for what is passed to the choice.
#[derive(Debug, Default)]
struct Scratch {
    excluded: Vec<bool>,
    loads: Vec<u32>,
}

impl Chooser {
    pub(super) fn new(options: &Arc<UpstreamOptions>, seed: u64) -> Self {
        Self {
            options: Arc::clone(options),
            health: RefCell::new(EndpointHealth::new(options.ejection)),
            turns: RefCell::default(),
            random: Cell::new(seed),
            scratch: RefCell::default(),
        }
    }

    /// The endpoint that a client's cookie names, if it is there.
    pub(super) fn kept_at(&self, endpoints: &[UpstreamEndpoint], headers: &HeaderMap) -> Option<SocketAddr> {
        let Affinity::Cookie(cookie) = &self.options.affinity else { return None };
        let value = cookie_value(headers, &cookie.name)?;
        let index = value.parse::<AffinityCookie>().ok()?.endpoint(&EndpointView::new(endpoints), cookie.secret)?;
        endpoints.get(index).map(|endpoint| endpoint.address)
    }

    /// The endpoint for a request that has been sent to others in vain.
    pub(super) fn choose<'u>(
        &self,
        upstream: &'u Upstream,
        kept: Option<SocketAddr>,
        client: ClientKey,
        tried: &[SocketAddr],
        now: Duration,
        load: impl Fn(&SocketAddr) -> u32,
    ) -> Option<&'u UpstreamEndpoint> {
        let endpoints = upstream.endpoints();
        let mut scratch = self.scratch.borrow_mut();
        let Scratch { excluded, loads } = &mut *scratch;
        self.health.borrow().excluded(endpoints, now, excluded);
        for (endpoint, excluded) in endpoints.iter().zip(excluded.iter_mut()).filter(|_| !tried.is_empty()) {
            *excluded |= tried.contains(&endpoint.address);
        }
        let at = |address| endpoints.iter().position(|endpoint| endpoint.address == address);
        if let Some(index) = kept.and_then(at).filter(|index| excluded.get(*index) == Some(&false)) {
            return endpoints.get(index);
        }
        loads.clear();
        let mut view = EndpointView::new(endpoints).with_excluded(excluded);
        if let Some(zone) = &self.options.zone {
            view = view.with_zone(zone);
        }
        let by_address =
            self.options.affinity == Affinity::ClientIp || upstream.session_affinity() == SessionAffinity::ClientIp;
        let index = match self.options.balance {
            _ if by_address => Balance::ConsistentHash(HashBound::None).choose(&view, client_key(client.address)),
            Balance::RoundRobin => Balance::RoundRobin.choose(&view, self.turn(endpoints)),
            balance => {
                loads.extend(endpoints.iter().map(|endpoint| load(&endpoint.address)));
                let number = match balance {
                    Balance::ConsistentHash(_) => client_key(client.address),
                    _ => self.random(),
                };
                balance.choose(&view.with_loads(loads), number)
            }
        };
        // Those that are left out are still better than none, if the request was not sent there yet.
        let index = index.or_else(|| endpoints.iter().position(|endpoint| !tried.contains(&endpoint.address)));
        endpoints.get(index?)
    }

    /// The cookie that keeps a client at an endpoint, unless it has it.
    pub(super) fn cookie(
        &self,
        chosen: &UpstreamEndpoint,
        kept: Option<SocketAddr>,
        client: ClientKey,
    ) -> Option<HeaderValue> {
        let Affinity::Cookie(cookie) = &self.options.affinity else { return None };
        if kept == Some(chosen.address) {
            return None;
        }
        let value = AffinityCookie::of(chosen, cookie.secret);
        let secure = if client.https { "; Secure" } else { "" };
        HeaderValue::try_from(format!("{}={value}; Path=/; HttpOnly{secure}", cookie.name)).ok()
    }

    pub(super) fn observe(
        &self,
        endpoint: SocketAddr,
        outcome: EndpointOutcome,
        now: Duration,
    ) -> Option<HealthChange> {
        self.health.borrow_mut().observe(endpoint, outcome, now)
    }

    pub(super) fn retain(&self, known: impl Fn(&SocketAddr) -> bool) {
        self.health.borrow_mut().retain(known);
        self.turns.borrow_mut().clear();
    }

    fn turn(&self, endpoints: &[UpstreamEndpoint]) -> u64 {
        let mut turns = self.turns.borrow_mut();
        if turns.len() >= MAX_TURNS {
            turns.clear();
        }
        let turn = turns.entry(endpoints.as_ptr().addr()).or_insert_with(|| self.random());
        *turn = turn.wrapping_add(1);
        *turn
    }

    /// The next of a sequence that begins with the seed (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014): the choice mixes.
    fn random(&self) -> u64 {
        let number = self.random.get().wrapping_add(0x9e37_79b9_7f4a_7c15);
        self.random.set(number);
        number
    }
}

/// The value of the first cookie of a name (RFC 6265 §4.2.1).
fn cookie_value<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let values = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = values.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(found, _)| *found == name).map(|(_, value)| value)
}
