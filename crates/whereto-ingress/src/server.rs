mod starting;

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;

use arc_swap::ArcSwap;
use ingress_routing::RoutingTable;
use tokio::runtime::Builder;
use whereto_server::{ByPurpose, Lifecycle, Phase, Running, ServerHandle};

use crate::config::IngressConfig;
use crate::error::ServerError;
use crate::tls::Certificates;
use starting::Starting;

/// The addresses that a server listens on, with the ports that were chosen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Addresses {
    /// Clear text.
    pub http: Vec<SocketAddr>,
    /// TLS.
    pub https: Vec<SocketAddr>,
    /// Health, readiness and metrics.
    pub admin: Vec<SocketAddr>,
}

impl Addresses {
    /// The addresses by what is served there: `http`, `https`, `admin`.
    pub fn by_purpose(&self) -> ByPurpose<'_, 3> {
        ByPurpose::new([("http", &self.http), ("https", &self.https), ("admin", &self.admin)])
    }
}

impl fmt::Display for Addresses {
    /// `http 127.0.0.1:8080, https 127.0.0.1:8443, admin 127.0.0.1:8082`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.by_purpose().fmt(f)
    }
}

/// A running server. Dropped, it ends at once; [`Self::wait`] lets it live.
#[derive(Debug)]
pub struct IngressServer {
    running: Running,
    addresses: Addresses,
}

impl IngressServer {
    /// Binds all addresses, starts all threads, and routes by the table that `tables` holds at each moment, with the certificates and keys that
    /// `certificates` holds.
    ///
    /// # Errors
    /// When an address can't be listened on, or threads can't be started.
    pub fn start(
        config: IngressConfig,
        tables: Arc<ArcSwap<RoutingTable>>,
        certificates: Arc<Certificates>,
    ) -> Result<Self, ServerError> {
        let starting = Starting::bind(config, &tables, certificates)?;
        let lifecycle = Lifecycle::default();
        let runtime = Builder::new_multi_thread().worker_threads(1).thread_name("ingress-admin").enable_all().build();
        let started = runtime.map_err(ServerError::Start).and_then(|runtime| starting.run(runtime, &lifecycle, tables));
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

    /// Returns when the server has ended: after [`ServerHandle::begin_shutdown`] or [`ServerHandle::abort`].
    pub fn wait(self) {
        self.running.wait();
    }
}
