use std::cell::Cell;
use std::convert::Infallible;

use http::StatusCode;
use hyper::body::Frame;
use tokio::sync::Notify;

use super::*;

#[test]
fn nobody_listens() {
    on_worker(async {
        let worker = Worker::new(UpstreamOptions::default());
        let address = nobody().await;
        let failure = worker.get(&table(&[address], None)).await.unwrap_err();
        assert_eq!((failure.kind, failure.endpoint, failure.attempts), (FailureKind::Connect, Some(address), 1));
        assert_eq!((failure.status(), worker.number("connect_failures")), (StatusCode::BAD_GATEWAY, 1));
        let failure = worker.get(&table(&[], None)).await.unwrap_err();
        assert_eq!((failure.status(), failure.attempts), (StatusCode::SERVICE_UNAVAILABLE, 0));
    });
}

/// RFC 9110 §9.2.2: of any method, as long as nothing was sent.
#[test]
fn what_was_not_sent_goes_elsewhere() {
    on_worker(async {
        let good = answering("fine").await;
        let table = table(&[nobody().await, good, nobody().await], None);
        let worker = Worker::new(UpstreamOptions::default());
        for method in [Method::GET, Method::POST, Method::PATCH] {
            for _ in 0..4 {
                let sent = worker.send(&table, request(method.clone(), "content")).await.unwrap();
                assert_eq!(sent.endpoint, good, "{method}");
                assert!(sent.attempts <= 3, "{method}");
            }
        }
        assert!(worker.number("retries") > 0);
        let once = Worker::new(UpstreamOptions { max_attempts: 1, ..UpstreamOptions::default() });
        let mut failed = 0;
        for _ in 0..3 {
            failed += u32::from(once.get(&table).await.is_err());
        }
        assert_eq!((failed, once.number("retries")), (2, 0));
    });
}

#[test]
fn those_that_keep_failing_are_left_out() {
    on_worker(async {
        let table = table(&[answering("fine").await, nobody().await], None);
        let worker = Worker::new(UpstreamOptions::default());
        for _ in 0..40 {
            worker.get(&table).await.unwrap();
        }
        assert_eq!((worker.number("ejections"), worker.number("retries")), (1, 5));
    });
}

/// An endpoint that answers one request and closes; the first two connections wait until they are told to.
async fn closing(gate: &Rc<Notify>) -> SocketAddr {
    let gate = Rc::clone(gate);
    endpoint(move |mut connection, number| {
        let gate = Rc::clone(&gate);
        async move {
            connection.read().await;
            connection.answer(&number.to_string()).await;
            if number < 1 {
                gate.notified().await;
            }
        }
    })
    .await
}

#[test]
fn an_idle_connection_that_was_closed_harms_nobody() {
    on_worker(async {
        let gate = Rc::new(Notify::new());
        let table = table(&[closing(&gate).await], None);
        let worker = Worker::new(UpstreamOptions::default());
        assert_eq!(worker.get(&table).await.unwrap().1, "0");
        gate.notify_one();
        // The closing is under way; nobody here has looked at the socket since.
        tokio::task::yield_now().await;
        for number in 1..5 {
            let sent = worker.send(&table, request(Method::POST, "content")).await;
            // If it was sent before the closing was seen, it may have been received, and is not sent again.
            match sent {
                Ok(sent) => assert!(text(sent.response).await.parse::<u32>().unwrap() >= 1, "{number}"),
                Err(failure) => assert_eq!(failure.kind, FailureKind::BrokenOff),
            }
        }
        assert_eq!(worker.number("ejections"), 0);
    });
}

/// Endpoints of which the first connections break after the request was received.
async fn breaking(broken: &Rc<Cell<u32>>) -> Arc<RoutingTable> {
    let mut addresses = Vec::new();
    for _ in 0..2 {
        let broken = Rc::clone(broken);
        let address = endpoint(move |mut connection, _| {
            let broken = Rc::clone(&broken);
            async move {
                connection.read().await;
                if broken.get() > 0 {
                    broken.set(broken.get() - 1);
                } else {
                    connection.answer("fine").await;
                }
            }
        });
        addresses.push(address.await);
    }
    table(&addresses, None)
}

#[test]
fn what_was_sent_is_sent_again_only_if_that_is_harmless() {
    on_worker(async {
        for (retry, method, content, expected) in [
            (Retry::Unsent, Method::GET, "", Err(FailureKind::BrokenOff)),
            (Retry::Unsent, Method::POST, "content", Err(FailureKind::BrokenOff)),
            (Retry::Idempotent, Method::GET, "", Ok(2)),
            (Retry::Idempotent, Method::DELETE, "", Ok(2)),
            (Retry::Idempotent, Method::POST, "", Err(FailureKind::BrokenOff)),
            (Retry::Idempotent, Method::PATCH, "", Err(FailureKind::BrokenOff)),
            // Its content is gone.
            (Retry::Idempotent, Method::PUT, "content", Err(FailureKind::BrokenOff)),
        ] {
            let broken = Rc::new(Cell::new(1));
            let table = breaking(&broken).await;
            let worker = Worker::new(UpstreamOptions { retry, ..UpstreamOptions::default() });
            let sent = worker.send(&table, request(method.clone(), content)).await;
            let result = sent.as_ref().map(|sent| sent.attempts).map_err(|failure| failure.kind);
            assert_eq!(result, expected, "{retry:?} {method}");
            if let Err(failure) = sent {
                assert_eq!(failure.status(), StatusCode::BAD_GATEWAY);
            }
        }
        // Not for ever.
        let broken = Rc::new(Cell::new(u32::MAX));
        let table = breaking(&broken).await;
        let worker = Worker::new(UpstreamOptions { retry: Retry::Idempotent, ..UpstreamOptions::default() });
        assert_eq!(worker.get(&table).await.unwrap_err().attempts, 2);
    });
}

#[test]
fn late_responses() {
    on_worker(async {
        let address = endpoint(|mut connection, _| async move {
            connection.read().await;
            // From now on, nothing but time passes.
            tokio::time::pause();
            std::future::pending::<()>().await;
        })
        .await;
        let worker = Worker::new(UpstreamOptions::default());
        let failure = worker.get(&table(&[address], None)).await.unwrap_err();
        assert_eq!((failure.kind, failure.status()), (FailureKind::FirstByteTimeout, StatusCode::GATEWAY_TIMEOUT));
        worker.until("connections", 0).await;
    });
}

#[test]
fn what_is_no_http() {
    on_worker(async {
        for answer in ["SSH-2.0-x\r\n", "HTTP/1.1 2\u{2000} OK\r\n\r\n", "HTTP/1.1 200 OK\r\na b: c\r\n\r\n"] {
            let address = endpoint(move |mut connection, _| async move {
                connection.read().await;
                connection.write(answer).await;
                connection.read().await;
            })
            .await;
            let worker = Worker::new(UpstreamOptions::default());
            let failure = worker.get(&table(&[address], None)).await.unwrap_err();
            assert_eq!((failure.kind, failure.status()), (FailureKind::Malformed, StatusCode::BAD_GATEWAY), "{answer}");
        }
    });
}

#[test]
fn content_that_fails() {
    on_worker(async {
        let address = answering("fine").await;
        let counters = Arc::new(UpstreamCounters::default());
        let upstreams = Upstreams::new(Arc::default(), counters, 7);
        let frames = [Ok(Frame::data(Bytes::from_static(b"begun"))), Err(std::io::Error::other("gone"))];
        let content = http_body_util::StreamBody::new(futures_util::stream::iter(frames));
        let request = Request::builder().method(Method::PUT).uri("/").body(content).unwrap();
        let client = ClientKey { address: "192.0.2.7".parse().unwrap(), https: false };
        let table = table(&[address], None);
        let mut outgoing = upstreams.outgoing(upstream(&table), request);
        let failure = upstreams.send(upstream(&table), &mut outgoing, client).await.unwrap_err();
        assert_eq!((failure.kind, failure.status()), (FailureKind::Content, StatusCode::BAD_REQUEST));
    });
}

/// An endpoint is not late while the client is waited for.
#[test]
fn slow_content_is_not_the_endpoints_fault() {
    on_worker(async {
        let address = endpoint(|mut connection, _| async move {
            let mut octets = Vec::new();
            let mut buffer = [0; 1024];
            while !octets.ends_with(b"0\r\n\r\n") {
                let read = connection.0.read(&mut buffer).await.unwrap();
                octets.extend_from_slice(&buffer[..read]);
            }
            connection.answer("fine").await;
            std::future::pending::<()>().await;
        })
        .await;
        let pieces = futures_util::stream::unfold(0, |sent| async move {
            if sent == 0 {
                tokio::time::pause();
            }
            tokio::time::sleep(Duration::from_secs(50)).await;
            (sent < 3).then(|| (Ok::<_, Infallible>(Frame::data(Bytes::from_static(b"piece"))), sent + 1))
        });
        let content = http_body_util::StreamBody::new(Box::pin(pieces));
        let upstreams = Upstreams::new(Arc::default(), Arc::default(), 7);
        let request = Request::builder().method(Method::PUT).uri("/").body(content).unwrap();
        let client = ClientKey { address: "192.0.2.7".parse().unwrap(), https: false };
        let table = table(&[address], None);
        let mut outgoing = upstreams.outgoing(upstream(&table), request);
        let begun = Instant::now();
        let sent = upstreams.send(upstream(&table), &mut outgoing, client).await.unwrap();
        assert!(begun.elapsed() > UpstreamOptions::default().first_byte_timeout * 2);
        assert_eq!(text(sent.response).await, "fine");
    });
}
