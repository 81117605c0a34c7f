//! Health, readiness and metrics over HTTP.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use dns_records::Snapshot;
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use prometheus_client::encoding::text;
use prometheus_client::registry::Registry;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tracing::{debug, warn};

use crate::config::Remarks;
use crate::lifecycle::{Lifecycle, Phase};

/// Connections that may be open per address.
const CONNECTIONS: usize = 64;
/// For a request's head.
const HEADER_TIMEOUT: Duration = Duration::from_secs(5);
/// For a whole connection: a scraper may keep it between scrapes.
const CONNECTION_TIMEOUT: Duration = Duration::from_secs(300);
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Where the admin endpoints are served: together, or each on an address of its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AdminAddresses {
    pub(crate) all: Option<SocketAddr>,
    pub(crate) health: Option<SocketAddr>,
    pub(crate) ready: Option<SocketAddr>,
    pub(crate) metrics: Option<SocketAddr>,
}

impl AdminAddresses {
    /// None.
    pub const fn none() -> Self {
        Self { all: None, health: None, ready: None, metrics: None }
    }

    /// `/health`, `/ready` and `/metrics` on one address.
    pub const fn all(address: SocketAddr) -> Self {
        Self { all: Some(address), ..Self::none() }
    }

    /// `/health` on an address of its own, too.
    #[must_use]
    pub const fn with_health(mut self, address: SocketAddr) -> Self {
        self.health = Some(address);
        self
    }

    /// `/ready` on an address of its own, too.
    #[must_use]
    pub const fn with_ready(mut self, address: SocketAddr) -> Self {
        self.ready = Some(address);
        self
    }

    /// `/metrics` on an address of its own, too.
    #[must_use]
    pub const fn with_metrics(mut self, address: SocketAddr) -> Self {
        self.metrics = Some(address);
        self
    }

    /// The addresses and what is served on each, an address that is named twice once.
    pub(crate) fn listeners(&self) -> Vec<(SocketAddr, Served)> {
        let mut listeners: Vec<(SocketAddr, Served)> = Vec::new();
        let named = [
            (self.all, Served::ALL),
            (self.health, Served { health: true, ..Served::NOTHING }),
            (self.ready, Served { ready: true, ..Served::NOTHING }),
            (self.metrics, Served { metrics: true, ..Served::NOTHING }),
        ];
        for (address, served) in named.into_iter().filter_map(|(address, served)| Some((address?, served))) {
            match listeners.iter_mut().find(|(known, _)| *known == address && address.port() != 0) {
                Some((_, known)) => known.add(served),
                None => listeners.push((address, served)),
            }
        }
        listeners
    }
}

/// What is served on one address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Served {
    health: bool,
    ready: bool,
    metrics: bool,
}

impl Served {
    const NOTHING: Self = Self { health: false, ready: false, metrics: false };
    const ALL: Self = Self { health: true, ready: true, metrics: true };

    const fn add(&mut self, other: Self) {
        self.health |= other.health;
        self.ready |= other.ready;
        self.metrics |= other.metrics;
    }
}

/// What the endpoints tell about.
#[derive(Debug)]
pub(crate) struct Admin {
    pub(crate) snapshots: Arc<ArcSwap<Snapshot>>,
    pub(crate) lifecycle: Lifecycle,
    pub(crate) registry: Registry,
    pub(crate) remarks: Remarks,
}

/// OpenMetrics text, which Prometheus reads.
const OPEN_METRICS: HeaderValue =
    HeaderValue::from_static("application/openmetrics-text; version=1.0.0; charset=utf-8");
const PLAIN: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");

impl Admin {
    fn respond(&self, method: &Method, path: &str, served: Served) -> Response<Full<Bytes>> {
        if method != Method::GET && method != Method::HEAD {
            return plain(StatusCode::METHOD_NOT_ALLOWED, "GET only\n");
        }
        match path {
            "/health" if served.health => plain(StatusCode::OK, "OK"),
            "/ready" if served.ready => self.ready(),
            "/metrics" if served.metrics => self.metrics(),
            _ => plain(StatusCode::NOT_FOUND, "not found\n"),
        }
    }

    fn ready(&self) -> Response<Full<Bytes>> {
        if self.lifecycle.phase() != Phase::Serving {
            return plain(StatusCode::SERVICE_UNAVAILABLE, "shutting down\n");
        }
        let missing = self.snapshots.load().missing();
        let remarks = self.remarks.text();
        match (missing.is_empty(), remarks.is_empty()) {
            (true, true) => plain(StatusCode::OK, "OK"),
            (true, false) => plain(StatusCode::OK, format!("OK\n{remarks}")),
            (false, _) => plain(StatusCode::SERVICE_UNAVAILABLE, format!("not synced: {missing}\n{remarks}")),
        }
    }

    fn metrics(&self) -> Response<Full<Bytes>> {
        let mut body = String::new();
        match text::encode(&mut body, &self.registry) {
            Ok(()) => reply(StatusCode::OK, OPEN_METRICS, body),
            Err(error) => plain(StatusCode::INTERNAL_SERVER_ERROR, format!("{error}\n")),
        }
    }
}

fn plain(status: StatusCode, body: impl Into<Bytes>) -> Response<Full<Bytes>> {
    reply(status, PLAIN, body)
}

fn reply(status: StatusCode, content_type: HeaderValue, body: impl Into<Bytes>) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body.into()));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, content_type);
    response
}

/// Serves one address until the runtime ends: probes are answered to the last.
pub(crate) async fn serve(listener: TcpListener, served: Served, admin: Arc<Admin>) {
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        // The semaphore is never closed.
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            Err(error) => {
                warn!(%error, "cannot accept admin connections");
                tokio::time::sleep(ACCEPT_PAUSE).await;
                continue;
            }
        };
        let admin = Arc::clone(&admin);
        tokio::spawn(async move {
            let _place = place;
            let service = service_fn(move |request: Request<Incoming>| {
                let admin = Arc::clone(&admin);
                async move { Ok::<_, Infallible>(admin.respond(request.method(), request.uri().path(), served)) }
            });
            let connection = http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(HEADER_TIMEOUT)
                .serve_connection(TokioIo::new(stream), service);
            if let Ok(Err(error)) = tokio::time::timeout(CONNECTION_TIMEOUT, connection).await {
                debug!(%error, "admin connection ended");
            }
        });
    }
}
