//! Everything that a server is told.

mod hsts;
mod limits;
mod timeouts;

use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

use ipnet::IpNet;
use prometheus_client::collector::Collector;

use crate::access_log::AccessLogConfig;
use crate::admin::AdminAddresses;
use crate::forwarding::ForwardingOptions;
use crate::upstream::UpstreamOptions;
pub use hsts::Hsts;
pub use limits::Limits;
pub use timeouts::Timeouts;

/// Everything that an [`IngressServer`](crate::IngressServer) is told. Built up with the `with_` methods; every default is written there.
#[derive(Debug)]
pub struct IngressConfig {
    pub(crate) http: Vec<SocketAddr>,
    pub(crate) https: Vec<SocketAddr>,
    pub(crate) admin: AdminAddresses,
    pub(crate) workers: Option<usize>,
    pub(crate) limits: Limits,
    pub(crate) timeouts: Timeouts,
    pub(crate) forwarding: ForwardingOptions,
    pub(crate) upstream: UpstreamOptions,
    pub(crate) proxy_protocol: Vec<IpNet>,
    pub(crate) hsts: Option<Hsts>,
    pub(crate) access_log: Option<AccessLogConfig>,
    pub(crate) lame_duck: Duration,
    pub(crate) grace: Duration,
    pub(crate) collectors: Vec<Box<dyn Collector>>,
    pub(crate) remarks: Remarks,
}

impl Default for IngressConfig {
    fn default() -> Self {
        Self {
            http: Vec::new(),
            https: Vec::new(),
            admin: AdminAddresses::default(),
            workers: None,
            limits: Limits::default(),
            timeouts: Timeouts::default(),
            forwarding: ForwardingOptions::default(),
            upstream: UpstreamOptions::default(),
            proxy_protocol: Vec::new(),
            hsts: None,
            access_log: None,
            lame_duck: Duration::from_secs(5),
            grace: Duration::from_secs(25),
            collectors: Vec::new(),
            remarks: Remarks::default(),
        }
    }
}

impl IngressConfig {
    /// No address yet, no admin endpoints.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes requests in clear text on this address: HTTP/1.1, and HTTP/2 from clients that know (RFC 9113 §3.3). With port 0 on a free one.
    #[must_use]
    pub fn with_http(mut self, address: SocketAddr) -> Self {
        self.http.push(address);
        self
    }

    /// Takes requests over TLS on this address. With port 0 on a free one.
    #[must_use]
    pub fn with_https(mut self, address: SocketAddr) -> Self {
        self.https.push(address);
        self
    }

    /// Where health, readiness and metrics are served. Default: nowhere.
    #[must_use]
    pub const fn with_admin(mut self, addresses: AdminAddresses) -> Self {
        self.admin = addresses;
        self
    }

    /// Threads that serve connections. Default: as many as there are cores.
    #[must_use]
    pub const fn with_workers(mut self, workers: usize) -> Self {
        self.workers = Some(workers);
        self
    }

    /// Bounds for what clients send.
    #[must_use]
    pub const fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// How long things may take.
    #[must_use]
    pub const fn with_timeouts(mut self, timeouts: Timeouts) -> Self {
        self.timeouts = timeouts;
        self
    }

    /// What becomes of header fields, and whose word on the client is taken.
    #[must_use]
    pub fn with_forwarding(mut self, options: ForwardingOptions) -> Self {
        self.forwarding = options;
        self
    }

    /// How endpoints are chosen and called.
    #[must_use]
    pub fn with_upstream(mut self, options: UpstreamOptions) -> Self {
        self.upstream = options;
        self
    }

    /// Who tells the client's address by the PROXY protocol: connections from these networks have to begin with its header, those from others
    /// must not. Default: nobody.
    #[must_use]
    pub fn with_proxy_protocol(mut self, senders: Vec<IpNet>) -> Self {
        self.proxy_protocol = senders;
        self
    }

    /// Tells browsers to use https only (RFC 6797), in responses over https. Default: no.
    #[must_use]
    pub const fn with_hsts(mut self, hsts: Hsts) -> Self {
        self.hsts = Some(hsts);
        self
    }

    /// Writes a line for every request. Default: none.
    #[must_use]
    pub fn with_access_log(mut self, log: AccessLogConfig) -> Self {
        self.access_log = Some(log);
        self
    }

    /// How long requests are taken after shutdown began, not ready any more; then how long requests under way may take.
    /// Default: 5 s and 25 s, together the time that a Pod has by default (`terminationGracePeriodSeconds`).
    #[must_use]
    pub const fn with_shutdown(mut self, lame_duck: Duration, grace: Duration) -> Self {
        self.lame_duck = lame_duck;
        self.grace = grace;
        self
    }

    /// Adds metrics of the embedding program to `/metrics`.
    #[must_use]
    pub fn with_collector(mut self, collector: impl Collector) -> Self {
        self.collectors.push(Box::new(collector));
        self
    }

    /// Adds what the embedding program has to say to `/ready`, such as why not everything could be read yet. It does not decide
    /// whether the server is ready. Empty text: nothing to say. Asked with each request.
    #[must_use]
    pub fn with_ready_remarks(mut self, remarks: impl Fn() -> String + Send + Sync + 'static) -> Self {
        self.remarks = Remarks(Some(Box::new(remarks)));
        self
    }
}

type Say = dyn Fn() -> String + Send + Sync;

/// What the embedding program says in `/ready`.
#[derive(Default)]
pub(crate) struct Remarks(Option<Box<Say>>);

impl Remarks {
    pub(crate) fn text(&self) -> String {
        self.0.as_ref().map_or_else(String::new, |say| say())
    }
}

impl fmt::Debug for Remarks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Remarks").field(&self.0.is_some()).finish()
    }
}
