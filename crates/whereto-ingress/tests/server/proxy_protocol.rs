//! Connections that a load balancer passes on.

use super::common::{Client, Cluster, Endpoint};

const GET: &str = "GET / HTTP/1.1\r\nHost: shop.example\r\n\r\n";

#[test]
fn the_header_tells_who_the_client_is() {
    let endpoint = Endpoint::start();
    let cluster = Cluster::with_endpoint(endpoint.address);
    let server = cluster.serve(|config| config.with_proxy_protocol(vec!["127.0.0.0/8".parse().unwrap()]));
    let address = server.addresses().http[0];
    let mut client = Client::connect(address);
    client.send(format!("PROXY TCP4 192.0.2.7 198.51.100.1 51000 80\r\n{GET}"));
    assert_eq!(client.receive().status(), 200);
    assert_eq!(client.send(GET).receive().status(), 200);
    for request in endpoint.requests() {
        assert_eq!(request.field("x-forwarded-for"), Some("192.0.2.7"));
    }
    // Who has to send one and does not, is refused.
    let mut client = Client::connect(address);
    let _ = client.try_send(GET.as_bytes());
    assert!(client.is_closed());
    assert_eq!(endpoint.take(), []);
}

#[test]
fn nobody_else_is_believed() {
    let endpoint = Endpoint::start();
    let cluster = Cluster::with_endpoint(endpoint.address);
    let server = cluster.serve(|config| config.with_proxy_protocol(vec!["192.0.2.0/24".parse().unwrap()]));
    let address = server.addresses().http[0];
    let response = Client::once(address, format!("PROXY TCP4 192.0.2.7 198.51.100.1 51000 80\r\n{GET}"));
    assert_eq!(response.status(), 400);
    assert_eq!(Client::once(address, GET).status(), 200);
    assert_eq!(endpoint.requests()[0].field("x-forwarded-for"), Some("127.0.0.1"));
}
