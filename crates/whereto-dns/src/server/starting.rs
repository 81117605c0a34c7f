use std::net::{IpAddr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::mpsc::channel;

use arc_swap::ArcSwap;
use dns_records::Snapshot;
use prometheus_client::registry::Registry;
use tokio::runtime::Runtime;
use tracing::warn;

use super::parts::{Parts, Workers, server_label};
use super::supervisor::Supervisor;
use super::{Addresses, DnsServer, ServerHandle};
use crate::admin::{self, Admin, Served};
use crate::cache::Cache;
use crate::config::ServerConfig;
use crate::error::ServerError;
use crate::forward::{ForwardConfig, ForwardRule, ForwardStats, Forwarder};
use crate::lifecycle::Lifecycle;
use crate::listen::{self, Bound, UdpOptions};
use crate::metrics::{Gauges, Process, Requests};
use crate::own_addresses;
use crate::pending::Pending;
use crate::query_log::{Dropped, QueryLog};
use crate::service::Service;
use crate::tcp::Connections;
use crate::tls::Tls;
use crate::udp::RECEIVE_TIMEOUT;

/// Everything that can fail, done.
pub(super) struct Starting {
    config: ServerConfig,
    bound: Vec<Bound>,
    tls: Option<Tls>,
    tls_listeners: Vec<(SocketAddr, TcpListener)>,
    admin: Vec<(SocketAddr, TcpListener, Served)>,
}

impl Starting {
    pub(super) fn bind(mut config: ServerConfig) -> Result<Self, ServerError> {
        let tls = config.tls.clone().map(Tls::new).transpose()?;
        let options = UdpOptions {
            workers: config
                .workers
                .unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from))
                .max(1),
            receive_timeout: RECEIVE_TIMEOUT,
            receive_buffer: config.receive_buffer,
        };
        let both = |address: &SocketAddr| {
            let v4 = config.listen.iter().any(|other| other.is_ipv4() && other.ip().is_unspecified());
            address.is_ipv6() && v4
        };
        let bound: Vec<Bound> = config
            .listen
            .iter()
            .map(|address| listen::bind(*address, both(address), options))
            .collect::<Result<_, _>>()?;
        let tls_addresses = config.tls.as_ref().map_or(&[][..], |tls| &tls.listen);
        let tls_listeners: Vec<_> =
            tls_addresses.iter().map(|address| listener("TLS", *address)).collect::<Result<_, _>>()?;
        if bound.is_empty() && tls_listeners.is_empty() {
            return Err(ServerError::NoAddress);
        }
        let admin =
            config.admin.listeners().into_iter().map(|(address, served)| {
                listener("HTTP", address).map(|(address, listener)| (address, listener, served))
            });
        let admin = admin.collect::<Result<_, _>>()?;
        without_itself(&mut config.forward, &bound)?;
        let forwards_all = config.forward.rules.iter().any(|rule| rule.zone().is_root());
        config.limits = config.limits.with_recursion_available(config.recursion_available.unwrap_or(forwards_all));
        Ok(Self { config, bound, tls, tls_listeners, admin })
    }

    pub(super) fn run(
        self,
        runtime: Runtime,
        lifecycle: Lifecycle,
        snapshots: Arc<ArcSwap<Snapshot>>,
    ) -> Result<DnsServer, ServerError> {
        let Self { mut config, bound, tls, tls_listeners, admin } = self;
        let _entered = runtime.enter();
        let addresses = Addresses {
            dns: bound.iter().map(|bound| bound.address).collect(),
            tls: tls_listeners.iter().map(|(address, _)| *address).collect(),
            admin: admin.iter().map(|(address, ..)| *address).collect(),
        };
        let log_dropped = Dropped::default();
        let log = config.query_log.take().map(|log| QueryLog::start(log, log_dropped.clone())).transpose();
        let (query_log, log_writer) = log.map_err(ServerError::Start)?.unzip();

        let forward_stats = Arc::new(ForwardStats::default());
        let cache = Cache::new(config.cache.octets);
        let forward = std::mem::take(&mut config.forward);
        let forwarder = Arc::new(Forwarder::new(forward, cache, config.cache.caps, Arc::clone(&forward_stats)));
        let service = Arc::new(Service {
            snapshots: Arc::clone(&snapshots),
            forwarder: Arc::clone(&forwarder),
            pending: Pending::new(config.max_pending),
            transfer_to: std::mem::take(&mut config.transfer_to),
            query_log,
            datagrams: config.limits.into(),
            streams: config.limits.over_stream().into(),
        });
        let connections = Arc::new(Connections::new(config.streams.connections));

        let mut parts = Parts {
            lifecycle: lifecycle.clone(),
            service,
            connections,
            config: &config,
            blocks: Vec::new(),
            workers: Workers::default(),
        };
        for bound in bound {
            parts.listen(bound, runtime.handle())?;
        }
        for (address, listener) in tls_listeners {
            parts.accept(server_label("tls", address), address, listener, tls.clone())?;
        }
        if let Some(tls) = tls.clone() {
            runtime.spawn(tls.watch());
        }
        let Parts { service, connections, blocks, workers, .. } = parts;

        let mut registry = Registry::default();
        registry.register_collector(Box::new(Requests::new(blocks)));
        registry.register_collector(Box::new(Gauges {
            forwarder: Arc::clone(&forwarder),
            forward_stats: Arc::clone(&forward_stats),
            pending: service.pending.clone(),
            connections: Arc::clone(&connections),
            log_dropped,
            snapshots: Arc::clone(&snapshots),
        }));
        registry.register_collector(Box::new(Process));
        forward_stats.register(&mut registry);
        for collector in config.collectors.drain(..) {
            registry.register_collector(collector);
        }
        let remarks = std::mem::take(&mut config.remarks);
        let endpoints = Arc::new(Admin { snapshots, lifecycle: lifecycle.clone(), registry, remarks });
        for (_, listener, served) in admin {
            let listener = tokio::net::TcpListener::from_std(listener).map_err(ServerError::Start)?;
            runtime.spawn(admin::serve(listener, served, Arc::clone(&endpoints)));
        }
        forwarder.start_loop_detection();

        let (end, ended) = channel();
        let supervisor = Supervisor {
            lifecycle: lifecycle.clone(),
            pending: service.pending.clone(),
            connections,
            lame_duck: config.lame_duck,
            grace: config.grace,
            workers,
        };
        runtime.spawn(async move {
            supervisor.run().await;
            // Whoever waits is gone when this fails.
            let _ = end.send(());
        });
        drop(_entered);
        let handle = ServerHandle { lifecycle, tls };
        Ok(DnsServer { handle, addresses, ended, runtime: Some(runtime), log_writer })
    }
}

fn listener(purpose: &'static str, address: SocketAddr) -> Result<(SocketAddr, TcpListener), ServerError> {
    let failed = |source| ServerError::Bind { purpose, address, source };
    let listener = listen::listener(address, false).map_err(failed)?;
    Ok((listener.local_addr().map_err(failed)?, listener))
}

/// Leaves this server out of the host's name servers, and refuses rules that name it.
fn without_itself(forward: &mut ForwardConfig, bound: &[Bound]) -> Result<(), ServerError> {
    if forward.rules.is_empty() && forward.host_servers.is_empty() {
        return Ok(());
    }
    let own: Vec<IpAddr> = own_addresses::interface_addresses().unwrap_or_default();
    let itself = |server: SocketAddr| bound.iter().any(|bound| listen::reaches(server, bound.address, &own));
    if let Some(server) = forward.rules.iter().flat_map(ForwardRule::servers).find(|server| itself(**server)) {
        return Err(ServerError::ForwardsToItself(*server));
    }
    let mut servers = std::mem::take(&mut forward.host_servers);
    servers.retain(|server| {
        let itself = itself(*server);
        if itself {
            warn!(%server, "the host's resolv.conf names this server: nothing is forwarded to it");
        }
        !itself
    });
    if !servers.is_empty() {
        forward.rules.push(ForwardRule::everything(servers));
    }
    Ok(())
}
