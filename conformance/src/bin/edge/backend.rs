//! Endpoints of Services: HTTP/1.1, HTTP/2 by prior knowledge, WebSockets.

mod answer;
mod child;
mod websocket;

use std::collections::HashSet;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context as _, Result};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::arguments::LOOPBACK;
pub(crate) use child::{Child, child};

/// The field by which a client gives each of its requests a number.
pub(crate) const NUMBER: &str = "x-number";

/// The numbers of the requests that came to any endpoint of this process.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen(Arc<Mutex<HashSet<u64>>>);

impl Seen {
    fn add(&self, number: u64) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(number);
    }

    pub(crate) fn contains(&self, number: u64) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).contains(&number)
    }
}

/// Who answers.
#[derive(Debug)]
struct Identity {
    service: String,
    number: usize,
    seen: Seen,
}

/// An endpoint in this process, closed when dropped.
#[derive(Debug)]
pub(crate) struct Backend {
    pub(crate) address: SocketAddr,
    task: JoinHandle<()>,
}

impl Backend {
    /// Endpoint `number` of `service`.
    pub(crate) async fn start(service: &str, number: usize, seen: &Seen) -> Result<Self> {
        let listener = TcpListener::bind((LOOPBACK, 0)).await.context("listener of an endpoint")?;
        let address = listener.local_addr()?;
        let identity = Identity { service: service.to_owned(), number, seen: seen.clone() };
        Ok(Self { address, task: tokio::spawn(serve(listener, identity)) })
    }
}

impl Drop for Backend {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(listener: TcpListener, identity: Identity) {
    let identity = Arc::new(identity);
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        let _ = stream.set_nodelay(true);
        let identity = Arc::clone(&identity);
        tokio::spawn(async move {
            let service = service_fn(move |request| answer::answer(request, Arc::clone(&identity)));
            let server = auto::Builder::new(TokioExecutor::new());
            // Whoever asked sees how it ended.
            let _ = server.serve_connection_with_upgrades(TokioIo::new(stream), service).await;
        });
    }
}
