use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::mpsc::channel;

use arc_swap::ArcSwap;
use ingress_routing::RoutingTable;
use prometheus_client::registry::Registry;
use tokio::runtime::Runtime;
use tokio_rustls::TlsAcceptor;
use tracing::error;

use super::supervisor::{Supervisor, Threads};
use super::{Addresses, IngressServer, ServerHandle};
use crate::access_log::{AccessLog, Dropped};
use crate::admin::{self, Admin, Served};
use crate::config::{Hsts, IngressConfig};
use crate::error::ServerError;
use crate::lifecycle::{Lifecycle, Phase};
use crate::listen::{self, Bound};
use crate::metrics::{Block, Process, Requests, ServerGauges};
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
    admin: Vec<(SocketAddr, TcpListener, Served)>,
    workers: usize,
}

impl Starting {
    pub(super) fn bind(
        config: IngressConfig,
        tables: &Arc<ArcSwap<RoutingTable>>,
        certificates: Arc<Certificates>,
    ) -> Result<Self, ServerError> {
        let cores = || std::thread::available_parallelism().map_or(1, usize::from);
        let workers = config.workers.unwrap_or_else(cores).max(1);
        let bind = |purpose, addresses: &[SocketAddr]| -> Result<Vec<Bound>, ServerError> {
            let v4 = |port| addresses.iter().any(|a| a.is_ipv4() && a.ip().is_unspecified() && a.port() == port);
            addresses.iter().map(|a| listen::bind(purpose, *a, a.is_ipv6() && v4(a.port()), workers)).collect()
        };
        let http = bind("http", &config.http)?;
        let https = bind("https", &config.https)?;
        if http.is_empty() && https.is_empty() {
            return Err(ServerError::NoAddress);
        }
        let tls = if https.is_empty() { None } else { Some(tls::settings(Arc::clone(tables), certificates)?) };
        let admin = config.admin.listeners().into_iter().map(|(address, served)| {
            let failed = |source| ServerError::Bind { purpose: "admin", address, source };
            let listener = listen::listener(address, false, false).map_err(failed)?;
            Ok((listener.local_addr().map_err(failed)?, listener, served))
        });
        let admin = admin.collect::<Result<_, ServerError>>()?;
        Ok(Self { config, http, https, tls: tls.map(TlsAcceptor::from), admin, workers })
    }

    pub(super) fn run(
        self,
        runtime: Runtime,
        lifecycle: &Lifecycle,
        tables: Arc<ArcSwap<RoutingTable>>,
    ) -> Result<IngressServer, ServerError> {
        let Self { mut config, http, https, tls, admin, workers } = self;
        let _entered = runtime.enter();
        let addresses = Addresses {
            http: http.iter().map(|bound| bound.address).collect(),
            https: https.iter().map(|bound| bound.address).collect(),
            admin: admin.iter().map(|(address, ..)| *address).collect(),
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
        let threads = Threads::default();
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
        registry.register_collector(Box::new(Process));
        for collector in config.collectors.drain(..) {
            registry.register_collector(collector);
        }
        let remarks = std::mem::take(&mut config.remarks);
        let endpoints = Arc::new(Admin { tables, lifecycle: lifecycle.clone(), registry, remarks });
        for (_, listener, served) in admin {
            let listener = tokio::net::TcpListener::from_std(listener).map_err(ServerError::Start)?;
            runtime.spawn(admin::serve(listener, served, Arc::clone(&endpoints)));
        }

        let (end, ended) = channel();
        let supervisor = Supervisor {
            lifecycle: lifecycle.clone(),
            lame_duck: config.lame_duck,
            grace: config.grace,
            threads: threads.clone(),
        };
        let last = lifecycle.clone();
        runtime.spawn(async move {
            supervisor.run().await;
            last.reached(Phase::Stopped).await;
            // Whoever waits is gone when this fails.
            let _ = end.send(());
        });
        drop(_entered);
        let handle = ServerHandle { lifecycle: lifecycle.clone() };
        Ok(IngressServer { handle, addresses, ended, runtime: Some(runtime), threads, log_writer })
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
