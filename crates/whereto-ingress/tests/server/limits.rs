//! Clients that are slow, or too many.

use std::time::Duration;

use whereto_ingress::{AdminConfig, IngressServer, Limits, Timeouts};

use super::common::{Client, Cluster, Endpoint};

const SHORT: Duration = Duration::from_millis(200);

fn serve(timeouts: Timeouts, limits: Limits) -> (Endpoint, IngressServer) {
    let endpoint = Endpoint::start();
    let admin = AdminConfig::all(([127, 0, 0, 1], 0).into());
    let server = Cluster::with_endpoint(endpoint.address)
        .serve(|config| config.with_timeouts(timeouts).with_limits(limits).with_admin(admin));
    (endpoint, server)
}

fn cut(server: &IngressServer, reason: &str) -> bool {
    let text = Client::get(server.addresses().admin[0], "x", "/metrics").text();
    text.lines().any(|line| line == format!("whereto_ingress_connections_cut_total{{reason=\"{reason}\"}} 1"))
}

#[test]
fn a_head_that_does_not_end_is_cut_off() {
    let (_endpoint, server) = serve(Timeouts::new().with_head(SHORT), Limits::new());
    let address = server.addresses().http[0];
    let mut slow = Client::connect(address);
    slow.send("GET / HTTP/1.1\r\nHost: shop.example\r\nX: ");
    // A trickle does not prolong it.
    while slow.try_send(b"x").is_ok() {
        std::thread::sleep(SHORT / 10);
    }
    assert!(slow.is_closed());
    assert!(cut(&server, "head_time"));
    assert_eq!(Client::get(address, "shop.example", "/").status(), 200);
}

#[test]
fn a_connection_without_requests_is_closed() {
    let (_endpoint, server) = serve(Timeouts::new().with_idle(SHORT), Limits::new());
    let mut client = Client::connect(server.addresses().http[0]);
    assert_eq!(client.send("GET / HTTP/1.1\r\nHost: shop.example\r\n\r\n").receive().status(), 200);
    assert!(client.is_closed());
}

#[test]
fn content_that_does_not_come_ends_in_408() {
    let (_endpoint, server) = serve(Timeouts::new().with_body(SHORT), Limits::new());
    let mut client = Client::connect(server.addresses().http[0]);
    client.send("POST /echo HTTP/1.1\r\nHost: shop.example\r\nContent-Length: 100\r\n\r\nabc");
    let response = client.receive();
    assert_eq!((response.status(), response.field("connection")), (408, Some("close")));
}

#[test]
fn a_client_that_takes_nothing_is_left() {
    let (_endpoint, server) = serve(Timeouts::new().with_write(SHORT), Limits::new());
    let mut client = Client::connect(server.addresses().http[0]);
    // More than all buffers on the way hold.
    let request = "GET /big HTTP/1.1\r\nHost: shop.example\r\n\r\n".repeat(32);
    client.send(request);
    while !cut(&server, "write_time") {
        std::thread::sleep(SHORT / 4);
    }
}

#[test]
fn a_response_that_stops_is_broken_off() {
    let (_endpoint, server) = serve(Timeouts::new().with_stream(Some(SHORT)), Limits::new());
    let mut client = Client::connect(server.addresses().http[0]);
    client.send("GET /stall HTTP/1.1\r\nHost: shop.example\r\n\r\n");
    assert_eq!(client.try_receive().unwrap_err().kind(), std::io::ErrorKind::UnexpectedEof);
}

#[test]
fn an_endpoint_that_is_silent_for_too_long_is_504() {
    let (_endpoint, server) = serve(Timeouts::new().with_total(Some(SHORT)), Limits::new());
    assert_eq!(Client::get(server.addresses().http[0], "shop.example", "/silent").status(), 504);
}

#[test]
fn too_many_connections_are_closed_and_room_is_given_back() {
    let (_endpoint, server) = serve(Timeouts::new(), Limits::new().with_connections(2));
    let address = server.addresses().http[0];
    let request = "GET / HTTP/1.1\r\nHost: shop.example\r\n\r\n";
    let mut open: Vec<Client> = (0..2).map(|_| Client::connect(address)).collect();
    for client in &mut open {
        assert_eq!(client.send(request).receive().status(), 200);
    }
    let mut third = Client::connect(address);
    let _ = third.try_send(request.as_bytes());
    assert!(!matches!(third.try_receive(), Ok(Some(_))));
    open.pop();
    // The server sees the close a little later.
    loop {
        let mut next = Client::connect(address);
        let _ = next.try_send(request.as_bytes());
        if let Ok(Some(response)) = next.try_receive() {
            assert_eq!(response.status(), 200);
            break;
        }
    }
}

#[test]
fn a_response_that_its_client_holds_up_is_left_although_the_connection_lives() {
    let (_endpoint, server) = serve(Timeouts::new().with_write(SHORT), Limits::new());
    let mut client = Client::connect(server.addresses().http[0]);
    // RFC 7541 appendix A: GET, http, and path and authority as literals. The window of 65,535 octets is never opened again.
    let fields = [&b"\x82\x86\x44\x04/big\x41\x0c"[..], b"shop.example"].concat();
    let head = [&[0, 0, u8::try_from(fields.len()).unwrap(), 1, 5, 0, 0, 0, 1][..], &fields].concat();
    client.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").send([0, 0, 0, 4, 0, 0, 0, 0, 0]).send(head);
    while !cut(&server, "write_time") {
        // PING: the connection itself is all right.
        let _ = client.try_send(&[0, 0, 8, 6, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8]);
        std::thread::sleep(SHORT / 4);
    }
}
