use std::io::{Read, Write};
use std::net::UdpSocket;

use whereto_server::Phase;

use super::{LONG, ReticentUpstream, config, forwarding, framed, read_framed, receive, start, until};
use crate::testing::{query, read};

#[test]
fn a_lame_duck_answers_but_is_not_ready() {
    let running = start(config().with_shutdown(LONG, LONG));
    assert_eq!(running.get("/ready"), (200, "OK".into()));
    running.handle().begin_shutdown();
    assert_eq!(running.get("/ready"), (503, "shutting down\n".into()));
    assert_eq!(running.get("/health").0, 200);
    assert_eq!(running.ask(&query("web.shop.svc.cluster.local.", "A")).answers.len(), 1);
    running.connect().write_all(&framed(&query("web.shop.svc.cluster.local.", "A"))).unwrap();
    assert_eq!(running.handle().phase(), Phase::LameDuck);
    // A second signal.
    running.handle().abort();
    let address = running.dns();
    running.server.wait();
    until(|| UdpSocket::bind(address).is_ok());
}

#[test]
fn what_was_received_is_answered_before_the_end() {
    let upstream = ReticentUpstream::start();
    let running = start(forwarding(&upstream.server));
    let mut idle = running.connect();
    let mut stream = running.connect();
    stream.write_all(&framed(&query("b.example.com.", "A"))).unwrap();
    let client = running.client();
    client.send(&query("a.example.com.", "A")).unwrap();
    until(|| running.metric("whereto_dns_pending ") == 2.0);
    let handle = running.handle();
    let address = running.dns();
    handle.begin_shutdown();
    let waiting = std::thread::spawn(move || running.server.wait());
    // Idle connections are closed; datagrams are answered to the last.
    assert_eq!(idle.read(&mut [0]).unwrap(), 0);
    let late = super::connected(address);
    late.send(&query("web.shop.svc.cluster.local.", "A")).unwrap();
    assert_eq!(read(&receive(&late)).answers.len(), 1);
    upstream.speak();
    assert_eq!(read(&receive(&client)).answers.len(), 1);
    assert_eq!(read(&read_framed(&mut stream)).answers.len(), 1);
    waiting.join().unwrap();
    assert_eq!(handle.phase(), Phase::Stopped);
}

#[test]
fn no_datagram_sent_before_the_end_is_lost() {
    let running = start(config());
    let client = running.client();
    const QUERIES: usize = 100;
    for _ in 0..QUERIES {
        client.send(&query("web.shop.svc.cluster.local.", "A")).unwrap();
    }
    running.handle().begin_shutdown();
    running.server.wait();
    for _ in 0..QUERIES {
        assert_eq!(read(&receive(&client)).answers.len(), 1);
    }
}

#[test]
fn dropping_a_server_ends_it() {
    let running = start(config());
    let address = running.dns();
    drop(running);
    until(|| UdpSocket::bind(address).is_ok());
}
