use std::sync::Arc;

use hickory_proto::op::ResponseCode;

use super::{LONG, ReticentUpstream, config, forwarding, framed, read_framed, receive, start, until};
use crate::forward::{ForwardConfig, ForwardRule};
use crate::testing::{FakeUpstream, address_reply, query, read, reply_to, texts};
use std::io::Write;

fn addresses() -> FakeUpstream {
    FakeUpstream::start(|received| vec![address_reply(received.query, 300, "192.0.2.80")])
}

#[test]
fn other_names_are_forwarded_and_remembered() {
    let upstream = addresses();
    let running = start(forwarding(&upstream));
    let first = running.ask(&query("www.example.com.", "A"));
    assert_eq!(texts(&first.answers), ["www.example.com. 30 IN A 192.0.2.80"]);
    let second = running.ask(&query("Www.Example.com.", "A"));
    assert_eq!(second.answers[0].name.to_ascii(), "Www.Example.com.");
    assert_eq!(upstream.received(), 1);
    assert!(running.metric("coredns_cache_hits_total{") >= 0.0);
    assert_eq!(running.metric("coredns_cache_entries"), 1.0);
    let local = running.ask(&query("web.shop.svc.cluster.local.", "A"));
    assert!(local.metadata.recursion_available, "who forwards says so");
}

#[test]
fn the_hosts_servers_are_asked_but_for_the_server_itself() {
    let upstream = addresses();
    let first = start(config());
    let free = first.dns();
    drop(first);
    until(|| std::net::UdpSocket::bind(free).is_ok());
    let forward = ForwardConfig::default().with_host_servers(vec![free, upstream.address]).with_loop_detection(false);
    let running = start(config().with_listen(free).with_forward(forward));
    assert_eq!(running.ask(&query("www.example.com.", "A")).answers.len(), 1);
    assert_eq!(running.get("/metrics").1.matches("whereto_upstream_healthy{").count(), 1);
}

#[test]
fn aliases_are_chased_on_both_transports() {
    let upstream = addresses();
    let running = start(forwarding(&upstream));
    let query = query("alias.shop.svc.cluster.local.", "A");
    let expected = ["alias.shop.svc.cluster.local. 5 IN CNAME www.example.com.", "www.example.com. 30 IN A 192.0.2.80"];
    // First by the upstream, then from the cache.
    for _ in 0..2 {
        assert_eq!(texts(&running.ask(&query).answers), expected);
    }
    let mut stream = running.connect();
    stream.write_all(&framed(&query)).unwrap();
    assert_eq!(texts(&read(&read_framed(&mut stream)).answers), expected);
    assert_eq!(upstream.received(), 1);
}

#[test]
fn queries_beyond_the_bound_are_shed() {
    let upstream = ReticentUpstream::start();
    let running = start(forwarding(&upstream.server).with_max_pending(2));
    let waiting = running.client();
    waiting.send(&query("a.example.com.", "A")).unwrap();
    waiting.send(&query("b.example.com.", "A")).unwrap();
    until(|| running.metric("whereto_dns_pending ") == 2.0);
    let shed = running.ask(&query("c.example.com.", "A"));
    assert_eq!(shed.metadata.response_code, ResponseCode::ServFail);
    assert_eq!(running.metric("whereto_dns_shed_total"), 1.0);
    // The zones are answered all the same.
    assert_eq!(running.ask(&query("web.shop.svc.cluster.local.", "A")).answers.len(), 1);
    upstream.speak();
    for _ in 0..2 {
        assert_eq!(read(&receive(&waiting)).answers.len(), 1);
    }
}

#[test]
fn a_question_that_comes_back_takes_its_upstream_out_of_service() {
    // Hands everything on to whoever it is told about: a resolver whose own upstream is the server.
    let target = Arc::new(std::sync::OnceLock::new());
    let told = Arc::clone(&target);
    let relay = FakeUpstream::start(move |received| {
        let server: std::net::SocketAddr = *told.wait();
        let socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.set_read_timeout(Some(LONG)).unwrap();
        socket.send_to(received.query, server).unwrap();
        let mut buffer = vec![0; 4096];
        match socket.recv(&mut buffer) {
            Ok(len) => vec![buffer[..len].to_vec()],
            Err(_) => vec![reply_to(received.query).rcode(ResponseCode::ServFail).to_vec()],
        }
    });
    let rule = ForwardRule::everything(vec![relay.address]);
    let running = start(config().with_forward(ForwardConfig::new(vec![rule])));
    target.set(running.dns()).unwrap();
    until(|| running.metric("whereto_upstream_healthy{") == 0.0);
    let reply = running.ask(&query("www.example.com.", "A"));
    assert_eq!(reply.metadata.response_code, ResponseCode::ServFail);
}
