//! Everything that a server is told.

mod hsts;
mod limits;
mod timeouts;

use std::net::SocketAddr;
use std::time::Duration;

use ipnet::IpNet;
use whereto_server::{AdminConfig, Shutdown};

use crate::access_log::AccessLogConfig;
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
    pub(crate) admin: AdminConfig,
    pub(crate) workers: Option<usize>,
    pub(crate) limits: Limits,
    pub(crate) timeouts: Timeouts,
    pub(crate) forwarding: ForwardingOptions,
    pub(crate) upstream: UpstreamOptions,
    pub(crate) proxy_protocol: Vec<IpNet>,
    pub(crate) hsts: Option<Hsts>,
    pub(crate) access_log: Option<AccessLogConfig>,
    pub(crate) shutdown: Shutdown,
}

impl Default for IngressConfig {
    fn default() -> Self {
        Self {
            http: Vec::new(),
            https: Vec::new(),
            admin: AdminConfig::none(),
            workers: None,
            limits: Limits::default(),
            timeouts: Timeouts::default(),
            forwarding: ForwardingOptions::default(),
            upstream: UpstreamOptions::default(),
            proxy_protocol: Vec::new(),
            hsts: None,
            access_log: None,
            shutdown: Shutdown::new(Duration::from_secs(5), Duration::from_secs(25)),
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

    /// Where health, readiness and metrics are served, and what the embedding program adds to them. Default: nowhere.
    #[must_use]
    pub fn with_admin(mut self, admin: AdminConfig) -> Self {
        self.admin = admin;
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
        self.shutdown = Shutdown::new(lame_duck, grace);
        self
    }
}
