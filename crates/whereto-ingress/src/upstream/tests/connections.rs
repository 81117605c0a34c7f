use std::cell::RefCell;

use http::StatusCode;
use hyper_util::rt::TokioIo;
use tokio::sync::Notify;

use super::*;

#[test]
fn what_endpoints_get() {
    on_worker(async {
        let seen: Rc<RefCell<Vec<String>>> = Rc::default();
        let requests = Rc::clone(&seen);
        let address = endpoint(move |mut connection, _| {
            let requests = Rc::clone(&requests);
            async move {
                while let Some(request) = connection.read().await {
                    requests.borrow_mut().push(request);
                    connection.answer("fine").await;
                }
            }
        })
        .await;
        let (worker, table) = (Worker::new(UpstreamOptions::default()), table(&[address], None));
        assert_eq!(worker.get(&table).await, Ok((address, "fine".into())));
        let sent = worker.send(&table, request(Method::POST, "content")).await.unwrap();
        assert_eq!((sent.endpoint, sent.attempts, sent.set_cookie.is_none()), (address, 1, true));
        assert_eq!(
            *seen.borrow(),
            [
                "GET /path?query HTTP/1.1\r\nhost: shop.example\r\n\r\n",
                "POST /path?query HTTP/1.1\r\nhost: shop.example\r\ncontent-length: 7\r\n\r\ncontent",
            ]
        );
    });
}

#[test]
fn connections_are_used_again() {
    on_worker(async {
        let address = endpoint(|mut connection, number| async move {
            while connection.read().await.is_some() {
                connection.answer(&number.to_string()).await;
            }
        })
        .await;
        let (worker, table) = (Worker::new(UpstreamOptions::default()), table(&[address], None));
        for _ in 0..4 {
            assert_eq!(worker.get(&table).await.unwrap().1, "0");
        }
        // Two at a time need two; then the one used last is used next.
        let (first, second) = tokio::join!(worker.send(&table, get()), worker.send(&table, get()));
        assert_eq!(worker.number("connections_opened"), 2);
        assert_eq!(text(second.unwrap().response).await, "1");
        assert_eq!(text(first.unwrap().response).await, "0");
        for _ in 0..4 {
            assert_eq!(worker.get(&table).await.unwrap().1, "0");
        }
        assert_eq!((worker.number("connections"), worker.number("idle_connections")), (2, 2));
        assert_eq!(worker.number("connections_reused"), 8);
    });
}

#[test]
fn no_more_are_kept_than_allowed() {
    on_worker(async {
        let address = answering("fine").await;
        for (max_idle, expected) in [(0, 0), (2, 2), (10, 5)] {
            let worker = Worker::new(UpstreamOptions { max_idle, ..UpstreamOptions::default() });
            let table = table(&[address], None);
            let all: Vec<_> = (0..5).map(|_| worker.send(&table, get())).collect();
            for sent in futures_util::future::join_all(all).await {
                text(sent.unwrap().response).await;
            }
            assert_eq!(worker.number("idle_connections"), expected, "{max_idle}");
        }
    });
}

#[test]
fn what_is_not_read_to_its_end_is_not_used_again() {
    on_worker(async {
        let address = answering("fine").await;
        let (worker, table) = (Worker::new(UpstreamOptions::default()), table(&[address], None));
        drop(worker.send(&table, get()).await.unwrap());
        assert_eq!(worker.number("idle_connections"), 0);
        worker.get(&table).await.unwrap();
        assert_eq!(worker.number("connections_opened"), 2);
    });
}

#[test]
fn closing_is_heeded() {
    on_worker(async {
        // RFC 9112 §9.6.
        let address = endpoint(|mut connection, _| async move {
            while connection.read().await.is_some() {
                connection.write("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\nhi").await;
            }
        })
        .await;
        let (worker, table) = (Worker::new(UpstreamOptions::default()), table(&[address], None));
        for _ in 0..3 {
            assert_eq!(worker.get(&table).await.unwrap().1, "hi");
        }
        assert_eq!(worker.number("connections_opened"), 3);
    });
}

#[test]
fn idle_connections_are_closed_in_time() {
    on_worker(async {
        let address = answering("fine").await;
        let (worker, table) = (Worker::new(UpstreamOptions::default()), table(&[address], None));
        worker.get(&table).await.unwrap();
        assert_eq!(worker.number("connections"), 1);
        tokio::time::pause();
        worker.until("idle_connections", 0).await;
        worker.until("connections", 0).await;
    });
}

#[test]
fn endpoints_that_are_gone_are_let_go() {
    on_worker(async {
        let proceed = Rc::new(Notify::new());
        let slow = Rc::clone(&proceed);
        let address = endpoint(move |mut connection, number| {
            let slow = Rc::clone(&slow);
            async move {
                while connection.read().await.is_some() {
                    if number == 1 {
                        connection.write("HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nsl").await;
                        slow.notified().await;
                        connection.write("ow").await;
                    } else {
                        connection.answer("fast").await;
                    }
                }
            }
        })
        .await;
        let (worker, table) = (Worker::new(UpstreamOptions::default()), table(&[address], None));
        let (fast, slow) = tokio::join!(worker.send(&table, get()), worker.send(&table, get()));
        assert_eq!(text(fast.unwrap().response).await, "fast");
        assert_eq!((worker.number("idle_connections"), worker.number("connections")), (1, 2));
        worker.upstreams.retain(|_| false);
        assert_eq!(worker.number("idle_connections"), 0);
        proceed.notify_one();
        // What was under way is finished, and not kept.
        assert_eq!(text(slow.unwrap().response).await, "slow");
        assert_eq!(worker.number("idle_connections"), 0);
        tokio::time::pause();
        worker.until("connections", 0).await;
    });
}

/// RFC 9110 §7.8.
#[test]
fn upgrades() {
    on_worker(async {
        let address = endpoint(|mut connection, _| async move {
            connection.read().await;
            connection
                .write("HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\nhello ")
                .await;
            let mut octets = [0; 5];
            connection.0.read_exact(&mut octets).await.unwrap();
            connection.0.write_all(&octets).await.unwrap();
        })
        .await;
        let (worker, table) = (Worker::new(UpstreamOptions::default()), table(&[address], None));
        let mut request = get();
        request.headers_mut().insert(header::CONNECTION, "upgrade".parse().unwrap());
        request.headers_mut().insert(header::UPGRADE, "echo".parse().unwrap());
        let mut sent = worker.send(&table, request).await.unwrap();
        assert_eq!(sent.response.status(), StatusCode::SWITCHING_PROTOCOLS);
        let mut stream = TokioIo::new(hyper::upgrade::on(&mut sent.response).await.unwrap());
        stream.write_all(b"world").await.unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).await.unwrap();
        assert_eq!(text, "hello world");
        assert_eq!(worker.number("idle_connections"), 0);
    });
}
