mod choice;
mod connections;
mod failures;
mod http2;
mod tls;

use std::future::Future;
use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::Arc;

use http::{Method, Request, header};
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use ingress_routing::model::{
    Backend, Change, Endpoint, EndpointPort, EndpointSlice, Ingress, PathRule, PathType, Rule, Service, ServicePort,
};
use ingress_routing::{Options, Router, RoutingTable};
use object_change::{Delta, ObjectKey};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::LocalSet;

use super::*;

type Content = Full<Bytes>;

/// Runs a test as a worker runs: on one thread, with tasks of its own.
fn on_worker<F: Future>(test: F) -> F::Output {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    LocalSet::new().block_on(&runtime, test)
}

/// What a worker has.
struct Worker {
    upstreams: Rc<Upstreams<Content>>,
    counters: Arc<UpstreamCounters>,
}

impl Worker {
    fn new(options: UpstreamOptions) -> Self {
        let counters = Arc::new(UpstreamCounters::default());
        Self { upstreams: Upstreams::new(Arc::new(options), Arc::clone(&counters), 7), counters }
    }

    async fn send(&self, table: &RoutingTable, request: Request<Content>) -> Result<Sent, UpstreamFailure> {
        let client = ClientKey { address: "192.0.2.7".parse().unwrap(), https: false };
        let mut outgoing = self.upstreams.outgoing(upstream(table), request);
        self.upstreams.send(upstream(table), &mut outgoing, client).await
    }

    /// Sends a GET request and reads the response.
    async fn get(&self, table: &RoutingTable) -> Result<(SocketAddr, String), UpstreamFailure> {
        let sent = self.send(table, get()).await?;
        Ok((sent.endpoint, text(sent.response).await))
    }

    /// Waits until a number is what it should be; to be called with a virtual clock, so that this takes no time.
    async fn until(&self, name: &str, expected: u64) {
        for _ in 0..1000 {
            if self.number(name) == expected {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("{name} is {}", self.number(name));
    }

    fn number(&self, name: &str) -> u64 {
        let name = format!("whereto_ingress_upstream_{name}");
        self.counters.each().iter().find(|(of, ..)| *of == name).expect("a counter").3
    }
}

/// A table whose one upstream, `shop/web`, has these endpoints.
fn table(endpoints: &[SocketAddr], app_protocol: Option<&str>) -> Arc<RoutingTable> {
    let mut router = Router::new(Options::new());
    let path = PathRule::new("/", PathType::Prefix, Backend::service("web", 80));
    let ingress = Ingress::new().with_rule(Rule::new("shop.example").with_path(path));
    router.apply(Change::Ingress(Delta::Upsert(ObjectKey::new("shop", "web"), ingress)));
    let mut port = ServicePort::new("http", 80);
    if let Some(name) = app_protocol {
        port = port.with_app_protocol(name);
    }
    let service = Service::new().with_port(port);
    router.apply(Change::Service(Delta::Upsert(ObjectKey::new("shop", "web"), service)));
    for endpoint in endpoints {
        let slice = EndpointSlice::new("web")
            .with_port(EndpointPort::new("http", endpoint.port()))
            .with_endpoint(Endpoint::new(endpoint.ip()));
        let name = format!("web-{}", endpoint.port());
        router.apply(Change::EndpointSlice(Delta::Upsert(ObjectKey::new("shop", name), slice)));
    }
    router.publish()
}

fn upstream(table: &RoutingTable) -> &Upstream {
    table.upstreams().next().expect("an upstream")
}

fn get() -> Request<Content> {
    request(Method::GET, "")
}

fn request(method: Method, content: &'static str) -> Request<Content> {
    let request = Request::builder().method(method).uri("/path?query").header(header::HOST, "shop.example");
    request.body(Full::new(Bytes::from_static(content.as_bytes()))).unwrap()
}

async fn text(response: Response<UpstreamBody>) -> String {
    String::from_utf8(response.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap()
}

/// An endpoint that treats each connection as it is told, with the number of the connection.
async fn endpoint<F: Future<Output = ()> + 'static>(serve: impl Fn(Connection, usize) -> F + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::task::spawn_local(async move {
        for number in 0.. {
            let (stream, _) = listener.accept().await.unwrap();
            tokio::task::spawn_local(serve(Connection(stream), number));
        }
    });
    address
}

/// An address where nobody listens.
async fn nobody() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap()
}

/// An endpoint that answers every request with a text.
async fn answering(answer: &'static str) -> SocketAddr {
    endpoint(move |mut connection, _| async move {
        while connection.read().await.is_some() {
            connection.answer(answer).await;
        }
    })
    .await
}

/// The endpoint's side of a connection, octet by octet.
struct Connection(TcpStream);

impl Connection {
    /// The fields and the content of the next request; `None` at the end of the connection.
    async fn read(&mut self) -> Option<String> {
        let mut octets = Vec::new();
        loop {
            let text = String::from_utf8_lossy(&octets).into_owned();
            if let Some((head, content)) = text.split_once("\r\n\r\n") {
                let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
                if content.len() >= length.map_or(0, |length| length.parse().unwrap()) {
                    return Some(text);
                }
            }
            let mut buffer = [0; 1024];
            match self.0.read(&mut buffer).await {
                Ok(0) | Err(_) => return None,
                Ok(read) => octets.extend_from_slice(&buffer[..read]),
            }
        }
    }

    async fn answer(&mut self, content: &str) {
        self.write(&format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{content}", content.len())).await;
    }

    async fn write(&mut self, octets: &str) {
        // The other side may have gone.
        let _ = self.0.write_all(octets.as_bytes()).await;
    }
}
