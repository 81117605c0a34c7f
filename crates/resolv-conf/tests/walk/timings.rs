//! When queries leave and when a walk gives up, by a virtual clock. Measured where a comment does not name a source.

use std::time::Duration;

use k8s_resolv_conf::{Choices, Lookup, Step, StubResolver, Walk};

use crate::world::{C_ARES, Does, GLIBC, GO, HICKORY, MUSL, Run, alone, config, pod, reply, run};

/// Nothing ever answers.
fn silence(resolver: StubResolver, servers: u8, options: &str) -> Run {
    let file: String = (1..=servers).map(|server| format!("nameserver 10.0.0.{server}\n")).collect();
    let mut config = config(resolver, &format!("{file}{options}\n"));
    config.search.clear();
    run(resolver, &config, "x.test", |_| Does::Drop)
}

#[test]
fn glibc_waits_by_place() {
    // send_dg: timeout << place, for further servers divided by their number, at least 1 s.
    for (servers, options, times, seconds) in [
        (1, "", vec![0, 5], 10),
        (2, "", vec![0, 5, 10, 15], 20),
        (3, "", vec![0, 5, 8, 14, 19, 22], 28),
        (3, "options timeout:1 attempts:2", vec![0, 1, 2, 3, 4, 5], 6),
        (1, "options timeout:0", vec![0, 1], 2),
        (3, "options timeout:30 attempts:5", vec![0], 5 * (30 + 20 + 40)),
    ] {
        let run = silence(GLIBC, servers, options);
        let sent: Vec<u128> = run.times().into_iter().map(|time| time / 1000).collect();
        assert_eq!((&sent[..times.len()], run.took.as_secs()), (times.as_slice(), seconds), "{servers} {options}");
    }
}

#[test]
fn a_dead_first_server_costs_glibc_5_s_a_name() {
    let config = config(GLIBC, &pod(5).replace("10.0.0.1\n", "10.0.0.1\nnameserver 10.0.0.2\n"));
    let run = run(GLIBC, &config, "example.com", |sent| {
        if sent.server.to_string().starts_with("10.0.0.1:") { Does::Drop } else { Does::Nx }
    });
    assert_eq!(run.took.as_secs(), 20);
}

#[test]
fn a_dead_first_server_costs_others_less() {
    // Go: for each type, in parallel. musl and hickory ask both. c-ares demotes it once.
    for (resolver, seconds) in [(GO, 20), (MUSL, 0), (C_ARES, 2), (HICKORY, 0)] {
        let config = config(resolver, &pod(5).replace("10.0.0.1\n", "10.0.0.1\nnameserver 10.0.0.2\n"));
        let run = run(resolver, &config, "example.com", |sent| {
            if sent.server.to_string().starts_with("10.0.0.1:") { Does::Drop } else { Does::Nx }
        });
        assert_eq!((run.took.as_secs(), run.names().len()), (seconds, 4), "{resolver:?}");
    }
}

#[test]
fn musl_shares_one_budget() {
    // res_msend.c: every query to every server each timeout/attempts, and the end at `timeout`, whatever the number of servers.
    for (servers, options, times, queries, took) in [
        (1, "", vec![0, 2500], 4, 5000),
        (3, "", vec![0, 2500], 12, 5000),
        // 5000 / 3 is 1666 ms: a fourth time fits.
        (1, "options attempts:3", vec![0, 1666, 3332, 4998], 8, 5000),
        (1, "options timeout:1 attempts:1", vec![0], 2, 1000),
        (1, "options timeout:60 attempts:10", (0..10).map(|share| share * 6000).collect(), 20, 60000),
    ] {
        let run = silence(MUSL, servers, options);
        assert_eq!((run.times(), run.sent.len(), run.took.as_millis()), (times, queries, took), "{servers} {options}");
    }
}

#[test]
fn go_waits_the_whole_time_for_each_server() {
    for (servers, options, times, seconds) in [
        (1, "", vec![0, 5], 10),
        (2, "", vec![0, 5, 10, 15], 20),
        (1, "options timeout:1 attempts:3", vec![0, 1, 2], 3),
    ] {
        let run = silence(GO, servers, options);
        let sent: Vec<u128> = run.times().into_iter().map(|time| time / 1000).collect();
        assert_eq!((sent, run.took.as_secs()), (times, seconds), "{servers} {options}");
    }
}

#[test]
fn c_ares_doubles_its_time() {
    // ares_process.c: doubled after each time through the list, then from half to all of that, at least the first time.
    let longest = silence(C_ARES, 1, "");
    assert_eq!((longest.times(), longest.took.as_secs()), (vec![0, 2000, 6000], 14));
    let two = silence(C_ARES, 2, "");
    let servers: Vec<u8> = two.sent.iter().map(crate::world::Sent::server).collect();
    assert_eq!(servers, [1, 1, 2, 2, 1, 1, 2, 2, 1, 1, 2, 2]);
    assert_eq!(two.took.as_secs(), 2 * (2 + 4 + 8));
    // Its own time is at most 5 s (MAX_TIMEOUT_MS), at least 250 ms.
    assert_eq!(silence(C_ARES, 1, "options timeout:9 attempts:1").took.as_secs(), 5);
    // By chance: measured 11.7 s on average.
    let config = alone(C_ARES, "");
    let mut total = Duration::ZERO;
    for seed in 0..100 {
        let lookup = Lookup::new(C_ARES, &config, "x.test");
        let took = crate::world::run_lookup(&lookup, Choices::seeded(seed), |_| Does::Drop).took;
        assert!((8..=14).contains(&took.as_secs()), "{took:?}");
        total += took;
    }
    assert!((10_500..12_500).contains(&(total / 100).as_millis()), "{total:?}");
}

#[test]
fn a_wait_with_jitter_can_be_ended_early() {
    let config = alone(C_ARES, "");
    let lookup = Lookup::new(C_ARES, &config, "x.test").families(k8s_resolv_conf::Families::V4);
    let mut walk = Walk::new(&lookup, Choices::pinned([]));
    let (mut now, mut waits) = (Duration::ZERO, Vec::new());
    loop {
        match walk.poll(now) {
            Step::Send(_) => {}
            Step::Wait { until, earliest } => {
                waits.push(((earliest - now).as_secs(), (until - now).as_secs()));
                if earliest > now + Duration::from_millis(1) {
                    walk.on_timeout(earliest - Duration::from_millis(1));
                    assert_eq!(walk.poll(now), Step::Wait { until, earliest }, "too early");
                }
                now = earliest;
                walk.on_timeout(now);
            }
            Step::Done(_) => break,
        }
    }
    assert_eq!(waits, [(2, 2), (2, 4), (4, 8)]);
    assert_eq!(now.as_secs(), 8);
}

#[test]
fn each_type_can_have_its_own_jitter() {
    // ares_calc_query_timeout draws a number for each query.
    let config = alone(C_ARES, "");
    let mut walk = Walk::new(&Lookup::new(C_ARES, &config, "x.test"), Choices::pinned([]));
    let types_at = |walk: &mut Walk, now: u64| -> Vec<String> {
        let mut types = Vec::new();
        while let Step::Send(sent) = walk.poll(Duration::from_secs(now)) {
            types.push(sent.query.query_type.to_string());
        }
        types
    };
    assert_eq!(types_at(&mut walk, 0), ["A", "AAAA"]);
    assert_eq!(types_at(&mut walk, 2).len(), 2);
    // From 4 s to 6 s.
    walk.on_timeout_of(Duration::from_secs(4), k8s_resolv_conf::QueryType::Aaaa);
    assert_eq!(types_at(&mut walk, 4), ["AAAA"]);
    assert_eq!(types_at(&mut walk, 6), ["A"]);
}

#[test]
fn c_ares_learns_from_answers() {
    // ares_metrics.c: after three answers of a millisecond it waits 250 ms.
    let config = config(C_ARES, &pod(5));
    let asked = std::cell::Cell::new(0);
    let run = run(C_ARES, &config, "example.com", |_| {
        asked.set(asked.get() + 1);
        if asked.get() <= 4 { Does::Nx } else { Does::Drop }
    });
    // 250 ms, 500 ms, 1000 ms.
    assert_eq!(run.took.as_millis(), 1750);
}

#[test]
fn hickory_sends_again_every_third_of_a_second() {
    // udp_client_stream.rs: three packets, each by a socket of its own, 333 ms apart; three tries of 5 s. After failures 1.2 times the smoothed
    // round trip time is more than that: each one adds 150 ms, and the two types count for the same server (name_server.rs).
    let run = silence(HICKORY, 1, "");
    assert_eq!(run.times()[..3], [0, 333, 666]);
    let of = |query_type| -> Vec<u128> {
        let sent = run.sent.iter().filter(|sent| sent.query_type() == query_type);
        sent.map(|sent| sent.at.as_millis()).collect()
    };
    assert_eq!(of(k8s_resolv_conf::QueryType::Aaaa), [0, 333, 666, 5000, 5333, 5666, 10000, 10537, 11074]);
    assert_eq!(of(k8s_resolv_conf::QueryType::A), [0, 333, 666, 5000, 5358, 5716, 10000, 10716, 11432]);
    assert_eq!(run.took.as_secs(), 15);
    let sockets: std::collections::BTreeSet<u32> = run.sent.iter().map(|sent| sent.transmit.socket.0).collect();
    assert_eq!(sockets.len(), run.sent.len());
    // Two servers at a time: a third is never asked while the first two are silent.
    assert!(silence(HICKORY, 3, "").sent.iter().take(12).all(|sent| sent.server() < 3));
}

#[test]
fn hickory_measures_truncated_replies_too() {
    // The reply took 300 ms, the denial by TCP adds 150 ms: 1.2 times that is more than the 333 ms between two packets.
    let config = config(HICKORY, "nameserver 10.0.0.1\nsearch a.test\noptions ndots:2\n");
    let lookup = Lookup::new(HICKORY, &config, "x.y").families(k8s_resolv_conf::Families::V4);
    let mut walk = Walk::new(&lookup, Choices::pinned([]));
    let at = Duration::from_millis;
    let Step::Send(first) = walk.poll(at(0)) else { panic!("a query") };
    walk.on_reply(at(300), first.socket, first.server, &reply(Does::Tc, &first).expect("a reply"));
    let Step::Send(stream) = walk.poll(at(300)) else { panic!("a query by TCP") };
    walk.on_reply(at(300), stream.socket, stream.server, &reply(Does::Nx, &stream).expect("a reply"));
    let Step::Send(next) = walk.poll(at(300)) else { panic!("a query for the next name") };
    assert_eq!(next.query.name.to_string(), "x.y.");
    let Step::Wait { until, .. } = walk.poll(at(300)) else { panic!("a wait") };
    assert_eq!((until - at(300)).as_millis(), 537);
}

#[test]
fn hickory_counts_a_server_that_was_overtaken_as_slow() {
    // record_cancelled: the second server did not answer AAAA before the first did, after 1 s: 5 ms more than that. No answer to A adds
    // 150 ms at 5 s, and 1.2 times that is its time between packets in the second try.
    let mut config = config(HICKORY, "nameserver 10.0.0.1\nnameserver 10.0.0.2\n");
    config.search.clear();
    let mut walk = Walk::new(&Lookup::new(HICKORY, &config, "x.test."), Choices::pinned([]));
    let (mut now, mut again) = (Duration::ZERO, Vec::new());
    let answered = Duration::from_secs(1);
    let mut first = None;
    while now < Duration::from_secs(7) {
        match walk.poll(now) {
            Step::Send(sent) => {
                let place = sent.server == config.nameservers[1].address;
                let is_a = sent.query.query_type == k8s_resolv_conf::QueryType::A;
                if place && is_a && now >= Duration::from_secs(5) {
                    again.push(now.as_millis());
                }
                if !place && !is_a {
                    first.get_or_insert(sent);
                }
            }
            Step::Wait { until, .. } if now < answered && until >= answered => {
                now = answered;
                let sent = first.take().expect("AAAA to the first server");
                walk.on_reply(now, sent.socket, sent.server, &reply(Does::Ok, &sent).expect("a reply"));
            }
            Step::Wait { until, .. } => now = until,
            Step::Done(outcome) => panic!("{outcome:?}"),
        }
    }
    assert_eq!(again, [5000, 5000 + 1378]);
}

#[test]
fn times_of_nothing() {
    // Measured: musl sends nothing at `timeout:0`; glibc nothing at `attempts:0`; musl 1.2.6 dies of SIGFPE at `attempts:0`.
    for (resolver, options, end) in [
        (MUSL, "options timeout:0", "EAI_AGAIN (-3)"),
        (GLIBC, "options attempts:0", "EAI_AGAIN (-3)"),
        (MUSL, "options attempts:0", "SIGFPE"),
    ] {
        let run = silence(resolver, 1, options);
        assert_eq!((run.sent.len(), run.took, run.end().as_str()), (0, Duration::ZERO, end), "{resolver:?} {options}");
    }
    // hickory gives up at once after each try.
    assert_eq!(silence(HICKORY, 1, "options timeout:0 attempts:0").took, Duration::ZERO);
}
