use std::net::{SocketAddr, UdpSocket};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use dns_records::{Rcode, RecordType};
use hickory_proto::op::ResponseCode;

use super::{Asked, ForwardConfig, ForwardRule, ForwardStats, Forwarder, Policy};
use crate::answer::TtlCaps;
use crate::cache::Cache;
use crate::question::Question;
use crate::testing::{FakeUpstream, Received, address_reply, read, reply_to};

/// Long enough for a busy machine; only dead upstreams make tests wait, and those have their own.
const LONG: Duration = Duration::from_secs(20);
const SHORT: Duration = Duration::from_millis(500);

fn everything(servers: &[SocketAddr]) -> ForwardConfig {
    ForwardConfig::new(vec![ForwardRule::everything(servers.to_vec())])
        .with_policy(Policy::Sequential)
        .with_timeouts(LONG, LONG * 4)
        .with_loop_detection(false)
}

fn forwarder(config: ForwardConfig) -> Arc<Forwarder> {
    let stats = Arc::new(ForwardStats::default());
    Arc::new(Forwarder::new(config, Cache::new(1024 * 1024), TtlCaps::new(30, 30), stats))
}

fn question(name: &str) -> Question {
    Question::new(name.parse::<dns_records::Name>().unwrap().as_ref(), RecordType::A)
}

fn rcode(asked: &Asked) -> Rcode {
    match asked {
        Asked::Fresh(answer) => Rcode(answer.rcode()),
        Asked::Cached(entry) => Rcode(entry.aged(Instant::now()).answer.rcode()),
        Asked::Nothing(rcode) => *rcode,
    }
}

fn correct(received: &Received<'_>) -> Vec<u8> {
    address_reply(received.query, 300, "192.0.2.80")
}

#[tokio::test]
async fn an_upstream_answers_once_and_the_cache_after_that() {
    let upstream = FakeUpstream::start(|received| vec![correct(received)]);
    let forwarder = forwarder(everything(&[upstream.address]));
    let first = forwarder.ask(&question("www.example.com")).await;
    assert!(matches!(&first, Asked::Fresh(answer) if answer.rcode() == 0), "{first:?}");
    let second = forwarder.ask(&question("WWW.example.com")).await;
    assert!(matches!(second, Asked::Cached(_)), "{second:?}");
    assert_eq!(upstream.received(), 1);
}

#[tokio::test]
async fn replies_to_something_else_are_passed_over() {
    let upstream = FakeUpstream::start(|received| {
        let mut wrong_id = address_reply(received.query, 300, "192.0.2.66");
        wrong_id[1] ^= 1;
        let mut wrong_name = address_reply(received.query, 300, "192.0.2.66");
        wrong_name[13] ^= 1;
        let mut wrong_type = address_reply(received.query, 300, "192.0.2.66");
        let type_at = 12 + b"\x03www\x07example\x03com\x00".len() + 1;
        wrong_type[type_at] = 28;
        let query = received.query.to_vec();
        vec![wrong_id, wrong_name, wrong_type, query, b"short".to_vec(), Vec::new(), correct(received)]
    });
    let forwarder = forwarder(everything(&[upstream.address]));
    let asked = forwarder.ask(&question("www.example.com")).await;
    let Asked::Fresh(answer) = asked else { panic!("{asked:?}") };
    assert_eq!(answer.rcode(), 0);
    assert_eq!(forwarder.stats.strays.get(), 6);
}

#[tokio::test]
async fn other_senders_are_not_heard() {
    let forger = UdpSocket::bind("127.0.0.1:0").unwrap();
    let upstream = FakeUpstream::start(move |received| {
        // Right in everything but for where it comes from.
        forger.send_to(&address_reply(received.query, 300, "192.0.2.66"), received.client).unwrap();
        vec![reply_to(received.query).rcode(ResponseCode::NXDomain).to_vec()]
    });
    let forwarder = forwarder(everything(&[upstream.address]));
    assert_eq!(rcode(&forwarder.ask(&question("www.example.com")).await), Rcode::NXDOMAIN);
}

#[tokio::test]
async fn queries_differ_in_identifier_and_port() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let noted = Arc::clone(&seen);
    let upstream = FakeUpstream::start(move |received| {
        noted.lock().unwrap().push((received.query[..2].to_vec(), received.client.port()));
        vec![correct(received)]
    });
    let forwarder = forwarder(everything(&[upstream.address]));
    for number in 0..20 {
        forwarder.ask(&question(&format!("n{number}.example.com"))).await;
    }
    let seen = seen.lock().unwrap();
    let distinct = |values: Vec<String>| values.into_iter().collect::<std::collections::HashSet<_>>().len();
    assert!(distinct(seen.iter().map(|(id, _)| format!("{id:?}")).collect()) >= 15);
    assert!(distinct(seen.iter().map(|(_, port)| port.to_string()).collect()) >= 15);
}

#[tokio::test]
async fn a_truncated_reply_is_asked_again_over_tcp() {
    let upstream = FakeUpstream::start(|received| {
        if received.over_tcp {
            let reply = (0..100).fold(reply_to(received.query), |reply, number| {
                reply.answer(&format!("www.example.com. 300 A 192.0.2.{number}"))
            });
            return vec![reply.to_vec()];
        }
        vec![reply_to(received.query).change(|message| message.metadata.truncation = true).to_vec()]
    });
    let forwarder = forwarder(everything(&[upstream.address]));
    let asked = forwarder.ask(&question("www.example.com")).await;
    let Asked::Fresh(answer) = asked else { panic!("{asked:?}") };
    assert!(!answer.is_truncated());
    assert!(answer.size() > 1600, "all hundred addresses");
    assert_eq!(forwarder.stats.retried_tcp.get(), 1);
}

#[tokio::test]
async fn servers_without_edns_are_asked_without() {
    let upstream = FakeUpstream::start(|received| {
        if read(received.query).edns.is_some() {
            // What could not be parsed: nothing but a header.
            let mut header = received.query[..12].to_vec();
            header[2] |= 0x80;
            header[3] = 1;
            header[4..].fill(0);
            return vec![header];
        }
        vec![correct(received)]
    });
    let forwarder = forwarder(everything(&[upstream.address]));
    assert_eq!(rcode(&forwarder.ask(&question("www.example.com")).await), Rcode::NOERROR);
    assert_eq!(upstream.received(), 2);
}

#[tokio::test]
async fn the_next_server_is_asked_when_one_is_dead() {
    let (_silent, silent) = FakeUpstream::silent();
    let upstream = FakeUpstream::start(|received| vec![correct(received)]);
    let servers = [FakeUpstream::nobody(), silent, upstream.address];
    let forwarder = forwarder(everything(&servers).with_timeouts(SHORT, LONG));
    for number in 0..6 {
        let asked = forwarder.ask(&question(&format!("n{number}.example.com"))).await;
        assert_eq!(rcode(&asked), Rcode::NOERROR);
    }
    let healthy = |address| forwarder.health().contains(&(address, true));
    assert!(!healthy(silent), "three failures in a row take a server out of turn");
    assert!(healthy(upstream.address));
}

#[tokio::test]
async fn without_any_answer_there_is_servfail() {
    let nobody = FakeUpstream::nobody();
    let forwarder = forwarder(everything(&[nobody]).with_max_fails(1));
    for number in 0..3 {
        let asked = forwarder.ask(&question(&format!("n{number}.example.com"))).await;
        assert_eq!(rcode(&asked), Rcode::SERVFAIL);
    }
    assert!(forwarder.stats.all_down.get() > 0, "asked all the same while down");
    assert_eq!(forwarder.under_way(), 0);
    assert_eq!(forwarder.in_flight.len(), 0);
}

#[tokio::test]
async fn a_server_that_answers_probes_is_back() {
    let works = Arc::new(AtomicBool::new(false));
    let answers = Arc::clone(&works);
    let upstream =
        FakeUpstream::start(
            move |received| {
                if answers.load(Ordering::SeqCst) { vec![correct(received)] } else { Vec::new() }
            },
        );
    let forwarder = forwarder(everything(&[upstream.address]).with_max_fails(1).with_timeouts(SHORT, LONG));
    assert_eq!(rcode(&forwarder.ask(&question("www.example.com")).await), Rcode::SERVFAIL);
    assert_eq!(forwarder.health(), [(upstream.address, false)]);
    works.store(true, Ordering::SeqCst);
    tokio::time::timeout(LONG, async {
        while forwarder.health() != [(upstream.address, true)] {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await
    .unwrap();
    assert_eq!(rcode(&forwarder.ask(&question("www.example.com")).await), Rcode::NOERROR);
}

/// An upstream that answers when the gate opens.
fn gated() -> (FakeUpstream, Arc<AtomicBool>) {
    let open = Arc::new(AtomicBool::new(false));
    let gate = Arc::clone(&open);
    let upstream = FakeUpstream::start(move |received| {
        while !gate.load(Ordering::SeqCst) {
            std::thread::sleep(Duration::from_millis(5));
        }
        vec![correct(received)]
    });
    (upstream, open)
}

#[tokio::test]
async fn equal_questions_are_asked_once() {
    let (upstream, gate) = gated();
    let forwarder = forwarder(everything(&[upstream.address]));
    let waiting: Vec<_> = (0..50)
        .map(|number| {
            let forwarder = Arc::clone(&forwarder);
            let name = if number % 2 == 0 { "www.example.com" } else { "WWW.EXAMPLE.COM" };
            tokio::spawn(async move { forwarder.ask(&question(name)).await })
        })
        .collect();
    while forwarder.stats.merged.get() < 49 {
        tokio::task::yield_now().await;
    }
    // Who asked first may go away without harm to the others.
    let mut waiting = waiting.into_iter();
    waiting.next().unwrap().abort();
    gate.store(true, Ordering::SeqCst);
    for task in waiting {
        assert_eq!(rcode(&task.await.unwrap()), Rcode::NOERROR);
    }
    assert_eq!(upstream.received(), 1);
}

#[tokio::test]
async fn too_many_questions_are_refused() {
    let (upstream, gate) = gated();
    let forwarder = forwarder(everything(&[upstream.address]).with_max_concurrent(1));
    let first = tokio::spawn({
        let forwarder = Arc::clone(&forwarder);
        async move { forwarder.ask(&question("a.example.com")).await }
    });
    while forwarder.under_way() == 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(rcode(&forwarder.ask(&question("b.example.com")).await), Rcode::REFUSED);
    assert_eq!(forwarder.stats.max_concurrent_rejects.get(), 1);
    gate.store(true, Ordering::SeqCst);
    assert_eq!(rcode(&first.await.unwrap()), Rcode::NOERROR);
    assert_eq!(forwarder.under_way(), 0);
}

#[tokio::test]
async fn the_longest_zone_decides_who_is_asked() {
    let answering =
        |address: &'static str| FakeUpstream::start(move |received| vec![address_reply(received.query, 300, address)]);
    let (all, corp, deep) = (answering("192.0.2.1"), answering("192.0.2.2"), answering("192.0.2.3"));
    let rules = [
        format!("{}", all.address),
        format!("corp.example={}", corp.address),
        format!("deep.corp.example={}", deep.address),
    ];
    let rules = rules.iter().map(|rule| rule.parse().unwrap()).collect();
    let forwarder = forwarder(ForwardConfig::new(rules).with_timeouts(LONG, LONG));
    for name in ["a.example", "a.corp.example", "corp.example", "a.Deep.Corp.example", "xcorp.example"] {
        assert_eq!(rcode(&forwarder.ask(&question(name)).await), Rcode::NOERROR);
    }
    assert_eq!([all.received(), corp.received(), deep.received()], [2, 2, 1]);
}

#[test]
fn stub_zones_alone_cover_nothing_else() {
    let rule = "corp.example=192.0.2.1".parse().unwrap();
    let forwarder = forwarder(ForwardConfig::new(vec![rule]));
    let covers = |name: &str| forwarder.covers(name.parse::<dns_records::Name>().unwrap().as_ref());
    assert!(covers("a.corp.example") && !covers("example") && !covers("www.example.com"));
}

#[test]
fn rules_are_read_and_written() {
    for (text, written) in [
        ("192.0.2.1", ".=192.0.2.1:53"),
        ("Corp.Example=192.0.2.1:5353,2001:db8::1", "Corp.Example.=192.0.2.1:5353,[2001:db8::1]:53"),
        (".=[2001:db8::1]:99,[::1]", ".=[2001:db8::1]:99,[::1]:53"),
    ] {
        let rule: ForwardRule = text.parse().unwrap();
        assert_eq!(rule.to_string(), written);
        assert_eq!(written.parse::<ForwardRule>().unwrap(), rule);
    }
    for wrong in ["", "host.example", "a..b=192.0.2.1", "corp.example=", "192.0.2.1,", "192.0.2.1:x"] {
        assert!(wrong.parse::<ForwardRule>().is_err(), "{wrong:?}");
    }
}
