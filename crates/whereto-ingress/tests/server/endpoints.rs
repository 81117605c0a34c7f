//! Connections to endpoints: kept, replaced, given up.

use std::collections::BTreeSet;

use whereto_ingress::{AdminConfig, ForwardingOptions};

use super::common::{Client, Cluster, Endpoint};

const GET: &str = "GET / HTTP/1.1\r\nHost: shop.example\r\n\r\n";

#[test]
fn connections_are_kept_for_the_next_request_whoever_sends_it() {
    let endpoint = Endpoint::start();
    let admin = AdminConfig::all(([127, 0, 0, 1], 0).into());
    let server = Cluster::with_endpoint(endpoint.address).serve(|config| config.with_admin(admin));
    let address = server.addresses().http[0];
    let mut client = Client::connect(address);
    for _ in 0..10 {
        assert_eq!(client.send(GET).receive().status(), 200);
        assert_eq!(Client::once(address, GET).status(), 200);
    }
    assert_eq!(endpoint.connections(), 1);
}

#[test]
fn a_connection_that_the_endpoint_closed_costs_no_request() {
    let endpoint = Endpoint::start();
    let server = Cluster::with_endpoint(endpoint.address).serve(|config| config);
    let mut client = Client::connect(server.addresses().http[0]);
    for _ in 0..20 {
        // Closed without a word, as after an idle timeout: it races with the next request, which may have been sent already.
        let response = client.send("GET /drop HTTP/1.1\r\nHost: shop.example\r\n\r\n").receive();
        assert_eq!(response.status(), 200);
    }
}

#[test]
fn a_dead_endpoint_costs_no_request() {
    let endpoint = Endpoint::start();
    let mut cluster = Cluster::with_endpoint(endpoint.address);
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    cluster.service("web", None, &[nobody, endpoint.address]);
    cluster.publish();
    let (_server, address) = cluster.serve_http();
    let mut client = Client::connect(address);
    for _ in 0..20 {
        let response =
            client.send("POST /echo HTTP/1.1\r\nHost: shop.example\r\nContent-Length: 2\r\n\r\nok").receive();
        assert_eq!((response.status(), response.text().as_str()), (200, "ok"));
    }
    // Each came once.
    assert_eq!(endpoint.requests().len(), 20);
}

/// core/v1, `ServiceSpec.sessionAffinity`: the client is whom the trusted proxies name.
#[test]
fn clients_of_a_service_with_client_ip_stay_by_their_address() {
    let endpoints = [Endpoint::start(), Endpoint::start(), Endpoint::start()];
    let mut cluster = Cluster::with_endpoint(endpoints[0].address);
    cluster.service("web", None, &endpoints.each_ref().map(|endpoint| endpoint.address));
    cluster.keep_clients("web");
    cluster.publish();
    // Where the requests of each client went, three of each.
    let places = |address| {
        let clients = 1..=30;
        let of_client = clients.map(|client| {
            for _ in 0..3 {
                let request =
                    format!("GET / HTTP/1.1\r\nHost: shop.example\r\nX-Forwarded-For: 192.0.2.{client}\r\n\r\n");
                assert_eq!(Client::once(address, request).status(), 200);
            }
            endpoints.each_ref().map(|endpoint| endpoint.requests().len())
        });
        of_client.collect::<BTreeSet<[usize; 3]>>()
    };
    let one_each = BTreeSet::from([[3, 0, 0], [0, 3, 0], [0, 0, 3]]);

    let mut forwarding = ForwardingOptions::default();
    forwarding.trusted_proxies.push("127.0.0.0/8".parse().unwrap());
    let trusting = cluster.serve(|config| config.with_forwarding(forwarding));
    let used = places(trusting.addresses().http[0]);
    assert!(used.is_subset(&one_each) && used.len() > 1, "{used:?}");

    // Nobody is believed: there is one client.
    let (_server, address) = cluster.serve_http();
    let used = places(address);
    assert!(used.is_subset(&one_each) && used.len() == 1, "{used:?}");
}
