use std::cmp::Reverse;
use std::net::SocketAddr;
use std::time::Duration;

use crate::table::{Map, UpstreamEndpoint};

/// When failing endpoints are left out for a while, and for how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct EjectionOptions {
    /// After so many failures in a row; 5 by default. 0 ejects none.
    pub consecutive_failures: u32,
    /// For how long the first time; each further time twice as long. 10 s by default.
    pub base: Duration,
    /// For how long at most; 5 min by default.
    pub longest: Duration,
    /// How many of an upstream's endpoints may be left out at once, in per cent, rounded down; never all. 50 by default.
    pub max_percent: u8,
}

impl Default for EjectionOptions {
    fn default() -> Self {
        Self {
            consecutive_failures: 5,
            base: Duration::from_secs(10),
            longest: Duration::from_secs(300),
            max_percent: 50,
        }
    }
}

/// How a request to an endpoint ended, as far as that says something of the endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(clippy::exhaustive_enums, reason = "there is no third")]
pub enum EndpointOutcome {
    /// It answered. Whether a 5xx counts as that is the embedder's to say.
    Success,
    /// It could not be reached, broke off or kept silent for too long.
    Failure,
}

/// What an outcome changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum HealthChange {
    /// The endpoint is left out until then.
    Ejected {
        /// A time since the caller's origin.
        until: Duration,
    },
    /// An endpoint that was left out has answered again.
    Restored,
}

/// Which endpoints fail, learnt from requests that were sent anyway (passive health checking).
///
/// An endpoint is *fine*, then, after failures in a row, *ejected* for a while, then *on trial*: it gets requests again; its next failure ejects
/// it for twice as long, its next success makes it fine. Outcomes that come in while it is ejected are of requests from before, and
/// change nothing. Times are counted from any origin of the caller's, and never go back.
///
/// ```
/// use std::time::Duration;
/// use ingress_routing::{EjectionOptions, EndpointHealth, EndpointOutcome, UpstreamEndpoint};
/// let endpoints = [
///     UpstreamEndpoint::new("10.1.0.1:80".parse()?, None),
///     UpstreamEndpoint::new("10.1.0.2:80".parse()?, None),
/// ];
/// let mut health = EndpointHealth::new(EjectionOptions::default());
/// for _ in 0..5 {
///     health.observe(endpoints[0].address, EndpointOutcome::Failure, Duration::from_secs(1));
/// }
/// let mut excluded = Vec::new();
/// health.excluded(&endpoints, Duration::from_secs(2), &mut excluded);
/// assert_eq!(excluded, [true, false]);
/// health.excluded(&endpoints, Duration::from_secs(11), &mut excluded);
/// assert_eq!(excluded, [false, false]);
/// # Ok::<(), std::net::AddrParseError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct EndpointHealth {
    options: EjectionOptions,
    /// Those that are not fine without a failure.
    endpoints: Map<SocketAddr, State>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Failing {
        in_a_row: u32,
    },
    /// Ejected before `until`, on trial from then on.
    Ejected {
        until: Duration,
        times: u32,
    },
}

impl EndpointHealth {
    /// With all endpoints fine.
    pub fn new(options: EjectionOptions) -> Self {
        Self { options, endpoints: Map::default() }
    }

    /// Takes in how a request to an endpoint ended.
    pub fn observe(&mut self, endpoint: SocketAddr, outcome: EndpointOutcome, now: Duration) -> Option<HealthChange> {
        let state = self.endpoints.get(&endpoint).copied();
        let (ejected_before, failures) = match state {
            Some(State::Ejected { until, .. }) if now < until => return None,
            Some(State::Ejected { times, .. }) => (times, self.options.consecutive_failures),
            Some(State::Failing { in_a_row }) => (0, in_a_row.saturating_add(1)),
            None => (0, 1),
        };
        if outcome == EndpointOutcome::Success {
            self.endpoints.remove(&endpoint);
            return (ejected_before > 0).then_some(HealthChange::Restored);
        }
        if self.options.consecutive_failures == 0 {
            return None;
        }
        if failures < self.options.consecutive_failures {
            self.endpoints.insert(endpoint, State::Failing { in_a_row: failures });
            return None;
        }
        let doubled = self.options.base.saturating_mul(2u32.saturating_pow(ejected_before));
        let until = now.saturating_add(doubled.min(self.options.longest));
        self.endpoints.insert(endpoint, State::Ejected { until, times: ejected_before.saturating_add(1) });
        Some(HealthChange::Ejected { until })
    }

    /// Writes into `out` which endpoints are left out, for [`EndpointView::excluded`](crate::EndpointView::excluded). If more are ejected than may
    /// be left out at once, those stay in that would soonest be back.
    pub fn excluded(&self, endpoints: &[UpstreamEndpoint], now: Duration, out: &mut Vec<bool>) {
        out.clear();
        out.resize(endpoints.len(), false);
        if self.endpoints.is_empty() {
            return;
        }
        let ejected_until = |endpoint: &UpstreamEndpoint| match self.endpoints.get(&endpoint.address) {
            Some(State::Ejected { until, .. }) if now < *until => Some(*until),
            _ => None,
        };
        let share = endpoints.len() * usize::from(self.options.max_percent.min(100)) / 100;
        let most = share.min(endpoints.len().saturating_sub(1));
        let mut ejected: Vec<(Reverse<Duration>, usize)> = Vec::new();
        for (index, endpoint) in endpoints.iter().enumerate() {
            if let Some(until) = ejected_until(endpoint) {
                ejected.push((Reverse(until), index));
            }
        }
        ejected.sort_unstable();
        for (_, index) in ejected.into_iter().take(most) {
            if let Some(excluded) = out.get_mut(index) {
                *excluded = true;
            }
        }
    }

    /// Forgets the endpoints that are not `known`, such as those that no upstream has any more.
    pub fn retain(&mut self, known: impl Fn(&SocketAddr) -> bool) {
        self.endpoints.retain(|endpoint, _| known(endpoint));
    }
}
