//! HTTP/2 from clients: in clear text by prior knowledge, and by TLS.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use http::{HeaderMap, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full, combinators::BoxBody};
use hyper::body::{Body, Bytes, Frame, Incoming};
use hyper::client::conn::http2::SendRequest;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncRead, AsyncWrite};
use whereto_ingress::Limits;

use super::common::{Client, Cluster, Endpoint, Issued};

type Content = BoxBody<Bytes, std::convert::Infallible>;

fn content(text: &str) -> Content {
    Full::new(Bytes::from(text.to_owned())).boxed()
}

async fn handshake(stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static) -> SendRequest<Content> {
    let (sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    sender
}

async fn connect(address: SocketAddr) -> SendRequest<Content> {
    handshake(tokio::net::TcpStream::connect(address).await.unwrap()).await
}

fn request(method: &str, path: &str, text: &str) -> Request<Content> {
    let uri = format!("http://shop.example{path}");
    Request::builder().method(method).uri(uri).body(content(text)).unwrap()
}

/// Status, content and trailers.
async fn whole(response: Response<Incoming>) -> (StatusCode, String, Option<HeaderMap>) {
    let status = response.status();
    let collected = response.into_body().collect().await.unwrap();
    let trailers = collected.trailers().cloned();
    (status, String::from_utf8_lossy(&collected.to_bytes()).into_owned(), trailers)
}

#[tokio::test]
async fn requests_run_beside_each_other() {
    let endpoint = Endpoint::start();
    let (_server, address) = Cluster::with_endpoint(endpoint.address).serve_http();
    let mut sender = connect(address).await;
    let silent = sender.send_request(request("GET", "/silent", ""));
    let mut others = Vec::new();
    for number in 0..20 {
        others.push(sender.send_request(request("POST", "/echo", &format!("number {number}"))));
    }
    for (number, other) in others.into_iter().enumerate() {
        let (status, text, _) = whole(other.await.unwrap()).await;
        assert_eq!((status.as_u16(), text), (200, format!("number {number}")));
    }
    drop(silent);
}

#[tokio::test]
async fn the_endpoint_gets_a_request_of_http1() {
    let endpoint = Endpoint::start();
    let (_server, address) = Cluster::with_endpoint(endpoint.address).serve_http();
    let mut sender = connect(address).await;
    let mut request = request("GET", "/a?b", "");
    for crumb in ["a=1", "b=2"] {
        request.headers_mut().append("cookie", crumb.parse().unwrap());
    }
    request.headers_mut().insert("te", "trailers".parse().unwrap());
    assert_eq!(sender.send_request(request).await.unwrap().status(), 200);
    let [received] = endpoint.requests().try_into().unwrap();
    assert_eq!(received.start, "GET /a?b HTTP/1.1");
    assert_eq!((received.field("host"), received.field("cookie")), (Some("shop.example"), Some("a=1; b=2")));
    assert_eq!((received.field("te"), received.field("connection")), (Some("trailers"), Some("te")));
}

#[tokio::test]
async fn trailers_and_own_answers() {
    let endpoint = Endpoint::start();
    let server = Cluster::with_endpoint(endpoint.address)
        .serve(|config| config.with_limits(Limits::new().with_head(4096).with_body(Some(10))));
    let mut sender = connect(server.addresses().http[0]).await;
    let (status, text, trailers) = whole(sender.send_request(request("GET", "/chunks", "")).await.unwrap()).await;
    assert_eq!((status.as_u16(), text.as_str()), (200, "foursev"));
    assert_eq!(trailers.unwrap()["x-sum"], "7");
    let (status, text, _) = whole(sender.send_request(request("GET", "/..", "")).await.unwrap()).await;
    assert_eq!((status.as_u16(), text.as_str()), (400, "400 Bad Request\n"));
    let mut long = request("GET", "/", "");
    long.headers_mut().insert("x", "x".repeat(5000).parse().unwrap());
    assert_eq!(sender.send_request(long).await.unwrap().status(), 431);
    let (status, ..) = whole(sender.send_request(request("POST", "/echo", "more than ten")).await.unwrap()).await;
    assert_eq!(status.as_u16(), 413);
    let growing = Request::post("http://shop.example/echo").body(Pieces(2).boxed()).unwrap();
    let (status, text, _) = whole(sender.send_request(growing).await.unwrap()).await;
    assert_eq!((status.as_u16(), text.as_str()), (413, "413 Payload Too Large\n"));
    assert_eq!(sender.send_request(request("GET", "/", "")).await.unwrap().status(), 200);
}

/// So many pieces of eight octets.
struct Pieces(u32);

impl Body for Pieces {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let left = self.0.checked_sub(1);
        self.0 = left.unwrap_or(0);
        Poll::Ready(left.map(|_| Ok(Frame::data(Bytes::from_static(b"01234567")))))
    }
}

#[tokio::test]
async fn by_tls_both_versions_are_offered() {
    let endpoint = Endpoint::start();
    let mut cluster = Cluster::with_endpoint(endpoint.address);
    let issued = Issued::for_host("shop.example");
    cluster.tls_ingress("web", "shop.example", "web");
    cluster.secret("web", "shop.example", &issued);
    cluster.publish();
    let server = cluster.serve(|config| config.with_https(([127, 0, 0, 1], 0).into()));
    let mut roots = rustls::RootCertStore::empty();
    roots.add(issued.der.clone().into()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec()];
    let stream = tokio::net::TcpStream::connect(server.addresses().https[0]).await.unwrap();
    let name = "shop.example".try_into().unwrap();
    let stream = tokio_rustls::TlsConnector::from(Arc::new(config)).connect(name, stream).await.unwrap();
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
    let mut sender = handshake(stream).await;
    let mut request = request("GET", "/", "");
    *request.uri_mut() = "https://shop.example/".parse().unwrap();
    let (status, text, _) = whole(sender.send_request(request).await.unwrap()).await;
    assert_eq!(status.as_u16(), 200);
    assert!(text.contains("x-forwarded-proto: https"), "{text}");
}

#[tokio::test]
async fn shutdown_says_goaway_and_finishes() {
    let endpoint = Endpoint::start();
    let (server, address) = Cluster::with_endpoint(endpoint.address).serve_http();
    let mut sender = connect(address).await;
    assert_eq!(sender.send_request(request("GET", "/", "")).await.unwrap().status(), 200);
    let under_way = sender.send_request(request("GET", "/later", ""));
    while endpoint.take().is_empty() {
        tokio::task::yield_now().await;
    }
    server.handle().begin_shutdown();
    let (status, text, _) = whole(under_way.await.unwrap()).await;
    assert_eq!((status.as_u16(), text.as_str()), (200, "later"));
    // The connection ends by itself.
    while !sender.is_closed() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    tokio::task::spawn_blocking(move || server.wait()).await.unwrap();
}

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

/// RFC 7541 appendix A: GET, http, `/`, and the authority as a literal.
fn get() -> Vec<u8> {
    let host = b"shop.example";
    [&[0x82, 0x86, 0x84, 0x41, u8::try_from(host.len()).unwrap()][..], host].concat()
}

const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const GOAWAY: u8 = 7;
const CONTINUATION: u8 = 9;

/// Writes octets after the preface; whether the server says GOAWAY, or just closes.
fn is_sent_away(address: SocketAddr, octets: &[u8]) -> bool {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let preface = [&b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"[..], &frame(SETTINGS, 0, 0, &[])].concat();
    // The server may close while this is written.
    let _ = stream.write_all(&preface).and_then(|()| stream.write_all(octets));
    loop {
        let mut head = [0; 9];
        if stream.read_exact(&mut head).is_err() {
            return true;
        }
        let mut payload = vec![0; usize::from(head[1]) << 8 | usize::from(head[2])];
        if stream.read_exact(&mut payload).is_err() || head[3] == GOAWAY {
            return true;
        }
    }
}

#[test]
fn floods_end_the_connection_and_no_other() {
    let endpoint = Endpoint::start();
    let (_server, address) = Cluster::with_endpoint(endpoint.address).serve_http();
    let streams = || (0..4000_u32).map(|number| 2 * number + 1);
    // CVE-2023-44487.
    let resets: Vec<u8> = streams()
        .flat_map(|stream| [frame(HEADERS, 5, stream, &get()), frame(RST_STREAM, 0, stream, &[0, 0, 0, 8])].concat())
        .collect();
    // CVE-2024-27316.
    let continued: Vec<u8> = [frame(HEADERS, 1, 1, &get())]
        .into_iter()
        .chain((0..4000).map(|_| frame(CONTINUATION, 0, 1, b"\x40\x01x\x01y")))
        .flatten()
        .collect();
    // CVE-2025-8671: the server is made to reset, by window updates of nothing.
    let made: Vec<u8> = streams()
        .flat_map(|stream| [frame(HEADERS, 4, stream, &get()), frame(8, 0, stream, &[0; 4])].concat())
        .collect();
    for (name, octets) in [("resets", resets), ("continuation", continued), ("made to reset", made)] {
        assert!(is_sent_away(address, &octets), "{name}");
        assert_eq!(Client::get(address, "shop.example", "/").status(), 200, "{name}");
    }
}

#[test]
fn what_begins_like_the_preface_is_http1() {
    let endpoint = Endpoint::start();
    let (_server, address) = Cluster::with_endpoint(endpoint.address).serve_http();
    let mut client = Client::connect(address);
    client.send("PR").send("OPFIND /x HTTP/1.1\r\nHost: shop.example\r\n\r\n");
    assert!(client.receive().text().starts_with("PROPFIND /x HTTP/1.1\n"));
}
