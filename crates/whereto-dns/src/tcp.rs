//! Streams: connections with several queries under way, answered as the answers come.

mod connection;
mod frames;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tracing::{debug, warn};
use whereto_server::{Lifecycle, Phase};

use crate::config::StreamLimits;
use crate::metrics::Block;
use crate::service::Service;
use crate::tls::Tls;
use connection::Connection;

/// How long accepting pauses when the system has no room for another connection.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// How many connections are open, over all listeners.
#[derive(Debug)]
pub(crate) struct Connections {
    open: AtomicUsize,
    refused: AtomicU64,
    limit: usize,
    all_closed: Notify,
}

/// One open connection.
#[derive(Debug)]
struct Place(Arc<Connections>);

impl Drop for Place {
    fn drop(&mut self) {
        if self.0.open.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.0.all_closed.notify_waiters();
        }
    }
}

impl Connections {
    pub(crate) fn new(limit: usize) -> Self {
        Self { open: AtomicUsize::new(0), refused: AtomicU64::new(0), limit, all_closed: Notify::new() }
    }

    pub(crate) fn open(&self) -> usize {
        self.open.load(Ordering::Relaxed)
    }

    /// Connections that found no place.
    pub(crate) fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }

    /// Returns when none is open.
    pub(crate) async fn closed(&self) {
        loop {
            let closed = self.all_closed.notified();
            if self.open.load(Ordering::Acquire) == 0 {
                return;
            }
            closed.await;
        }
    }

    fn enter(self: &Arc<Self>) -> Option<Place> {
        if self.open.fetch_add(1, Ordering::Relaxed) < self.limit {
            return Some(Place(Arc::clone(self)));
        }
        self.open.fetch_sub(1, Ordering::Relaxed);
        self.refused.fetch_add(1, Ordering::Relaxed);
        None
    }
}

/// What connections are served with.
#[derive(Clone, Debug)]
pub(crate) struct Context {
    pub(crate) service: Arc<Service>,
    pub(crate) lifecycle: Lifecycle,
    pub(crate) limits: StreamLimits,
    pub(crate) connections: Arc<Connections>,
    pub(crate) block: Arc<Block>,
    /// Over TLS.
    pub(crate) tls: Option<Tls>,
}

/// Accepts connections until the server drains.
pub(crate) async fn accept(listener: TcpListener, context: Context) {
    loop {
        let accepted = tokio::select! {
            biased;
            accepted = listener.accept() => accepted,
            () = context.lifecycle.reached(Phase::Draining) => return,
        };
        match accepted {
            Ok((stream, client)) => match context.connections.enter() {
                Some(place) => {
                    let context = context.clone();
                    tokio::spawn(async move {
                        if let Err(error) = serve(stream, client, &context).await {
                            debug!(%client, %error, "connection ended");
                        }
                        drop(place);
                    });
                }
                None => drop(stream),
            },
            Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
            Err(error) => {
                warn!(%error, "cannot accept connections");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

async fn serve(stream: TcpStream, client: SocketAddr, context: &Context) -> io::Result<()> {
    stream.set_nodelay(true)?;
    match &context.tls {
        None => Connection::new(stream, client, context).run().await,
        Some(tls) => {
            let handshake = tokio::time::timeout(context.limits.first_message, tls.accept(stream));
            let stream = handshake.await.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))??;
            Connection::new(stream, client, context).run().await
        }
    }
}
