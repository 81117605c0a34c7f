use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use dns_records::Limits;
use ipnet::IpNet;
use whereto_server::{AdminConfig, Shutdown};

use crate::answer::TtlCaps;
use crate::forward::ForwardConfig;
use crate::query_log::QueryLogConfig;

/// Everything that a [`crate::DnsServer`] is told. Built up with the `with_` methods; every default is written there.
#[derive(Debug)]
pub struct ServerConfig {
    pub(crate) listen: Vec<SocketAddr>,
    pub(crate) tls: Option<TlsConfig>,
    pub(crate) admin: AdminConfig,
    pub(crate) workers: Option<usize>,
    pub(crate) async_threads: usize,
    pub(crate) receive_buffer: Option<usize>,
    pub(crate) limits: Limits,
    pub(crate) recursion_available: Option<bool>,
    pub(crate) forward: ForwardConfig,
    pub(crate) cache: CacheConfig,
    pub(crate) streams: StreamLimits,
    pub(crate) max_pending: usize,
    pub(crate) transfer_to: Vec<IpNet>,
    pub(crate) shutdown: Shutdown,
    pub(crate) query_log: Option<QueryLogConfig>,
}

impl Default for ServerConfig {
    fn default() -> Self {
        Self {
            listen: Vec::new(),
            tls: None,
            admin: AdminConfig::none(),
            workers: None,
            async_threads: 2,
            receive_buffer: None,
            limits: Limits::udp(),
            recursion_available: None,
            forward: ForwardConfig::default(),
            cache: CacheConfig::default(),
            streams: StreamLimits::default(),
            max_pending: 4096,
            transfer_to: Vec::new(),
            shutdown: Shutdown::new(Duration::from_secs(5), Duration::from_secs(5)),
            query_log: None,
        }
    }
}

impl ServerConfig {
    /// No address yet, no forwarding, no admin endpoints.
    pub fn new() -> Self {
        Self::default()
    }

    /// Answers on this address, by datagram and stream. With port 0 on a free one, the same for both.
    ///
    /// An unspecified address means every address that the host has at start; `[::]` includes IPv4.
    #[must_use]
    pub fn with_listen(mut self, address: SocketAddr) -> Self {
        self.listen.push(address);
        self
    }

    /// Answers over TLS (RFC 7858).
    #[must_use]
    pub fn with_tls(mut self, tls: TlsConfig) -> Self {
        self.tls = Some(tls);
        self
    }

    /// Where health, readiness and metrics are served, and what the embedding program adds to them. Default: nowhere.
    #[must_use]
    pub fn with_admin(mut self, admin: AdminConfig) -> Self {
        self.admin = admin;
        self
    }

    /// Threads that answer datagrams, per address. Default: as many as there are cores.
    #[must_use]
    pub const fn with_workers(mut self, workers: usize) -> Self {
        self.workers = Some(workers);
        self
    }

    /// Threads for streams, TLS, forwarding and admin endpoints. Default: 2.
    #[must_use]
    pub const fn with_async_threads(mut self, threads: usize) -> Self {
        self.async_threads = threads;
        self
    }

    /// Octets of each datagram socket's receive buffer. Default: the system's.
    #[must_use]
    pub const fn with_receive_buffer(mut self, octets: usize) -> Self {
        self.receive_buffer = Some(octets);
        self
    }

    /// The largest datagram sent to clients with EDNS, also what replies announce. Default: 1232.
    #[must_use]
    pub const fn with_max_payload(mut self, octets: u16) -> Self {
        self.limits = self.limits.with_max_payload(octets);
        self
    }

    /// Whether replies from the cluster's zones say that recursion is available. Default: when something forwards every name.
    #[must_use]
    pub const fn with_recursion_available(mut self, available: bool) -> Self {
        self.recursion_available = Some(available);
        self
    }

    /// Whether negative replies from the cluster's zones carry the reason (RFC 8914). Default: no.
    #[must_use]
    pub const fn with_extended_errors(mut self, on: bool) -> Self {
        self.limits = self.limits.with_extended_errors(on);
        self
    }

    /// Who is asked about names outside the zones. Default: nobody.
    #[must_use]
    pub fn with_forward(mut self, forward: ForwardConfig) -> Self {
        self.forward = forward;
        self
    }

    /// How answers of upstreams are remembered.
    #[must_use]
    pub const fn with_cache(mut self, cache: CacheConfig) -> Self {
        self.cache = cache;
        self
    }

    /// Bounds for connections.
    #[must_use]
    pub const fn with_stream_limits(mut self, limits: StreamLimits) -> Self {
        self.streams = limits;
        self
    }

    /// How many queries may wait for upstreams, equal ones counted each; above, SERVFAIL. Default: 4096.
    #[must_use]
    pub const fn with_max_pending(mut self, queries: usize) -> Self {
        self.max_pending = queries;
        self
    }

    /// Clients that may transfer the zones. Default: none.
    #[must_use]
    pub fn with_transfer_to(mut self, clients: Vec<IpNet>) -> Self {
        self.transfer_to = clients;
        self
    }

    /// How long answers go on after shutdown began, not ready any more; then how long queries under way may take.
    /// Default: 5 s and 5 s.
    #[must_use]
    pub const fn with_shutdown(mut self, lame_duck: Duration, grace: Duration) -> Self {
        self.shutdown = Shutdown::new(lame_duck, grace);
        self
    }

    /// Writes a line for every query. Default: none.
    #[must_use]
    pub fn with_query_log(mut self, log: QueryLogConfig) -> Self {
        self.query_log = Some(log);
        self
    }
}

/// Bounds for what is remembered of upstreams' answers. Cluster names are never cached: they are always current.
#[derive(Clone, Copy, Debug)]
pub struct CacheConfig {
    pub(crate) octets: usize,
    pub(crate) caps: TtlCaps,
}

impl Default for CacheConfig {
    fn default() -> Self {
        Self { octets: 8 * 1024 * 1024, caps: TtlCaps::new(30, 30) }
    }
}

impl CacheConfig {
    /// 8 MiB, and TTLs of at most 30 s as with kubeadm's `cache 30`.
    pub fn new() -> Self {
        Self::default()
    }

    /// Nothing is remembered and TTLs are handed on as they come.
    pub const fn off() -> Self {
        Self { octets: 0, caps: TtlCaps::NONE }
    }

    /// Octets that it may occupy; 0 turns it off.
    #[must_use]
    pub const fn with_octets(mut self, octets: usize) -> Self {
        self.octets = octets;
        self
    }

    /// The largest TTLs handed out, which is also how long anything is remembered.
    #[must_use]
    pub const fn with_ttl_caps(mut self, caps: TtlCaps) -> Self {
        self.caps = caps;
        self
    }
}

/// Where TLS is served, and with what.
#[derive(Clone, Debug)]
pub struct TlsConfig {
    pub(crate) listen: Vec<SocketAddr>,
    pub(crate) certificate: PathBuf,
    pub(crate) key: PathBuf,
}

impl TlsConfig {
    /// PEM files: the certificate with its chain, and its key. Changed files are taken up while running.
    pub fn new(certificate: impl Into<PathBuf>, key: impl Into<PathBuf>) -> Self {
        Self { listen: Vec::new(), certificate: certificate.into(), key: key.into() }
    }

    /// Serves on this address too; the usual port is 853.
    #[must_use]
    pub fn with_listen(mut self, address: SocketAddr) -> Self {
        self.listen.push(address);
        self
    }
}

/// Bounds for connections, over TLS or not.
#[derive(Clone, Copy, Debug)]
pub struct StreamLimits {
    pub(crate) connections: usize,
    pub(crate) in_flight: usize,
    pub(crate) first_message: Duration,
    pub(crate) idle: Duration,
    pub(crate) write: Duration,
}

impl Default for StreamLimits {
    fn default() -> Self {
        Self {
            connections: 512,
            in_flight: 64,
            first_message: Duration::from_secs(3),
            idle: Duration::from_secs(10),
            write: Duration::from_secs(5),
        }
    }
}

impl StreamLimits {
    /// 512 connections, 64 queries under way on each, CoreDNS's timeouts.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many connections may be open; above, new ones are closed and counted.
    #[must_use]
    pub const fn with_connections(mut self, connections: usize) -> Self {
        self.connections = connections;
        self
    }

    /// How many queries of one connection may be under way; above, it is not read on.
    #[must_use]
    pub const fn with_in_flight(mut self, queries: usize) -> Self {
        self.in_flight = queries;
        self
    }

    /// Time to the end of the first query, between queries, and for a client to take its replies. Default: 3, 10 and 5 s.
    #[must_use]
    pub const fn with_timeouts(mut self, first_message: Duration, idle: Duration, write: Duration) -> Self {
        self.first_message = first_message;
        self.idle = idle;
        self.write = write;
        self
    }
}
