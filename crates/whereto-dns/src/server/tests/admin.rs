use whereto_server::AdminConfig;

use super::{config, get, loopback, start, start_with, until};
use crate::testing::{edns_query, empty_snapshot, query, snapshot};

#[test]
fn readiness_follows_the_zones() {
    let running = start_with(config(), empty_snapshot());
    let (status, body) = running.get("/ready");
    assert_eq!(status, 503);
    assert!(body.contains("Service"), "{body:?} says what is missing");
    assert_eq!(running.get("/health"), (200, "OK".into()));
    running.snapshots.store(snapshot());
    assert_eq!(running.get("/ready"), (200, "OK".into()));
    assert_eq!(running.get("/nothing").0, 404);
}

#[test]
fn each_endpoint_may_have_an_address_of_its_own() {
    let addresses = AdminConfig::none().with_health(loopback()).with_ready(loopback()).with_metrics(loopback());
    let running = start(config().with_admin(addresses));
    let [health, ready, metrics] = running.server.addresses().admin[..] else { panic!("three addresses") };
    for (address, path) in [(health, "/health"), (ready, "/ready"), (metrics, "/metrics")] {
        for other in ["/health", "/ready", "/metrics"] {
            assert_eq!(get(address, other).0, if other == path { 200 } else { 404 }, "{other} on {path}");
        }
    }
}

#[test]
fn metrics_have_the_names_that_dashboards_know() {
    let running = start(config());
    for _ in 0..3 {
        running.ask(&query("web.shop.svc.cluster.local.", "A"));
    }
    running.ask(&edns_query("nosuch.shop.svc.cluster.local.", "AAAA", 1232, true));
    running.ask(&query("www.example.com.", "HINFO"));
    let server = format!("server=\"dns://{}\",zone=\".\",view=\"\"", running.dns());
    // Replies are sent before they are counted.
    until(|| running.metric(&format!("coredns_dns_request_size_bytes_count{{{server},proto=\"udp\"}}")) == 5.0);
    let (status, text) = running.get("/metrics");
    assert_eq!(status, 200);
    for line in [
        format!("coredns_dns_requests_total{{{server},proto=\"udp\",family=\"1\",type=\"A\"}} 3"),
        format!("coredns_dns_requests_total{{{server},proto=\"udp\",family=\"1\",type=\"AAAA\"}} 1"),
        format!("coredns_dns_requests_total{{{server},proto=\"udp\",family=\"1\",type=\"other\"}} 1"),
        format!("coredns_dns_responses_total{{{server},rcode=\"NOERROR\",plugin=\"kubernetes\"}} 3"),
        format!("coredns_dns_responses_total{{{server},rcode=\"NXDOMAIN\",plugin=\"kubernetes\"}} 1"),
        format!("coredns_dns_responses_total{{{server},rcode=\"REFUSED\",plugin=\"\"}} 1"),
        format!("coredns_dns_do_requests_total{{{server}}} 1"),
        format!("coredns_dns_request_size_bytes_count{{{server},proto=\"udp\"}} 5"),
        format!("coredns_dns_response_size_bytes_bucket{{le=\"+Inf\",{server},proto=\"udp\"}} 5"),
        "coredns_panics_total 0".into(),
        "whereto_snapshot_serial 7".into(),
    ] {
        assert!(text.lines().any(|known| known == line), "{line}\nis not in\n{text}");
    }
    assert!(text.contains("coredns_build_info{version="));
    assert!(text.contains("# TYPE coredns_dns_request_duration_seconds histogram"));
    assert!(text.ends_with("# EOF\n"));
}
