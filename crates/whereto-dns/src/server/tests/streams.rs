use std::io::{Read, Write};
use std::time::Duration;

use super::{LONG, ReticentUpstream, config, forwarding, framed, read_framed, start, until};
use crate::config::StreamLimits;
use crate::testing::{query, query_message, read};

fn with_id(name: &str, id: u16) -> Vec<u8> {
    let mut message = query_message(name, "A");
    message.metadata.id = id;
    framed(&message.to_vec().unwrap())
}

#[test]
fn several_queries_are_under_way_and_answered_as_answers_come() {
    let upstream = ReticentUpstream::start();
    let running = start(forwarding(&upstream.server));
    let mut stream = running.connect();
    let queries = [
        with_id("a.example.com.", 1),
        with_id("web.shop.svc.cluster.local.", 2),
        with_id("b.example.com.", 3),
        with_id("web.shop.svc.cluster.local.", 4),
    ];
    stream.write_all(&queries.concat()).unwrap();
    let id = |stream: &mut _| read(&read_framed(stream)).metadata.id;
    assert_eq!([id(&mut stream), id(&mut stream)], [2, 4], "the zones do not wait for upstreams");
    upstream.speak();
    let mut late = [id(&mut stream), id(&mut stream)];
    late.sort_unstable();
    assert_eq!(late, [1, 3]);
}

#[test]
fn queries_may_come_in_pieces_and_in_heaps() {
    let running = start(config());
    let mut stream = running.connect();
    for octet in with_id("web.shop.svc.cluster.local.", 1) {
        stream.write_all(&[octet]).unwrap();
    }
    assert_eq!(read(&read_framed(&mut stream)).metadata.id, 1);
    let many: Vec<u8> = (0..2000).flat_map(|id| with_id("web.shop.svc.cluster.local.", id)).collect();
    let mut writer = stream.try_clone().unwrap();
    let writing = std::thread::spawn(move || writer.write_all(&many).unwrap());
    for id in 0..2000 {
        assert_eq!(read(&read_framed(&mut stream)).metadata.id, id);
    }
    writing.join().unwrap();
    assert_eq!(running.metric("coredns_dns_request_size_bytes_count{"), 2001.0);
}

#[test]
fn a_client_that_ends_early_still_gets_its_replies() {
    let running = start(config());
    let mut stream = running.connect();
    stream.write_all(&with_id("web.shop.svc.cluster.local.", 1)).unwrap();
    stream.shutdown(std::net::Shutdown::Write).unwrap();
    assert_eq!(read(&read_framed(&mut stream)).metadata.id, 1);
    assert_eq!(stream.read(&mut [0]).unwrap(), 0);
}

#[test]
fn silent_and_slow_clients_are_let_go() {
    let soon = Duration::from_millis(50);
    let running = start(config().with_stream_limits(StreamLimits::new().with_timeouts(soon, LONG, LONG)));
    let mut silent = running.connect();
    assert_eq!(silent.read(&mut [0]).unwrap(), 0);
    let mut half = running.connect();
    half.write_all(&with_id("web.shop.svc.cluster.local.", 1)[..9]).unwrap();
    assert_eq!(half.read(&mut [0]).unwrap_or(0), 0);
    until(|| running.metric("whereto_tcp_connections ") == 0.0);
    let running = start(config().with_stream_limits(StreamLimits::new().with_timeouts(LONG, soon, LONG)));
    let mut idle = running.connect();
    idle.write_all(&with_id("web.shop.svc.cluster.local.", 1)).unwrap();
    read_framed(&mut idle);
    assert_eq!(idle.read(&mut [0]).unwrap(), 0);
    until(|| running.metric("whereto_tcp_connections ") == 0.0);
}

#[test]
fn connections_are_bounded() {
    let running = start(config().with_stream_limits(StreamLimits::new().with_connections(1)));
    let mut first = running.connect();
    first.write_all(&with_id("web.shop.svc.cluster.local.", 1)).unwrap();
    read_framed(&mut first);
    let mut second = running.connect();
    assert_eq!(second.read(&mut [0]).unwrap_or(0), 0, "closed at once");
    assert_eq!(running.metric("whereto_tcp_refused_connections_total"), 1.0);
    first.write_all(&with_id("web.shop.svc.cluster.local.", 2)).unwrap();
    assert_eq!(read(&read_framed(&mut first)).metadata.id, 2);
}

#[test]
fn what_is_no_query_ends_or_is_passed_over() {
    let running = start(config());
    let mut too_long = running.connect();
    too_long.write_all(&[0xff, 0xff]).unwrap();
    assert_eq!(too_long.read(&mut [0]).unwrap_or(0), 0);
    let mut noisy = running.connect();
    noisy.write_all(&framed(b"noise")).unwrap();
    noisy.write_all(&framed(b"")).unwrap();
    noisy.write_all(&framed(&query("web.shop.svc.cluster.local.", "A"))).unwrap();
    assert_eq!(read(&read_framed(&mut noisy)).answers.len(), 1);
}

#[test]
fn who_does_not_read_is_cut_off() {
    let limits = StreamLimits::new().with_timeouts(LONG, LONG, Duration::from_millis(50));
    let running = start(config().with_stream_limits(limits));
    let mut stream = running.connect();
    stream.set_write_timeout(Some(Duration::from_millis(200))).unwrap();
    let query = with_id("web.shop.svc.cluster.local.", 1).repeat(1000);
    // Until the buffers of both sides are full, or the server has closed.
    while stream.write_all(&query).is_ok() {}
    until(|| running.metric("whereto_tcp_connections ") == 0.0);
    assert!(running.metric("whereto_dns_unsent_total") >= 1.0);
}
