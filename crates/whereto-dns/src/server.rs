mod parts;
mod starting;
mod supervisor;

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::thread::JoinHandle;
use std::time::Duration;

use arc_swap::ArcSwap;
use dns_records::Snapshot;
use tokio::runtime::{Builder, Runtime};

use crate::config::ServerConfig;
use crate::error::ServerError;
use crate::lifecycle::{Lifecycle, Phase};
use crate::tls::Tls;
use starting::Starting;

/// Time for tasks to go after everything is answered.
const RUNTIME_END: Duration = Duration::from_millis(500);

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

impl fmt::Display for Addresses {
    /// `dns 127.0.0.1:1053, admin 127.0.0.1:8081`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all = [("dns", &self.dns), ("tls", &self.tls), ("admin", &self.admin)];
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
pub struct DnsServer {
    handle: ServerHandle,
    addresses: Addresses,
    ended: Receiver<()>,
    runtime: Option<Runtime>,
    log_writer: Option<JoinHandle<()>>,
}

/// Steers a running server, from any thread.
#[derive(Clone, Debug)]
pub struct ServerHandle {
    lifecycle: Lifecycle,
    tls: Option<Tls>,
}

impl ServerHandle {
    /// Begins the end: not ready from now on, answering for the lame-duck time, then draining. Returns at once.
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

    /// Reads certificate and key again. The server does so by itself some seconds after the files changed.
    ///
    /// # Errors
    /// When they can't be used; those in use stay.
    pub fn reload_certificate(&self) -> Result<(), ServerError> {
        self.tls.as_ref().map_or(Ok(()), Tls::reload)
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

impl Drop for DnsServer {
    fn drop(&mut self) {
        self.end();
    }
}

#[cfg(test)]
mod tests;
