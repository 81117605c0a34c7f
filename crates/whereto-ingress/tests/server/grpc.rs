//! HTTP/2 on both sides (`appProtocol: kubernetes.io/h2c`), with content both ways at once and trailers, as gRPC has them.

use std::convert::Infallible;
use std::net::SocketAddr;

use futures_util::stream;
use http::{HeaderMap, Request, Response, Version};
use http_body_util::{BodyExt, StreamBody};
use hyper::body::{Body, Bytes, Frame, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use ingress_routing::{HttpsRedirect, Options};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

use super::common::Cluster;

/// Content that comes by a channel.
fn content_of(mut receiver: mpsc::Receiver<Frame<Bytes>>) -> impl Body<Data = Bytes, Error = Infallible> + Unpin {
    StreamBody::new(stream::poll_fn(move |context| receiver.poll_recv(context).map(|frame| frame.map(Ok))))
}

/// Sends each piece back as it comes, and at the end a trailer with the number of octets.
async fn echo(request: Request<Incoming>) -> Result<Response<impl Body<Data = Bytes, Error = Infallible>>, Infallible> {
    assert_eq!(request.version(), Version::HTTP_2);
    let (sender, receiver) = mpsc::channel(1);
    let te = request.headers().get("te").cloned();
    let authority = request.uri().authority().map(ToString::to_string).unwrap_or_default();
    tokio::spawn(async move {
        let mut content = request.into_body();
        let mut octets = 0;
        while let Some(Ok(frame)) = content.frame().await {
            if let Ok(data) = frame.into_data() {
                octets += data.len();
                let _ = sender.send(Frame::data(data)).await;
            }
        }
        let mut trailers = HeaderMap::new();
        trailers.insert("grpc-status", "0".parse().unwrap());
        trailers.insert("octets", octets.into());
        let _ = sender.send(Frame::trailers(trailers)).await;
    });
    let mut response = Response::new(content_of(receiver));
    response.headers_mut().insert("content-type", "application/grpc".parse().unwrap());
    response.headers_mut().insert("x-authority", authority.parse().unwrap());
    if let Some(te) = te {
        response.headers_mut().insert("x-te", te);
    }
    Ok(response)
}

async fn endpoint() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let connection = hyper::server::conn::http2::Builder::new(TokioExecutor::new())
                .serve_connection(TokioIo::new(stream), service_fn(echo));
            tokio::spawn(connection);
        }
    });
    address
}

#[tokio::test]
async fn both_directions_stream_at_once_and_end_with_trailers() {
    let mut cluster = Cluster::new(Options::new().with_https_redirect(HttpsRedirect::Off));
    cluster.service("rpc", Some("kubernetes.io/h2c"), &[endpoint().await]);
    cluster.ingress("rpc", "shop.example", "/", "rpc");
    cluster.publish();
    let (_server, address) = cluster.serve_http();
    let stream = TokioIo::new(TcpStream::connect(address).await.unwrap());
    let (mut sender, connection) = hyper::client::conn::http2::handshake(TokioExecutor::new(), stream).await.unwrap();
    tokio::spawn(connection);

    let (content, receiver) = mpsc::channel(1);
    let request = Request::post("http://shop.example/shop.Cart/Watch")
        .header("te", "trailers")
        .header("content-type", "application/grpc")
        .body(content_of(receiver))
        .unwrap();
    content.send(Frame::data(Bytes::from_static(b"0"))).await.unwrap();
    let response = sender.send_request(request).await.unwrap();
    assert_eq!(response.headers()["x-authority"], "shop.example");
    assert_eq!(response.headers()["x-te"], "trailers");
    let mut answer = Answer(response.into_body());
    for number in 1..10_u8 {
        // The answer to what was sent comes before the next is sent: nothing is held back on the way.
        assert_eq!(answer.data().await[..], [b'0' + number - 1]);
        content.send(Frame::data(Bytes::from(vec![b'0' + number]))).await.unwrap();
    }
    assert_eq!(answer.data().await[..], *b"9");
    drop(content);
    let trailers = answer.trailers().await;
    assert_eq!((trailers["grpc-status"].to_str().unwrap(), trailers["octets"].to_str().unwrap()), ("0", "10"));
}

/// A response's content, piece by piece.
struct Answer(Incoming);

impl Answer {
    async fn data(&mut self) -> Bytes {
        self.0.frame().await.unwrap().unwrap().into_data().unwrap()
    }

    async fn trailers(&mut self) -> HeaderMap {
        self.0.frame().await.unwrap().unwrap().into_trailers().unwrap()
    }
}
