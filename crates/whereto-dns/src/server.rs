mod parts;
mod starting;

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;

use arc_swap::ArcSwap;
use dns_records::Snapshot;
use tokio::runtime::Builder;
use whereto_server::{ByPurpose, Lifecycle, Phase, Running, ServerHandle};

use crate::config::ServerConfig;
use crate::error::ServerError;
use crate::tls::Tls;
use starting::Starting;

/// The addresses that a server listens on, with the ports that were chosen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Addresses {
    /// Datagrams and streams.
    pub dns: Vec<SocketAddr>,
    /// TLS.
    pub tls: Vec<SocketAddr>,
    /// Health, readiness and metrics.
    pub admin: Vec<SocketAddr>,
}

impl Addresses {
    /// The addresses by what is served there: `dns`, `tls`, `admin`.
    pub fn by_purpose(&self) -> ByPurpose<'_, 3> {
        ByPurpose::new([("dns", &self.dns), ("tls", &self.tls), ("admin", &self.admin)])
    }
}

impl fmt::Display for Addresses {
    /// `dns 127.0.0.1:1053, admin 127.0.0.1:8081`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.by_purpose().fmt(f)
    }
}

/// A running server. Dropped, it ends at once; [`Self::wait`] lets it live.
#[derive(Debug)]
pub struct DnsServer {
    running: Running,
    addresses: Addresses,
    tls: Option<TlsHandle>,
}

/// Steers the TLS of a running server, from any thread.
#[derive(Clone, Debug)]
pub struct TlsHandle(Tls);

impl TlsHandle {
    /// Reads certificate and key again. The server does so by itself some seconds after the files changed.
    ///
    /// # Errors
    /// When they can't be used; those in use stay.
    pub fn reload_certificate(&self) -> Result<(), ServerError> {
        self.0.reload()
    }
}

impl DnsServer {
    /// Binds all addresses, starts all threads, and answers from the snapshot that `snapshots` holds at each moment.
    ///
    /// # Errors
    /// When an address can't be listened on, a certificate not used, or an upstream is the server itself.
    pub fn start(config: ServerConfig, snapshots: Arc<ArcSwap<Snapshot>>) -> Result<Self, ServerError> {
        let threads = config.async_threads.max(1);
        let starting = Starting::bind(config)?;
        let runtime = Builder::new_multi_thread().worker_threads(threads).thread_name("dns-async").enable_all().build();
        let lifecycle = Lifecycle::default();
        let started =
            runtime.map_err(ServerError::Start).and_then(|runtime| starting.run(runtime, lifecycle.clone(), snapshots));
        if started.is_err() {
            // Threads that were started already must not stay behind.
            lifecycle.advance(Phase::Stopped);
        }
        started
    }

    /// The addresses.
    pub const fn addresses(&self) -> &Addresses {
        &self.addresses
    }

    /// What steers the server.
    pub fn handle(&self) -> ServerHandle {
        self.running.handle()
    }

    /// What steers TLS, where it is served.
    pub fn tls(&self) -> Option<TlsHandle> {
        self.tls.clone()
    }

    /// Returns when the server has ended: after [`ServerHandle::begin_shutdown`] or [`ServerHandle::abort`].
    pub fn wait(self) {
        self.running.wait();
    }
}

#[cfg(test)]
mod tests;
