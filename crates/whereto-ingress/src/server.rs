mod starting;
mod supervisor;

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::thread::JoinHandle;
use std::time::Duration;

use arc_swap::ArcSwap;
use ingress_routing::RoutingTable;
use tokio::runtime::{Builder, Runtime};

use crate::config::IngressConfig;
use crate::error::ServerError;
use crate::lifecycle::{Lifecycle, Phase};
use crate::tls::Certificates;
use starting::Starting;
use supervisor::Threads;

/// Time for the admin tasks to go.
const RUNTIME_END: Duration = Duration::from_millis(500);

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

impl fmt::Display for Addresses {
    /// `http 127.0.0.1:8080, https 127.0.0.1:8443, admin 127.0.0.1:8082`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all = [("http", &self.http), ("https", &self.https), ("admin", &self.admin)];
        let mut separator = "";
        for (purpose, address) in all.into_iter().flat_map(|(purpose, list)| list.iter().map(move |a| (purpose, a))) {
            write!(f, "{separator}{purpose} {address}")?;
            separator = ", ";
        }
        Ok(())
    }
}

/// A running server. Dropped, it ends at once; [`Self::wait`] lets it live.
#[derive(Debug)]
pub struct IngressServer {
    handle: ServerHandle,
    addresses: Addresses,
    ended: Receiver<()>,
    runtime: Option<Runtime>,
    threads: Threads,
    log_writer: Option<JoinHandle<()>>,
}

/// Steers a running server, from any thread.
#[derive(Clone, Debug)]
pub struct ServerHandle {
    lifecycle: Lifecycle,
}

impl ServerHandle {
    /// Begins the end: not ready from now on, serving for the lame-duck time, then draining. Returns at once.
    pub fn begin_shutdown(&self) {
        self.lifecycle.advance(Phase::LameDuck);
    }

    /// Ends without waiting for anything.
    pub fn abort(&self) {
        self.lifecycle.advance(Phase::Stopped);
    }

    /// How far the server's life has come.
    pub fn phase(&self) -> Phase {
        self.lifecycle.phase()
    }
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
        self.handle.clone()
    }

    /// Returns when the server has ended: after [`ServerHandle::begin_shutdown`] or [`ServerHandle::abort`].
    pub fn wait(mut self) {
        // A sender that is gone means the end, too.
        let _ = self.ended.recv();
        self.end();
    }

    fn end(&mut self) {
        self.handle.abort();
        self.threads.join();
        if let Some(runtime) = self.runtime.take() {
            // Not from here, as this may be inside another runtime.
            let ending = std::thread::spawn(move || runtime.shutdown_timeout(RUNTIME_END));
            let _ = ending.join();
        }
        if let Some(writer) = self.log_writer.take() {
            let _ = writer.join();
        }
    }
}

impl Drop for IngressServer {
    fn drop(&mut self) {
        self.end();
    }
}
