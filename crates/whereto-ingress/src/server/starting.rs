use std::net::SocketAddr;
use std::sync::Arc;

use arc_swap::ArcSwap;
use ingress_routing::RoutingTable;
use prometheus_client::registry::Registry;
use tokio::runtime::Runtime;
use tokio_rustls::TlsAcceptor;
use tracing::error;
use whereto_server::{AdminListeners, BindError, Lifecycle, Running, Threads};

use super::{Addresses, IngressServer};
use crate::access_log::{AccessLog, Dropped};
use crate::config::{Hsts, IngressConfig};
use crate::error::ServerError;
use crate::listen::{self, Bound};
use crate::metrics::{Block, Requests, ServerGauges};
use crate::proxy_protocol::ProxySources;
use crate::tls::{self, Certificates};
use crate::upstream::UpstreamCounters;
use crate::worker::{self, Connections, Listeners, Shared};

/// Everything that can fail, done.
pub(super) struct Starting {
    config: IngressConfig,
    http: Vec<Bound>,
    https: Vec<Bound>,
    tls: Option<TlsAcceptor>,
    admin: AdminListeners,
    workers: usize,
}

impl Starting {
    pub(super) fn bind(
        mut config: IngressConfig,
        tables: &Arc<ArcSwap<RoutingTable>>,
        certificates: Arc<Certificates>,
    ) -> Result<Self, ServerError> {
        let cores = || std::thread::available_parallelism().map_or(1, usize::from);
        let workers = config.workers.unwrap_or_else(cores).max(1);
        let bind = |purpose, addresses: &[SocketAddr]| -> Result<Vec<Bound>, BindError> {
            addresses.iter().map(|address| listen::bind(purpose, *address, addresses, workers)).collect()
        };
        let http = bind("http", &config.http)?;
        let https = bind("https", &config.https)?;
        if http.is_empty() && https.is_empty() {
            return Err(ServerError::NoAddress);
        }
        let tls = if https.is_empty() { None } else { Some(tls::settings(Arc::clone(tables), certificates)?) };
        let admin = std::mem::take(&mut config.admin).bind("admin")?;
        Ok(Self { config, http, https, tls: tls.map(TlsAcceptor::from), admin, workers })
    }

    pub(super) fn run(
        self,
        runtime: Runtime,
        lifecycle: &Lifecycle,
        tables: Arc<ArcSwap<RoutingTable>>,
    ) -> Result<IngressServer, ServerError> {
        let Self { mut config, http, https, tls, admin, workers } = self;
        let addresses = Addresses {
            http: http.iter().map(|bound| bound.address).collect(),
            https: https.iter().map(|bound| bound.address).collect(),
            admin: admin.addresses(),
        };
        let log_dropped = Dropped::default();
        let log = config.access_log.take().map(|log| AccessLog::start(log, log_dropped.clone())).transpose();
        let (log, log_writer) = log.map_err(ServerError::Start)?.unzip();
        let shared = Arc::new(Shared {
            limits: config.limits,
            timeouts: config.timeouts,
            forwarding: config.forwarding,
            upstream: Arc::new(config.upstream),
            proxy_sources: ProxySources::new(config.proxy_protocol),
            hsts: config.hsts.as_ref().and_then(Hsts::value),
            tls,
            tables: Arc::clone(&tables),
            lifecycle: lifecycle.clone(),
            connections: Connections::default(),
            log,
            log_dropped,
        });
        let threads = Threads::new();
        let (mut blocks, mut upstreams) = (Vec::new(), Vec::new());
        for listeners in deal(http, https, workers) {
            let (block, counters) = (Arc::new(Block::default()), Arc::new(UpstreamCounters::default()));
            blocks.push(Arc::clone(&block));
            upstreams.push(Arc::clone(&counters));
            let (shared, seed) = (Arc::clone(&shared), rand::random());
            let thread = std::thread::Builder::new().name("ingress".into()).spawn(move || {
                if let Err(error) = worker::run(shared, block, counters, seed, listeners) {
                    error!(%error, "a worker has ended");
                }
            });
            threads.push(thread.map_err(ServerError::Start)?);
        }

        let mut registry = Registry::default();
        registry.register_collector(Box::new(Requests::new(blocks)));
        registry.register_collector(Box::new(ServerGauges { shared, upstreams }));
        let missing = move || tables.load().missing().to_string();
        admin.serve(runtime.handle(), registry, lifecycle.clone(), missing).map_err(ServerError::Start)?;

        let (shutdown, workers) = (config.shutdown, threads.clone());
        let drain = async move {
            // Workers end by themselves when their last connection has.
            let _ = tokio::task::spawn_blocking(move || workers.join()).await;
        };
        let running = Running::start(runtime, lifecycle.clone(), shutdown, drain);
        Ok(IngressServer { running: running.with_threads(threads).with_log_writer(log_writer), addresses })
    }
}

/// One listener of each address for each worker.
fn deal(http: Vec<Bound>, https: Vec<Bound>, workers: usize) -> Vec<Listeners> {
    let mut all: Vec<Listeners> = (0..workers).map(|_| Listeners::default()).collect();
    for bound in http {
        all.iter_mut().zip(bound.listeners).for_each(|(worker, listener)| worker.http.push(listener));
    }
    for bound in https {
        all.iter_mut().zip(bound.listeners).for_each(|(worker, listener)| worker.https.push(listener));
    }
    all
}
