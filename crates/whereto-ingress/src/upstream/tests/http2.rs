use std::cell::Cell;
use std::convert::Infallible;

use http::{HeaderMap, Response, Version};
use hyper::body::{Frame, Incoming};
use hyper::server::conn::http2;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::sync::Notify;

use super::*;
use crate::executor::LocalExecutor;

/// An endpoint of HTTP/2 that answers with `:scheme`, `:authority` and the fields, and with trailers; counts connections.
pub(super) async fn endpoint_http2(opened: &Rc<Cell<u32>>) -> SocketAddr {
    let opened = Rc::clone(opened);
    endpoint(move |connection, _| {
        opened.set(opened.get() + 1);
        serve(connection.0)
    })
    .await
}

pub(super) async fn serve(stream: impl tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + 'static) {
    let service = service_fn(|request: Request<Incoming>| async move {
        assert_eq!(request.version(), Version::HTTP_2);
        let host = request.headers().contains_key("host");
        let text = format!("{} {host}", request.uri());
        let trailers = HeaderMap::from_iter([("grpc-status".parse().unwrap(), "0".parse().unwrap())]);
        let frames = [Ok::<_, Infallible>(Frame::data(Bytes::from(text))), Ok(Frame::trailers(trailers))];
        Ok::<_, Infallible>(Response::new(http_body_util::StreamBody::new(futures_util::stream::iter(frames))))
    });
    let _ = http2::Builder::new(LocalExecutor).serve_connection(TokioIo::new(stream), service).await;
}

#[test]
fn many_requests_share_a_connection() {
    on_worker(async {
        let opened = Rc::new(Cell::new(0));
        let table = table(&[endpoint_http2(&opened).await], Some("kubernetes.io/h2c"));
        let worker = Worker::new(UpstreamOptions::default());
        for _ in 0..2 {
            let all: Vec<_> = (0..50).map(|_| worker.get(&table)).collect();
            for result in futures_util::future::join_all(all).await {
                assert_eq!(result.unwrap().1, "http://shop.example/path?query false");
            }
        }
        assert_eq!((opened.get(), worker.number("connections_reused")), (1, 99));
    });
}

#[test]
fn a_full_connection_is_joined_by_another() {
    on_worker(async {
        let opened = Rc::new(Cell::new(0));
        let table = table(&[endpoint_http2(&opened).await], Some("h2c"));
        let worker = Worker::new(UpstreamOptions { max_streams: 2, ..UpstreamOptions::default() });
        let all: Vec<_> = (0..6).map(|_| worker.send(&table, get())).collect();
        let all = futures_util::future::join_all(all).await;
        assert_eq!(opened.get(), 3);
        drop(all);
        worker.get(&table).await.unwrap();
        assert_eq!(opened.get(), 3);
    });
}

#[test]
fn trailers_come_through() {
    on_worker(async {
        let table = table(&[endpoint_http2(&Rc::default()).await], Some("grpc"));
        let sent =
            Worker::new(UpstreamOptions::default()).send(&table, request(Method::POST, "content")).await.unwrap();
        let all = sent.response.into_body().collect().await.unwrap();
        assert_eq!(all.trailers().unwrap()["grpc-status"], "0");
    });
}

/// RFC 9113 §8.3.1: there is an authority, always.
#[test]
fn requests_without_a_host_are_for_the_service() {
    on_worker(async {
        let table = table(&[endpoint_http2(&Rc::default()).await], Some("h2c"));
        let mut request = get();
        request.headers_mut().insert(header::HOST, "".parse().unwrap());
        let sent = Worker::new(UpstreamOptions::default()).send(&table, request).await.unwrap();
        assert_eq!(text(sent.response).await, "http://web.shop.svc/path?query false");
    });
}

#[test]
fn a_connection_that_ends_is_replaced() {
    on_worker(async {
        let opened = Rc::new(Cell::new(0));
        let (count, end) = (Rc::clone(&opened), Rc::new(Notify::new()));
        let ends = Rc::clone(&end);
        // The first connection ends when it is told to.
        let address = endpoint(move |connection, number| {
            count.set(count.get() + 1);
            let ends = Rc::clone(&ends);
            async move {
                let mut serving = std::pin::pin!(serve(connection.0));
                tokio::select! {
                    () = serving.as_mut() => {}
                    () = ends.notified(), if number == 0 => {}
                }
            }
        })
        .await;
        let (worker, table) = (Worker::new(UpstreamOptions::default()), table(&[address], Some("h2c")));
        worker.get(&table).await.unwrap();
        end.notify_one();
        tokio::time::pause();
        worker.until("connections", 0).await;
        tokio::time::resume();
        worker.get(&table).await.unwrap();
        assert_eq!(opened.get(), 2);
    });
}

#[test]
fn those_who_wait_for_a_connection_fail_with_it() {
    on_worker(async {
        let table = table(&[nobody().await], Some("h2c"));
        let worker = Worker::new(UpstreamOptions::default());
        let all: Vec<_> = (0..5).map(|_| worker.get(&table)).collect();
        for result in futures_util::future::join_all(all).await {
            assert_eq!(result.unwrap_err().kind, FailureKind::Connect);
        }
        assert_eq!(worker.number("connections_opened"), 0);
    });
}

/// An endpoint whose machine is gone as soon as it has a request: nothing is closed, nothing is answered, not even a PING. And who tells of that.
async fn endpoint_that_vanishes() -> (SocketAddr, Rc<Notify>) {
    let vanished = Rc::new(Notify::new());
    let told = Rc::clone(&vanished);
    let address = endpoint(move |connection, _| {
        let told = Rc::clone(&told);
        async move {
            let heard = Notify::new();
            let service = service_fn(|_: Request<Incoming>| {
                heard.notify_one();
                std::future::pending::<Result<Response<Full<Bytes>>, Infallible>>()
            });
            let served = http2::Builder::new(LocalExecutor).serve_connection(TokioIo::new(connection.0), service);
            tokio::pin!(served);
            tokio::select! {
                _ = &mut served => {}
                () = heard.notified() => {
                    told.notify_one();
                    std::future::pending().await
                }
            }
        }
    });
    (address.await, vanished)
}

#[test]
fn a_silent_connection_is_given_up_when_no_ping_is_answered() {
    on_worker(async {
        let asked = Some(Duration::from_secs(3));
        for (ping_interval, expected, seconds) in
            [(asked, FailureKind::BrokenOff, 6.0), (None, FailureKind::FirstByteTimeout, 60.0)]
        {
            let (endpoint, vanished) = endpoint_that_vanishes().await;
            let table = table(&[endpoint], Some("h2c"));
            let worker = Worker::new(UpstreamOptions { ping_interval, ..UpstreamOptions::default() });
            let asking = worker.get(&table);
            tokio::pin!(asking);
            tokio::select! {
                _ = &mut asking => panic!("nothing answers"),
                () = vanished.notified() => {}
            }
            // From here on nothing happens but that time goes by.
            tokio::time::pause();
            let begin = Instant::now();
            let failure = asking.await.unwrap_err();
            assert_eq!((failure.kind, begin.elapsed().as_secs_f64().round()), (expected, seconds));
            tokio::time::resume();
        }
    });
}
