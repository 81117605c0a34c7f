use std::net::{IpAddr, SocketAddr, TcpListener};
use std::sync::Arc;

use arc_swap::ArcSwap;
use dns_records::Snapshot;
use prometheus_client::registry::Registry;
use tokio::runtime::Runtime;
use tracing::warn;
use whereto_server::{AdminListeners, BindError, Lifecycle, Running, StreamSocket};

use super::parts::{Parts, Workers, server_label};
use super::{Addresses, DnsServer, TlsHandle};
use crate::cache::Cache;
use crate::config::ServerConfig;
use crate::error::ServerError;
use crate::forward::{ForwardConfig, ForwardRule, ForwardStats, Forwarder};
use crate::listen::{self, Bound, UdpOptions};
use crate::metrics::{Gauges, Requests};
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
    admin: AdminListeners,
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
        let bound: Vec<Bound> = config
            .listen
            .iter()
            .map(|address| listen::bind(*address, &config.listen, options))
            .collect::<Result<_, _>>()?;
        let tls_addresses = config.tls.as_ref().map_or(&[][..], |tls| &tls.listen);
        let tls_listeners: Vec<_> =
            tls_addresses.iter().map(|address| tls_listener(*address, tls_addresses)).collect::<Result<_, _>>()?;
        if bound.is_empty() && tls_listeners.is_empty() {
            return Err(ServerError::NoAddress);
        }
        let admin = std::mem::take(&mut config.admin).bind("HTTP")?;
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
            admin: admin.addresses(),
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
        forward_stats.register(&mut registry);
        let missing = move || snapshots.load().missing().to_string();
        admin.serve(runtime.handle(), registry, lifecycle.clone(), missing).map_err(ServerError::Start)?;
        forwarder.start_loop_detection();

        let (shutdown, threads) = (config.shutdown, workers.threads());
        let pending = service.pending.clone();
        let drain = async move {
            connections.closed().await;
            // While this waits, datagrams are answered on, but none begins to wait for an upstream.
            pending.drained(shutdown.grace).await;
            workers.drained().await;
            // What the last datagrams asked upstreams for.
            pending.drained(shutdown.grace).await;
        };
        drop(_entered);
        let running = Running::start(runtime, lifecycle, shutdown, drain);
        let running = running.with_threads(threads).with_log_writer(log_writer);
        Ok(DnsServer { running, addresses, tls: tls.map(TlsHandle) })
    }
}

fn tls_listener(address: SocketAddr, beside: &[SocketAddr]) -> Result<(SocketAddr, TcpListener), BindError> {
    let purpose = "TLS";
    let listener = StreamSocket::new(address).beside(beside).listen(purpose)?;
    Ok((listener.local_addr().map_err(|source| BindError { purpose, address, source })?, listener))
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
