//! Ends.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use whereto_ingress::{Phase, Timeouts};

use super::common::{Client, Cluster, Endpoint};

#[test]
fn requests_under_way_are_finished() {
    let endpoint = Endpoint::start();
    let (server, address) = Cluster::with_endpoint(endpoint.address).serve_http();
    let mut client = Client::connect(address);
    client.send("POST /echo HTTP/1.1\r\nHost: shop.example\r\nContent-Length: 5\r\n\r\nhel");
    // It has begun: the endpoint's turn has come when the rest is sent.
    let mut idle = Client::connect(address);
    assert_eq!(idle.send("GET / HTTP/1.1\r\nHost: shop.example\r\n\r\n").receive().status(), 200);
    server.handle().begin_shutdown();
    assert!(idle.is_closed());
    client.send("lo");
    let response = client.receive();
    assert_eq!((response.text().as_str(), response.field("connection")), ("hello", Some("close")));
    assert!(client.is_closed());
    server.wait();
    assert!(std::net::TcpStream::connect(address).is_err());
}

#[test]
fn connections_without_a_request_are_closed() {
    let endpoint = Endpoint::start();
    let hour = Duration::from_secs(3600);
    let server = Cluster::with_endpoint(endpoint.address)
        .serve(|config| config.with_shutdown(Duration::ZERO, hour).with_timeouts(Timeouts::new().with_head(hour)));
    let address = server.addresses().http[0];
    let mut silent = Client::connect(address);
    // What may become the preface of HTTP/2 is no request either.
    let mut hesitating = Client::connect(address);
    hesitating.send("PRI");
    assert_eq!(Client::get(address, "shop.example", "/").status(), 200);
    server.handle().begin_shutdown();
    assert!(silent.try_receive().unwrap().is_none());
    assert!(hesitating.try_receive().unwrap().is_none());
    server.wait();
}

#[test]
fn connections_without_a_handshake_are_closed() {
    let endpoint = Endpoint::start();
    let (hour, any) = (Duration::from_secs(3600), SocketAddr::from(([127, 0, 0, 1], 0)));
    let timeouts = Timeouts::new().with_handshake(hour);
    let server = Cluster::with_endpoint(endpoint.address)
        .serve(|config| config.with_https(any).with_shutdown(Duration::ZERO, hour).with_timeouts(timeouts));
    let address = server.addresses().https[0];
    let mut silent = Client::connect(address);
    // The begin of a record with a handshake (RFC 8446 §5.1).
    let mut hesitating = Client::connect(address);
    hesitating.send([0x16, 0x03, 0x01]);
    assert_eq!(Client::get(server.addresses().http[0], "shop.example", "/").status(), 200);
    server.handle().begin_shutdown();
    assert!(silent.try_receive().unwrap().is_none());
    assert!(hesitating.try_receive().unwrap().is_none());
    server.wait();
}

#[test]
fn connections_without_a_proxy_header_are_closed() {
    let endpoint = Endpoint::start();
    let hour = Duration::from_secs(3600);
    let senders = vec!["127.0.0.1/32".parse().unwrap()];
    let server = Cluster::with_endpoint(endpoint.address).serve(|config| {
        let timeouts = Timeouts::new().with_handshake(hour);
        config.with_proxy_protocol(senders).with_shutdown(Duration::ZERO, hour).with_timeouts(timeouts)
    });
    let mut silent = Client::connect(server.addresses().http[0]);
    server.handle().begin_shutdown();
    assert!(silent.try_receive().unwrap().is_none());
    server.wait();
}

#[test]
fn what_does_not_end_is_cut_after_the_grace_time() {
    let endpoint = Endpoint::start();
    let server = Cluster::with_endpoint(endpoint.address)
        .serve(|config| config.with_shutdown(Duration::ZERO, Duration::from_millis(100)));
    let mut client = Client::connect(server.addresses().http[0]);
    client.send("GET /silent HTTP/1.1\r\nHost: shop.example\r\n\r\n");
    while endpoint.take().is_empty() {
        std::thread::yield_now();
    }
    server.handle().begin_shutdown();
    server.wait();
    assert!(client.is_closed());
}

#[test]
fn abort_waits_for_nothing() {
    let endpoint = Endpoint::start();
    let server = Cluster::with_endpoint(endpoint.address)
        .serve(|config| config.with_shutdown(Duration::from_secs(3600), Duration::from_secs(3600)));
    let mut client = Client::connect(server.addresses().http[0]);
    client.send("GET /silent HTTP/1.1\r\nHost: shop.example\r\n\r\n");
    while endpoint.take().is_empty() {
        std::thread::yield_now();
    }
    let handle = server.handle();
    handle.begin_shutdown();
    assert_eq!(handle.phase(), Phase::LameDuck);
    handle.abort();
    server.wait();
    assert_eq!(handle.phase(), Phase::Stopped);
}

#[test]
fn no_request_fails_under_load() {
    let endpoint = Endpoint::start();
    let server = Cluster::with_endpoint(endpoint.address)
        .serve(|config| config.with_shutdown(Duration::from_millis(300), Duration::from_secs(10)).with_workers(2));
    let address = server.addresses().http[0];
    let (ended, answered) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let load: Vec<_> = (0..4)
        .map(|_| {
            let (ended, answered) = (Arc::clone(&ended), Arc::clone(&answered));
            std::thread::spawn(move || {
                let mut client = Client::connect(address);
                loop {
                    let response = client.send("GET /chunks HTTP/1.1\r\nHost: shop.example\r\n\r\n").receive();
                    assert_eq!((response.status(), response.text().as_str()), (200, "foursev"));
                    answered.fetch_add(1, Ordering::Relaxed);
                    if response.field("connection") == Some("close") {
                        // Who was told goes elsewhere, as a load balancer makes its clients do.
                        assert!(ended.load(Ordering::Relaxed));
                        return;
                    }
                }
            })
        })
        .collect();
    while answered.load(Ordering::Relaxed) < 100 {
        std::thread::yield_now();
    }
    ended.store(true, Ordering::Relaxed);
    server.handle().begin_shutdown();
    for thread in load {
        thread.join().unwrap();
    }
    server.wait();
}
