//! HTTP/1.1 on both sides.

use whereto_ingress::Limits;

use super::common::{Client, Cluster, Endpoint};

#[test]
fn a_request_comes_to_its_endpoint() {
    let endpoint = Endpoint::start();
    let (_server, address) = Cluster::with_endpoint(endpoint.address).serve_http();
    let response = Client::get(address, "Shop.Example:80", "/%63art/./x?a=%2F");
    assert_eq!(response.status(), 200);
    let [request] = endpoint.requests().try_into().unwrap();
    // What is matched is what is forwarded.
    assert_eq!(request.start, "GET /cart/x?a=%2F HTTP/1.1");
    assert_eq!(request.field("host"), Some("shop.example:80"));
    assert_eq!(request.field("x-forwarded-for"), Some("127.0.0.1"));
    assert_eq!(request.field("x-forwarded-proto"), Some("http"));
    assert!(response.field("date").is_some());
}

#[test]
fn own_answers_are_plain_and_name_nothing_inside() {
    let endpoint = Endpoint::start();
    let mut cluster = Cluster::with_endpoint(endpoint.address);
    cluster.service("gone", None, &[]);
    cluster.ingress("gone", "gone.example", "/", "gone");
    cluster.publish();
    let server = cluster.serve(|config| {
        config.with_limits(Limits::new().with_fields(20).with_head(4096).with_target(100).with_body(Some(1000)))
    });
    let address = server.addresses().http[0];
    let long = "x".repeat(5000);
    for (request, status, text) in [
        ("GET / HTTP/1.1\r\nHost: other.example\r\n\r\n".to_owned(), 404, "404 Not Found\n"),
        ("GET / HTTP/1.1\r\nHost: gone.example\r\n\r\n".to_owned(), 503, "503 Service Unavailable\n"),
        ("GET /../x HTTP/1.1\r\nHost: shop.example\r\n\r\n".to_owned(), 400, "400 Bad Request\n"),
        ("GET / HTTP/1.1\r\n\r\n".to_owned(), 400, "400 Bad Request\n"),
        (
            "POST / HTTP/1.1\r\nHost: shop.example\r\nContent-Length: 1001\r\n\r\n".to_owned(),
            413,
            "413 Payload Too Large\n",
        ),
        (
            format!("GET / HTTP/1.1\r\nHost: shop.example\r\nX: {long}\r\n\r\n"),
            431,
            "431 Request Header Fields Too Large\n",
        ),
        (
            format!("GET / HTTP/1.1\r\nHost: shop.example\r\n{}\r\n", "a: b\r\n".repeat(20)),
            431,
            "431 Request Header Fields Too Large\n",
        ),
        (format!("GET /{} HTTP/1.1\r\nHost: shop.example\r\n\r\n", "x".repeat(100)), 414, "414 URI Too Long\n"),
        (
            "POST / HTTP/1.1\r\nHost: shop.example\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n".to_owned(),
            501,
            "501 Not Implemented\n",
        ),
        (
            "CONNECT shop.example:443 HTTP/1.1\r\nHost: shop.example:443\r\n\r\n".to_owned(),
            501,
            "501 Not Implemented\n",
        ),
    ] {
        let response = Client::once(address, &request);
        assert_eq!((response.status(), response.text().as_str()), (status, text), "{request}");
        assert_eq!(response.field("content-type"), Some("text/plain; charset=utf-8"), "{request}");
        assert_eq!(response.field("server"), None);
    }
    let response = Client::once(address, "OPTIONS * HTTP/1.1\r\nHost: shop.example\r\n\r\n");
    assert_eq!((response.status(), response.text().as_str()), (204, ""));
    assert_eq!(endpoint.take(), []);
}

#[test]
fn requests_of_a_connection_are_answered_in_turn() {
    let endpoint = Endpoint::start();
    let (_server, address) = Cluster::with_endpoint(endpoint.address).serve_http();
    let mut client = Client::connect(address);
    // Pipelined: all sent before the first answer is read (RFC 9112 §9.3.2).
    let posted = "POST /echo HTTP/1.1\r\nHost: shop.example\r\nContent-Length: 5\r\n\r\nhello";
    let head = "HEAD /big HTTP/1.1\r\nHost: shop.example\r\n\r\n";
    let last = "GET /chunks HTTP/1.1\r\nHost: shop.example\r\nConnection: close\r\n\r\n";
    client.send(format!("{posted}{head}{last}"));
    assert_eq!(client.receive().text(), "hello");
    assert_eq!(client.receive_head().field("content-length"), Some("1048576"));
    let chunks = client.receive();
    assert_eq!(chunks.text(), "foursev");
    assert!(client.is_closed());
}

#[test]
fn content_of_unknown_length_passes_both_ways() {
    let endpoint = Endpoint::start();
    let (_server, address) = Cluster::with_endpoint(endpoint.address).serve_http();
    let mut client = Client::connect(address);
    client.send("POST /echo HTTP/1.1\r\nHost: shop.example\r\nTransfer-Encoding: chunked\r\n\r\n");
    for piece in ["3\r\nabc\r\n", "2;extension=x\r\nde\r\n", "0\r\n\r\n"] {
        client.send(piece);
    }
    assert_eq!(client.receive().text(), "abcde");
    let [request] = endpoint.requests().try_into().unwrap();
    assert_eq!(request.field("transfer-encoding"), Some("chunked"));
    assert_eq!(request.field("content-length"), None);
}

#[test]
fn a_client_that_expects_a_go_ahead_gets_it() {
    let endpoint = Endpoint::start();
    let (_server, address) = Cluster::with_endpoint(endpoint.address).serve_http();
    let mut client = Client::connect(address);
    client.send("POST /echo HTTP/1.1\r\nHost: shop.example\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
    assert_eq!(client.receive().status(), 100);
    assert_eq!(client.send("ok").receive().text(), "ok");
    assert_eq!(endpoint.requests()[0].field("expect"), None);
    // Refused before it was sent.
    let server =
        Cluster::with_endpoint(endpoint.address).serve(|config| config.with_limits(Limits::new().with_body(Some(1))));
    let mut client = Client::connect(server.addresses().http[0]);
    client.send("POST /echo HTTP/1.1\r\nHost: shop.example\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
    assert_eq!(client.receive().status(), 413);
}

#[test]
fn content_that_grows_too_long_ends_in_413() {
    let endpoint = Endpoint::start();
    let server =
        Cluster::with_endpoint(endpoint.address).serve(|config| config.with_limits(Limits::new().with_body(Some(10))));
    let mut client = Client::connect(server.addresses().http[0]);
    client.send("POST /echo HTTP/1.1\r\nHost: shop.example\r\nTransfer-Encoding: chunked\r\n\r\n");
    client.send("a\r\n0123456789\r\n").send("1\r\nx\r\n");
    let response = client.receive();
    assert_eq!((response.status(), response.field("connection")), (413, Some("close")));
}

#[test]
fn an_upgraded_connection_is_a_tunnel() {
    let endpoint = Endpoint::start();
    let (_server, address) = Cluster::with_endpoint(endpoint.address).serve_http();
    let mut client = Client::connect(address);
    client.send("GET /upgrade HTTP/1.1\r\nHost: shop.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
    let response = client.receive();
    assert_eq!((response.status(), response.field("upgrade")), (101, Some("websocket")));
    for text in ["first", "second"] {
        let mut octets = vec![0; text.len()];
        client.send(text).read_exact(&mut octets);
        assert_eq!(octets, text.as_bytes());
    }
}

#[test]
fn faults_of_endpoints_are_told_apart() {
    let endpoint = Endpoint::start();
    let mut cluster = Cluster::with_endpoint(endpoint.address);
    // Nobody listens there: the port was free a moment ago, and is not given out again so soon.
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    cluster.service("dead", None, &[nobody]);
    cluster.ingress("dead", "dead.example", "/", "dead");
    cluster.publish();
    let (_server, address) = cluster.serve_http();
    assert_eq!(Client::get(address, "dead.example", "/").status(), 502);
    assert_eq!(Client::get(address, "shop.example", "/reset").status(), 502);
    // What is broken off is not made to look whole.
    let error =
        Client::connect(address).send("GET /cut HTTP/1.1\r\nHost: shop.example\r\n\r\n").try_receive().unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::UnexpectedEof);
}
