//! The threads that serve: each with a runtime, listeners and connections to endpoints of its own, so that requests share nothing but the
//! routing table.

mod accept;
mod drain;
mod run;
mod table;

use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::fmt;
use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use arc_swap::ArcSwap;
use foldhash::fast::FixedState;
use http::HeaderValue;
use ingress_routing::{RequestBuffer, RoutingTable};
use tokio::sync::Notify;
use tokio_rustls::TlsAcceptor;
use whereto_server::Lifecycle;

use crate::access_log::{AccessLog, Dropped, WorkerLog};
use crate::body::RequestBody;
use crate::config::{Limits, Timeouts};
use crate::forwarding::ForwardingOptions;
use crate::metrics::Block;
use crate::proxy_protocol::ProxySources;
use crate::upstream::{UpstreamCounters, UpstreamOptions, Upstreams};
use drain::Drain;
pub(crate) use run::{Listeners, run};
pub(crate) use table::{CurrentTable, Table, Told};

/// What all workers have in common.
pub(crate) struct Shared {
    pub(crate) limits: Limits,
    pub(crate) timeouts: Timeouts,
    pub(crate) forwarding: ForwardingOptions,
    pub(crate) upstream: Arc<UpstreamOptions>,
    pub(crate) proxy_sources: ProxySources,
    pub(crate) hsts: Option<HeaderValue>,
    pub(crate) tls: Option<TlsAcceptor>,
    pub(crate) tables: Arc<ArcSwap<RoutingTable>>,
    pub(crate) lifecycle: Lifecycle,
    pub(crate) connections: Connections,
    pub(crate) log: Option<AccessLog>,
    pub(crate) log_dropped: Dropped,
}

/// How many connections there are, over all workers.
#[derive(Debug, Default)]
pub(crate) struct Connections {
    open: AtomicUsize,
    refused: AtomicU64,
}

impl Connections {
    pub(crate) fn open(&self) -> usize {
        self.open.load(Ordering::Relaxed)
    }

    /// Closed at once because too many were open.
    pub(crate) fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }
}

/// One thread's own.
pub(crate) struct Worker {
    pub(crate) shared: Arc<Shared>,
    pub(crate) block: Arc<Block>,
    pub(crate) upstreams: Rc<Upstreams<RequestBody>>,
    pub(crate) table: Table,
    pub(crate) drain: Drain,
    pub(crate) log: Option<Rc<WorkerLog>>,
    open: Cell<usize>,
    all_closed: Notify,
    /// Requests are read one after another, each in one go.
    pub(crate) buffer: RefCell<RequestBuffer>,
}

impl fmt::Debug for Worker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Worker").field("open", &self.open).finish_non_exhaustive()
    }
}

/// Octets for a path that was not in normal form, to begin with.
const PATH_CAPACITY: usize = 256;

impl Worker {
    pub(crate) fn new(shared: Arc<Shared>, block: Arc<Block>, counters: Arc<UpstreamCounters>, seed: u64) -> Self {
        let upstreams = Upstreams::new(Arc::clone(&shared.upstream), counters, seed);
        let log = shared.log.as_ref().map(AccessLog::worker);
        let table = Table::new(Arc::clone(&shared.tables));
        Self {
            shared,
            block,
            upstreams,
            table,
            drain: Drain::default(),
            log,
            open: Cell::new(0),
            all_closed: Notify::new(),
            buffer: RefCell::new(RequestBuffer::with_path_capacity(PATH_CAPACITY)),
        }
    }

    /// A place for one more connection, unless there are too many.
    pub(crate) fn place(self: &Rc<Self>) -> Option<Place> {
        let connections = &self.shared.connections;
        if connections.open.fetch_add(1, Ordering::Relaxed) >= self.shared.limits.connections {
            connections.open.fetch_sub(1, Ordering::Relaxed);
            connections.refused.fetch_add(1, Ordering::Relaxed);
            return None;
        }
        self.open.set(self.open.get() + 1);
        Some(Place(Rc::clone(self)))
    }

    /// Returns when no connection is open.
    pub(crate) async fn all_closed(&self) {
        while self.open.get() > 0 {
            self.all_closed.notified().await;
        }
    }

    /// Lets go of what is kept for endpoints and Ingresses that a table no longer has.
    pub(crate) fn keep_to(&self, table: &RoutingTable) {
        let endpoints: HashSet<SocketAddr, FixedState> =
            table.upstreams().flat_map(|upstream| upstream.endpoints()).map(|endpoint| endpoint.address).collect();
        self.upstreams.retain(|address| endpoints.contains(address));
        self.block.routes.retain(|ingress| table.has_ingress(ingress));
    }
}

/// The right to be open.
pub(crate) struct Place(Rc<Worker>);

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Place")
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let worker = &self.0;
        worker.shared.connections.open.fetch_sub(1, Ordering::Relaxed);
        worker.open.set(worker.open.get() - 1);
        if worker.open.get() == 0 {
            worker.all_closed.notify_one();
        }
    }
}
