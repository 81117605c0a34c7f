//! `whereto dns`: starting, answering, changing, ending.

mod common;

use std::net::{TcpListener, UdpSocket};

use common::server::Server;
use common::serving::{get, until};
use common::{Folder, service, stderr, whereto};
use dns_records::RecordType;

#[test]
fn the_demo_is_served_over_udp_and_tcp() {
    let server = Server::start(&[]).ready();
    for reply in [
        server.ask("web.shop.svc.cluster.local.", RecordType::A),
        server.ask_tcp("web.shop.svc.cluster.local.", RecordType::A),
    ] {
        assert_eq!((reply.rcode(), reply.answers()), (0, 1));
        assert!(reply.0.ends_with(&[10, 96, 10, 10]));
    }
    let reply = server.ask("nope.shop.svc.cluster.local.", RecordType::A);
    assert_eq!((reply.rcode(), reply.answers()), (3, 0));
    assert!(!reply.has_recursion_available(), "nothing is forwarded");
    // Nobody is asked about names outside.
    assert_eq!(server.ask("www.example.com.", RecordType::A).rcode(), 5);
    // The name server is found at the addresses of the interfaces.
    assert_eq!(server.ask("cluster.local.", RecordType::NS).answers(), 1);
}

#[test]
fn health_readiness_and_metrics_are_served() {
    let server = Server::start(&[]).ready();
    assert!(server.get("/health").starts_with("HTTP/1.1 200"));
    assert!(server.get("/ready").starts_with("HTTP/1.1 200"));
    assert!(server.get("/metrics").contains("# EOF"));
}

#[test]
fn it_is_not_ready_before_everything_was_read() {
    let admin = free_port();
    let address = format!("127.0.0.1:{admin}");
    let mut server = Server::start(&["--ready", &address, "--manifests", "-"]);
    until("an admin endpoint", || std::net::TcpStream::connect(&address).is_ok());
    let text = get(address.parse().expect("an address"), "/ready");
    assert!(text.starts_with("HTTP/1.1 503"), "{text}");
    server.process.write(&service("web", "10.96.0.7"));
    let server = server.ready();
    assert!(server.get("/ready").starts_with("HTTP/1.1 200"));
    assert!(server.ask("web.shop.svc.cluster.local.", RecordType::A).0.ends_with(&[10, 96, 0, 7]));
}

#[test]
fn a_changed_file_is_taken_up() {
    let folder = Folder::new("reload");
    let file = folder.write("web.yaml", &service("web", "10.96.0.7"));
    let server = Server::start(&["--manifests", folder.path(), "--reload-interval", "0.1"]).ready();
    let name = "web.shop.svc.cluster.local.";
    server.until(name, RecordType::A, &[10, 96, 0, 7]);

    folder.write("web.yaml", &service("web", "10.96.0.8"));
    server.until(name, RecordType::A, &[10, 96, 0, 8]);

    // A broken file changes nothing, and is told.
    folder.write("web.yaml", "kind: Service\nmetadata: [\n");
    server.process.logged("its last good content stays");
    server.until(name, RecordType::A, &[10, 96, 0, 8]);

    folder.write("web.yaml", &service("web", "10.96.0.9"));
    server.until(name, RecordType::A, &[10, 96, 0, 9]);

    folder.write("more.yaml", &service("more", "10.96.0.10"));
    server.until("more.shop.svc.cluster.local.", RecordType::A, &[10, 96, 0, 10]);
    std::fs::remove_file(file).expect("removed");
    until("a removed file's objects go", || server.ask(name, RecordType::A).rcode() == 3);
}

#[test]
fn a_signal_ends_it_in_good_order() {
    for signal in ["TERM", "INT"] {
        let server = Server::start(&["--lame-duck", "0.2"]).ready();
        server.process.signal(signal);
        assert_eq!(server.process.wait().code(), Some(0), "{signal}");
    }
}

#[test]
fn a_lame_duck_answers_but_is_not_ready_and_a_second_signal_ends_it() {
    let server = Server::start(&["--lame-duck", "600"]).ready();
    server.process.signal("TERM");
    server.process.logged("ending");
    until("not ready", || server.get("/ready").starts_with("HTTP/1.1 503"));
    assert_eq!(server.ask("web.shop.svc.cluster.local.", RecordType::A).rcode(), 0);
    server.process.signal("TERM");
    assert_eq!(server.process.wait().code(), Some(143));
}

#[test]
fn a_bad_manifest_stops_the_start_unless_told_otherwise() {
    let folder = Folder::new("bad-start");
    let bad = service("bad", "10.96.0.9").replace("port: 80", "port: eighty");
    let file = folder.write("shop.yaml", &(service("good", "10.96.0.8") + &bad));
    let output = whereto(&["dns", "--listen", "127.0.0.1:0", "--no-admin", "--no-forward", "--manifests", &file]);
    assert_eq!(output.status.code(), Some(2));
    for part in [file.as_str(), "document 2", "Service shop/bad", "spec.ports[0].port"] {
        assert!(stderr(&output).contains(part), "{part} in {}", stderr(&output));
    }
    assert!(!stderr(&output).contains("ready"), "{}", stderr(&output));

    let server = Server::start(&["--manifests", &file, "--keep-going"]).ready();
    assert!(server.ask("good.shop.svc.cluster.local.", RecordType::A).0.ends_with(&[10, 96, 0, 8]));
}

#[test]
fn a_port_that_is_taken_is_told() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    for args in [["--listen", &address, "--admin", "127.0.0.1:0"], ["--listen", "127.0.0.1:0", "--admin", &address]] {
        let output = whereto(&[&["dns", "--no-forward"][..], &args].concat());
        assert_eq!(output.status.code(), Some(3), "{args:?}");
        assert!(stderr(&output).contains(&address), "{}", stderr(&output));
    }
}

#[test]
fn a_log_of_json_is_json_to_its_last_line() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    let output = whereto(&["dns", "--no-forward", "--no-admin", "--listen", &address, "--log-format", "json"]);
    assert_eq!(output.status.code(), Some(3));
    let lines: Vec<serde_json::Value> =
        stderr(&output).lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let last = lines.last().expect("a line");
    assert_eq!((last["level"].as_str(), last["exit"].as_u64()), (Some("ERROR"), Some(3)));
    assert!(last["message"].as_str().expect("a message").contains(&address), "{last}");
}

#[test]
fn stub_zones_go_to_their_servers() {
    let upstream = UdpSocket::bind("127.0.0.1:0").expect("a socket");
    let address = upstream.local_addr().expect("an address");
    std::thread::spawn(move || {
        let mut buffer = [0; 512];
        while let Ok((length, client)) = upstream.recv_from(&mut buffer) {
            let mut reply = buffer[..length].to_vec();
            reply[2] |= 0x80;
            reply[3] = 0x83;
            let _ = upstream.send_to(&reply, client);
        }
    });
    // NXDOMAIN of the upstream, where without a rule there would be a refusal.
    let rule = format!("corp.example={address}");
    let server = Server::start(&["--forward", &rule]).ready();
    let (inside, outside) =
        (server.ask("www.corp.example.", RecordType::A), server.ask("www.example.com.", RecordType::A));
    assert_eq!((inside.rcode(), outside.rcode()), (3, 5));
}

#[test]
fn recursion_is_available_where_everything_is_forwarded_but_never_as_coredns() {
    let upstream = UdpSocket::bind("127.0.0.1:0").expect("a socket");
    let rule = upstream.local_addr().expect("an address").to_string();
    let available = |args: &[&str]| {
        let server = Server::start(&[&["--forward", &rule], args].concat()).ready();
        server.ask("web.shop.svc.cluster.local.", RecordType::A).has_recursion_available()
    };
    assert!(available(&[]));
    assert!(!available(&["--conformance", "coredns"]));
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port").port()
}
