use std::io;
use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;
use tracing::debug;
use whereto_server::{Lifecycle, Phase, Threads};

use crate::config::ServerConfig;
use crate::error::ServerError;
use crate::listen::{Bound, Everywhere};
use crate::metrics::{Block, Labels, Writers};
use crate::service::Service;
use crate::tcp::{self, Connections};
use crate::tls::Tls;
use crate::udp::{self, Drain, Worker};

/// How often the host is asked for addresses that it did not have before.
const ADDRESS_INTERVAL: Duration = Duration::from_secs(5);

/// Enough for a worker: its buffers are on the heap.
const WORKER_STACK: usize = 256 * 1024;

/// CoreDNS's form of an address listened on.
pub(super) fn server_label(scheme: &str, address: SocketAddr) -> String {
    if address.ip().is_unspecified() {
        format!("{scheme}://:{}", address.port())
    } else {
        format!("{scheme}://{address}")
    }
}

const fn family(address: SocketAddr) -> &'static str {
    if address.is_ipv4() { "1" } else { "2" }
}

/// The threads that answer datagrams.
#[derive(Clone, Debug, Default)]
pub(super) struct Workers {
    threads: Threads,
    drain: Drain,
}

impl Workers {
    fn start(&self, context: udp::Context, socket: UdpSocket, block: Arc<Block>) -> io::Result<()> {
        let worker = Worker::new(context, socket, block);
        let thread = std::thread::Builder::new().name("dns-udp".into()).stack_size(WORKER_STACK);
        self.threads.push(thread.spawn(move || worker.run())?);
        Ok(())
    }

    pub(super) fn threads(&self) -> Threads {
        self.threads.clone()
    }

    /// Returns when all have answered what was in their sockets, and ended.
    pub(super) async fn drained(&self) {
        self.drain.begin();
        let threads = self.threads();
        // Blocking, but each ends within its receive timeout unless a flood goes on.
        let _ = tokio::task::spawn_blocking(move || threads.join()).await;
    }
}

/// Starts workers for addresses that the host gets later. They count into the shared block.
async fn watch_addresses(mut everywhere: Everywhere, context: udp::Context, workers: Workers) {
    while context.lifecycle.phase() < Phase::Draining {
        tokio::time::sleep(ADDRESS_INTERVAL).await;
        let started = everywhere.bind_new().and_then(|sockets| {
            let start = |socket| workers.start(context.clone(), socket, Arc::clone(&context.later));
            sockets.into_iter().try_for_each(start).map_err(ServerError::Start)
        });
        if let Err(error) = started {
            debug!(%error, "an address of the host is not listened on");
        }
    }
}

/// What is built while listening starts.
pub(super) struct Parts<'c> {
    pub(super) lifecycle: Lifecycle,
    pub(super) service: Arc<Service>,
    pub(super) connections: Arc<Connections>,
    pub(super) config: &'c ServerConfig,
    pub(super) blocks: Vec<Arc<Block>>,
    pub(super) workers: Workers,
}

impl Parts<'_> {
    fn block(&mut self, writers: Writers, labels: Labels) -> Arc<Block> {
        let block = Arc::new(Block::new(writers, labels));
        self.blocks.push(Arc::clone(&block));
        block
    }

    pub(super) fn listen(&mut self, bound: Bound, runtime: &Handle) -> Result<(), ServerError> {
        let server = server_label("dns", bound.address);
        let labels = Labels { server: server.clone(), proto: "udp", family: family(bound.address) };
        let later = self.block(Writers::Many, labels.clone());
        let context = udp::Context {
            service: Arc::clone(&self.service),
            lifecycle: self.lifecycle.clone(),
            drain: self.workers.drain.clone(),
            runtime: runtime.clone(),
            later,
        };
        for socket in bound.udp {
            let family = socket.local_addr().map_or(labels.family, family);
            let block = self.block(Writers::One, Labels { family, ..labels.clone() });
            self.workers.start(context.clone(), socket, block).map_err(ServerError::Start)?;
        }
        if let Some(everywhere) = bound.everywhere {
            runtime.spawn(watch_addresses(everywhere, context, self.workers.clone()));
        }
        self.accept(server, bound.address, bound.tcp, None)
    }

    pub(super) fn accept(
        &mut self,
        server: String,
        address: SocketAddr,
        listener: TcpListener,
        tls: Option<Tls>,
    ) -> Result<(), ServerError> {
        let block = self.block(Writers::Many, Labels { server, proto: "tcp", family: family(address) });
        let context = tcp::Context {
            service: Arc::clone(&self.service),
            lifecycle: self.lifecycle.clone(),
            limits: self.config.streams,
            connections: Arc::clone(&self.connections),
            block,
            tls,
        };
        let listener = tokio::net::TcpListener::from_std(listener).map_err(ServerError::Start)?;
        tokio::spawn(tcp::accept(listener, context));
        Ok(())
    }
}
