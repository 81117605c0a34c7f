//! Health, readiness and metrics over HTTP: where, and what they tell.

mod endpoints;
mod listeners;

use std::fmt;
use std::net::SocketAddr;

use prometheus_client::collector::Collector;

use crate::bind_error::BindError;
use crate::listen::StreamSocket;
use endpoints::Served;
pub use listeners::AdminListeners;

/// Where the admin endpoints are served, together or each on an address of its own, and what the embedding program adds to them.
///
/// ```
/// use whereto_server::AdminConfig;
///
/// let (one, other) = ("127.0.0.1:0".parse()?, "127.0.0.1:0".parse()?);
/// let together = AdminConfig::all(one).with_ready_remarks(|| "Secret: forbidden\n".into());
/// assert_eq!(together.bind("admin")?.addresses().len(), 1);
/// let apart = AdminConfig::none().with_health(one).with_metrics(other);
/// assert_eq!(apart.bind("admin")?.addresses().len(), 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Default)]
pub struct AdminConfig {
    all: Option<SocketAddr>,
    health: Option<SocketAddr>,
    ready: Option<SocketAddr>,
    metrics: Option<SocketAddr>,
    collectors: Vec<Box<dyn Collector>>,
    remarks: Remarks,
}

impl AdminConfig {
    /// Nowhere.
    pub fn none() -> Self {
        Self::default()
    }

    /// `/health`, `/ready` and `/metrics` on one address. With port 0 on a free one.
    pub fn all(address: SocketAddr) -> Self {
        Self { all: Some(address), ..Self::default() }
    }

    /// `/health` on an address of its own, too.
    #[must_use]
    pub const fn with_health(mut self, address: SocketAddr) -> Self {
        self.health = Some(address);
        self
    }

    /// `/ready` on an address of its own, too.
    #[must_use]
    pub const fn with_ready(mut self, address: SocketAddr) -> Self {
        self.ready = Some(address);
        self
    }

    /// `/metrics` on an address of its own, too.
    #[must_use]
    pub const fn with_metrics(mut self, address: SocketAddr) -> Self {
        self.metrics = Some(address);
        self
    }

    /// Adds metrics of the embedding program to `/metrics`.
    #[must_use]
    pub fn with_collector(mut self, collector: impl Collector) -> Self {
        self.collectors.push(Box::new(collector));
        self
    }

    /// Adds what the embedding program has to say to `/ready`, such as why not everything could be read yet: lines, each with its end. It does
    /// not decide whether the server is ready. Empty text: nothing to say. Asked with each request; replaces what was given before.
    #[must_use]
    pub fn with_ready_remarks(mut self, remarks: impl Fn() -> String + Send + Sync + 'static) -> Self {
        self.remarks = Remarks(Some(Box::new(remarks)));
        self
    }

    /// Binds the addresses. Connections wait from here on, until [`AdminListeners::serve`].
    ///
    /// # Errors
    /// When one can't be listened on; `purpose` is what the error calls it.
    pub fn bind(self, purpose: &'static str) -> Result<AdminListeners, BindError> {
        let wanted = self.listeners();
        let all: Vec<SocketAddr> = wanted.iter().map(|(address, _)| *address).collect();
        let bind = |(address, served)| {
            let listener = StreamSocket::new(address).beside(&all).listen(purpose)?;
            let address = listener.local_addr().map_err(|source| BindError { purpose, address, source })?;
            Ok((address, listener, served))
        };
        let bound = wanted.into_iter().map(bind).collect::<Result<_, _>>()?;
        Ok(AdminListeners { bound, collectors: self.collectors, remarks: self.remarks })
    }

    /// The addresses and what is served on each, an address that is named twice once.
    fn listeners(&self) -> Vec<(SocketAddr, Served)> {
        let mut listeners: Vec<(SocketAddr, Served)> = Vec::new();
        let named = [
            (self.all, Served::ALL),
            (self.health, Served::HEALTH),
            (self.ready, Served::READY),
            (self.metrics, Served::METRICS),
        ];
        for (address, served) in named.into_iter().filter_map(|(address, served)| Some((address?, served))) {
            // Port 0 is another one each time.
            match listeners.iter_mut().find(|(known, _)| *known == address && address.port() != 0) {
                Some((_, known)) => known.add(served),
                None => listeners.push((address, served)),
            }
        }
        listeners
    }
}

type Say = dyn Fn() -> String + Send + Sync;

/// What the embedding program says in `/ready`.
#[derive(Default)]
struct Remarks(Option<Box<Say>>);

impl Remarks {
    fn text(&self) -> String {
        self.0.as_ref().map_or_else(String::new, |say| say())
    }
}

impl fmt::Debug for Remarks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Remarks").field(&self.0.is_some()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_named_twice_is_bound_once() {
        let [one, other, free]: [SocketAddr; 3] = [1, 2, 0].map(|port| ([127, 0, 0, 1], port).into());
        let mut both = Served::HEALTH;
        both.add(Served::READY);
        for (config, expected) in [
            (AdminConfig::none(), vec![]),
            (AdminConfig::all(one), vec![(one, Served::ALL)]),
            (AdminConfig::all(one).with_metrics(one), vec![(one, Served::ALL)]),
            (AdminConfig::all(one).with_health(other), vec![(one, Served::ALL), (other, Served::HEALTH)]),
            (
                AdminConfig::none().with_health(one).with_ready(one).with_metrics(other),
                vec![(one, both), (other, Served::METRICS)],
            ),
            (
                AdminConfig::none().with_health(free).with_ready(free),
                vec![(free, Served::HEALTH), (free, Served::READY)],
            ),
        ] {
            assert_eq!(config.listeners(), expected, "{config:?}");
        }
    }
}
