//! Health, readiness and metrics.

use std::net::SocketAddr;
use std::sync::Arc;

use arc_swap::ArcSwap;
use ingress_routing::model::{Change, Kind};
use ingress_routing::{Options, Router};
use whereto_ingress::{AdminConfig, Certificates, IngressConfig, IngressServer};

use super::common::{Client, Cluster, Endpoint};

fn any() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 0))
}

#[test]
fn ready_is_who_has_seen_everything_and_does_not_end() {
    let mut router = Router::new(Options::new());
    let tables = Arc::new(ArcSwap::new(router.publish()));
    let config = IngressConfig::new().with_http(any()).with_admin(AdminConfig::all(any()));
    let server = IngressServer::start(config, Arc::clone(&tables), Arc::new(Certificates::new())).unwrap();
    let (http, admin) = (server.addresses().http[0], server.addresses().admin[0]);
    assert_eq!(Client::get(admin, "x", "/health").status(), 200);
    let ready = Client::get(admin, "x", "/ready");
    assert_eq!((ready.status(), ready.text().as_str()), (503, "not synced: Ingress, Service, EndpointSlice, Secret\n"));
    assert_eq!(Client::get(http, "x", "/").status(), 503);
    router.apply_all(Kind::ALL.map(Change::Synced));
    tables.store(router.publish());
    assert_eq!(Client::get(admin, "x", "/ready").status(), 200);
    assert_eq!(Client::get(http, "x", "/").status(), 404);
    server.handle().begin_shutdown();
    assert_eq!(Client::get(admin, "x", "/ready").status(), 503);
    // In the lame-duck time requests are served, and connections are not kept.
    let response = Client::get(http, "x", "/");
    assert_eq!((response.status(), response.field("connection")), (404, Some("close")));
}

#[test]
fn metrics_tell_what_happened() {
    let endpoint = Endpoint::start();
    let server = Cluster::with_endpoint(endpoint.address)
        .serve(|config| config.with_admin(AdminConfig::all(any())).with_workers(2));
    let (http, admin) = (server.addresses().http[0], server.addresses().admin[0]);
    for target in ["/", "/a/../b", "/empty"] {
        assert!(Client::get(http, "shop.example", target).status() < 300);
    }
    assert_eq!(Client::get(http, "other.example", "/").status(), 404);
    assert_eq!(
        Client::once(http, "POST /echo HTTP/1.1\r\nHost: shop.example\r\nContent-Length: 5\r\n\r\nhello").text(),
        "hello"
    );
    // Counted when the response has been sent, which may be after the client has read it.
    let expected = [
        "whereto_ingress_requests_total{namespace=\"shop\",ingress=\"web\",status=\"2xx\"} 4",
        "whereto_ingress_requests_total{namespace=\"\",ingress=\"\",status=\"4xx\"} 1",
        "whereto_ingress_paths_changed_total 1",
        "whereto_ingress_received_bytes_total 5",
        "whereto_ingress_request_duration_seconds_count 5",
        "whereto_ingress_connections_total{scheme=\"http\"} 5",
        "whereto_ingress_protocol_connections_total{version=\"1\"} 5",
        "whereto_ingress_active_requests 0",
    ];
    let mut text = String::new();
    for _ in 0..100 {
        text = Client::get(admin, "x", "/metrics").text();
        if expected.iter().all(|line| text.lines().any(|there| there == *line)) {
            return;
        }
        std::thread::yield_now();
    }
    panic!("{text}");
}
