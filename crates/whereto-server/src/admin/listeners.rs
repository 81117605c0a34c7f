//! Connections of those who ask.

use std::convert::Infallible;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use prometheus_client::collector::Collector;
use prometheus_client::registry::Registry;
use tokio::runtime::Handle;
use tokio::sync::Semaphore;
use tracing::{debug, warn};

use super::Remarks;
use super::endpoints::{Endpoints, Served};
use crate::lifecycle::Lifecycle;
use crate::process::Process;

/// Connections that may be open per address.
const CONNECTIONS: usize = 64;
/// For a request's head.
const HEADER_TIMEOUT: Duration = Duration::from_secs(5);
/// For a whole connection: a scraper may keep it between scrapes.
const CONNECTION_TIMEOUT: Duration = Duration::from_secs(300);
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// The admin endpoints' sockets, bound.
#[derive(Debug)]
pub struct AdminListeners {
    pub(super) bound: Vec<(SocketAddr, TcpListener, Served)>,
    pub(super) collectors: Vec<Box<dyn Collector>>,
    pub(super) remarks: Remarks,
}

impl AdminListeners {
    /// The addresses, with the ports that were chosen.
    pub fn addresses(&self) -> Vec<SocketAddr> {
        self.bound.iter().map(|(address, ..)| *address).collect()
    }

    /// Serves on all addresses until the runtime ends. `registry` has the server's own metrics; `missing` says, with each request, what was
    /// not read yet, as `Service, Secret`: with empty text the server is ready.
    ///
    /// # Errors
    /// When a socket can't be handed to the runtime.
    pub fn serve(
        self,
        runtime: &Handle,
        mut registry: Registry,
        lifecycle: Lifecycle,
        missing: impl Fn() -> String + Send + Sync + 'static,
    ) -> io::Result<()> {
        let Self { bound, collectors, remarks } = self;
        registry.register_collector(Box::new(Process));
        for collector in collectors {
            registry.register_collector(collector);
        }
        let endpoints = Arc::new(Endpoints { lifecycle, missing: Box::new(missing), registry, remarks });
        let _entered = runtime.enter();
        for (_, listener, served) in bound {
            let listener = tokio::net::TcpListener::from_std(listener)?;
            runtime.spawn(accept(listener, served, Arc::clone(&endpoints)));
        }
        Ok(())
    }
}

async fn accept(listener: tokio::net::TcpListener, served: Served, endpoints: Arc<Endpoints>) {
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
        let endpoints = Arc::clone(&endpoints);
        tokio::spawn(async move {
            let _place = place;
            let service = service_fn(move |request: Request<Incoming>| {
                let endpoints = Arc::clone(&endpoints);
                async move { Ok::<_, Infallible>(endpoints.respond(request.method(), request.uri().path(), served)) }
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

#[cfg(test)]
mod tests {
    use std::fmt;

    use prometheus_client::encoding::DescriptorEncoder;
    use prometheus_client::metrics::MetricType;
    use prometheus_client::metrics::counter::Counter;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpStream;

    use super::*;
    use crate::admin::AdminConfig;

    /// What an embedding program counts.
    #[derive(Debug)]
    struct Answer;

    impl Collector for Answer {
        fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
            encoder.encode_descriptor("answer", "To everything", None, MetricType::Gauge)?.encode_gauge(&42_i64)
        }
    }

    /// What comes back on a connection of its own, whole.
    async fn ask(address: SocketAddr, request: &str) -> String {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream
            .write_all(format!("{request} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").as_bytes())
            .await
            .unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).await.unwrap();
        text
    }

    fn free() -> SocketAddr {
        ([127, 0, 0, 1], 0).into()
    }

    #[tokio::test]
    async fn metrics_are_of_the_server_the_process_and_the_program() {
        let mut registry = Registry::default();
        let requests: Counter = Counter::default();
        registry.register("requests", "Requests", requests.clone());
        requests.inc();
        let admin = AdminConfig::all(free()).with_collector(Answer).bind("admin").unwrap();
        let address = admin.addresses()[0];
        admin.serve(&Handle::current(), registry, Lifecycle::new(), String::new).unwrap();
        let text = ask(address, "GET /metrics").await;
        assert!(text.starts_with("HTTP/1.1 200 OK\r\n"), "{text}");
        for line in ["requests_total 1", "answer 42", "# EOF"] {
            assert!(text.lines().any(|known| known == line), "{line} is not in\n{text}");
        }
        assert_eq!(text.contains("# TYPE process_open_fds gauge"), cfg!(target_os = "linux"));
    }

    #[tokio::test]
    async fn addresses_may_be_apart() {
        let config = AdminConfig::none().with_health(free()).with_ready(free());
        let admin = config.with_ready_remarks(|| "Secret: forbidden\n".into()).bind("admin").unwrap();
        let [health, ready] = admin.addresses()[..] else { panic!("two addresses") };
        admin.serve(&Handle::current(), Registry::default(), Lifecycle::new(), || "Secret".into()).unwrap();
        assert!(ask(health, "GET /health").await.ends_with("\r\n\r\nOK"));
        assert!(ask(health, "GET /ready").await.starts_with("HTTP/1.1 404 "));
        let text = ask(ready, "GET /ready?verbose").await;
        assert!(text.ends_with("\r\n\r\nnot synced: Secret\nSecret: forbidden\n"), "{text}");
        assert!(ask(ready, "HEAD /ready").await.ends_with("\r\n\r\n"));
        assert!(ask(ready, "POST /ready").await.starts_with("HTTP/1.1 405 "));
    }

    #[tokio::test]
    async fn a_taken_address_is_an_error_that_names_it() {
        let holder = TcpListener::bind(free()).unwrap();
        let address = holder.local_addr().unwrap();
        let error = AdminConfig::all(address).bind("admin").unwrap_err();
        assert_eq!((error.purpose, error.address, error.source.kind()), ("admin", address, io::ErrorKind::AddrInUse));
    }

    #[tokio::test]
    async fn connections_beyond_the_bound_wait_for_a_place() {
        let admin = AdminConfig::all(free()).bind("admin").unwrap();
        let address = admin.addresses()[0];
        admin.serve(&Handle::current(), Registry::default(), Lifecycle::new(), String::new).unwrap();
        let mut kept = Vec::new();
        for _ in 0..CONNECTIONS {
            let mut stream = TcpStream::connect(address).await.unwrap();
            stream.write_all(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
            let mut first = [0; 15];
            stream.read_exact(&mut first).await.unwrap();
            assert_eq!(&first, b"HTTP/1.1 200 OK");
            kept.push(stream);
        }
        let waiting = tokio::spawn(ask(address, "GET /health"));
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        assert!(!waiting.is_finished());
        drop(kept.pop());
        assert!(waiting.await.unwrap().ends_with("\r\n\r\nOK"));
    }
}
