//! What each answer to the first name does to the walk. Measured with one server, timeout 5, attempts 2 (c-ares: 2 and 3), unless a row
//! says else.

use std::collections::BTreeSet;

use k8s_resolv_conf::{Families, QueryType, StubResolver, Transmit, Transport};

use crate::world::{C_ARES, Does, FIVE, GLIBC, GO, HICKORY, MUSL, MUSL_OLD, Run, config, run, run_for};

const FILE: &str = "nameserver 10.0.0.1\nsearch a.test b.test\noptions ndots:5\n";
const FIRST: &str = "x.y.a.test.";

/// Everything as `does` for the first name, and no such name for the others.
fn first(resolver: StubResolver, does: Does) -> Run {
    run(resolver, &config(resolver, FILE), "x.y", |sent| if is_first(sent) { does } else { Does::Nx })
}

/// The same, by type.
fn halves(resolver: StubResolver, a: Does, aaaa: Does) -> Run {
    run(resolver, &config(resolver, FILE), "x.y", |sent| match sent.query.query_type {
        _ if !is_first(sent) => Does::Nx,
        QueryType::A => a,
        QueryType::Aaaa => aaaa,
    })
}

fn is_first(sent: &Transmit) -> bool {
    sent.query.name.to_string() == FIRST
}

/// Where the walk goes after the first name.
fn way(run: &Run) -> &'static str {
    match run.names().len() {
        3 => "next",
        2 if run.names()[1] == "x.y." => "as is",
        1 if run.end() == "ok" => "ok",
        1 => "stop",
        _ => "?",
    }
}

/// The queries for the first name, and the seconds until the last thing happened to it.
fn effort(run: &Run) -> (usize, u64) {
    let queries = run.sent.iter().filter(|sent| is_first(&sent.transmit)).count();
    let until = run.sent.iter().find(|sent| !is_first(&sent.transmit)).map_or(run.took, |sent| sent.at);
    (queries, until.as_secs())
}

type Row = (&'static str, usize, u64);

fn check(does: &str, rows: [(StubResolver, Row); 5], act: impl Fn(StubResolver) -> Run) {
    for (resolver, (expected, queries, seconds)) in rows {
        let run = act(resolver);
        assert_eq!((way(&run), effort(&run)), (expected, (queries, seconds)), "{does}: {resolver:?}, {}", run.end());
    }
}

fn five(rows: [Row; 5]) -> [(StubResolver, Row); 5] {
    let mut rows = rows.into_iter();
    FIVE.map(|resolver| (resolver, rows.next().expect("five rows")))
}

#[test]
fn one_answer_to_both() {
    let rows: [(Does, [Row; 5]); 8] = [
        (Does::Ok, [("ok", 2, 0); 5]),
        (Does::Nx, [("next", 2, 0); 5]),
        (Does::NoData, [("next", 2, 0), ("stop", 2, 0), ("next", 2, 0), ("next", 2, 0), ("next", 2, 0)]),
        // musl: the pair and four resends at 0 s and at 2.5 s. c-ares: three tries. hickory: one and `attempts`.
        (Does::ServFail, [("next", 4, 0), ("stop", 12, 5), ("next", 4, 0), ("stop", 6, 0), ("next", 6, 0)]),
        (Does::Refused, [("as is", 4, 0), ("stop", 4, 5), ("next", 4, 0), ("stop", 6, 0), ("next", 6, 0)]),
        (Does::NotImp, [("as is", 4, 0), ("stop", 4, 5), ("next", 4, 0), ("stop", 6, 0), ("next", 6, 0)]),
        // c-ares asks once more without an OPT record.
        (Does::FormErr, [("as is", 2, 0), ("stop", 4, 5), ("next", 4, 0), ("stop", 4, 0), ("next", 6, 0)]),
        // c-ares: 2 s, 4 s and 8 s, the longest that its jitter leaves. hickory: three tries of 5 s with three packets.
        (Does::Drop, [("as is", 4, 10), ("stop", 4, 5), ("next", 4, 10), ("stop", 6, 14), ("next", 18, 15)]),
    ];
    for (does, rows) in rows {
        check(&format!("{does:?}"), five(rows), |resolver| first(resolver, does));
    }
}

#[test]
fn musl_1_2_3_takes_nodata_for_no_name() {
    let run = first(MUSL_OLD, Does::NoData);
    assert_eq!((way(&run), run.end().as_str()), ("stop", "EAI_NONAME (-2)"));
}

#[test]
fn nobody_listens() {
    // Measured on the loopback interface, where the ICMP error is there before the second query: c-ares never sends it.
    for (resolver, names, queries, seconds, end) in [
        (GLIBC, 1, 4, 0, "EAI_AGAIN (-3)"),
        (MUSL, 1, 4, 5, "EAI_AGAIN (-3)"),
        (GO, 3, 12, 0, "connection refused"),
        (C_ARES, 1, 3, 0, "ECONNREFUSED"),
        // Three packets, three tries, three names for each type; but its interval grows, and in the end the third packet comes too late.
        (HICKORY, 3, 51, 45, "request timed out"),
    ] {
        let run = run(resolver, &config(resolver, FILE), "x.y", |_| Does::Icmp);
        assert_eq!(
            (run.names().len(), run.sent.len(), run.took.as_secs(), run.end().as_str()),
            (names, queries, seconds, end),
            "{resolver:?}"
        );
    }
    let run = run(C_ARES, &config(C_ARES, FILE), "x.y", |_| Does::Icmp);
    assert!(run.sent.iter().all(|sent| sent.query_type() == QueryType::A));
    assert_eq!(run.sent.iter().map(|sent| sent.transmit.socket).collect::<BTreeSet<_>>().len(), 3);
}

#[test]
fn mixed_answers_to_a_pair() {
    let rows: [(Does, Does, [Row; 5]); 7] = [
        // musl throws the address away.
        (Does::Ok, Does::Nx, [("ok", 2, 0), ("next", 2, 0), ("ok", 2, 0), ("ok", 2, 0), ("ok", 2, 0)]),
        (Does::Ok, Does::NoData, [("ok", 2, 0); 5]),
        // c-ares does not retry AAAA once it has an IPv4 address. musl's four resends are all for AAAA.
        (Does::Ok, Does::ServFail, [("ok", 2, 0), ("stop", 11, 5), ("ok", 3, 0), ("ok", 2, 0), ("ok", 4, 0)]),
        (Does::Ok, Does::Refused, [("ok", 2, 0), ("stop", 3, 5), ("ok", 3, 0), ("ok", 2, 0), ("ok", 4, 0)]),
        (Does::Ok, Does::FormErr, [("ok", 2, 0), ("stop", 3, 5), ("ok", 3, 0), ("ok", 3, 0), ("ok", 4, 0)]),
        (Does::Ok, Does::Drop, [("ok", 6, 15), ("stop", 3, 5), ("ok", 3, 10), ("ok", 2, 2), ("ok", 10, 15)]),
        (Does::Nx, Does::NoData, [("next", 2, 0); 5]),
    ];
    for (a, aaaa, rows) in rows {
        check(&format!("{a:?} and {aaaa:?}"), five(rows), |resolver| halves(resolver, a, aaaa));
    }
    for aaaa in [Does::ServFail, Does::Refused, Does::FormErr, Does::Drop] {
        assert_eq!(halves(MUSL, Does::Ok, aaaa).end(), "EAI_AGAIN (-3)", "{aaaa:?}");
    }
}

#[test]
fn glibc_falls_back_to_one_query_after_the_other() {
    // Measured: 5 s both at once, 5 s one after the other by the same socket, 5 s by separate ones.
    let run = halves(GLIBC, Does::Ok, Does::Drop);
    assert_eq!(run.times(), [0, 5000, 10000]);
    let sockets: Vec<u32> = run.sent.iter().map(|sent| sent.transmit.socket.0).collect();
    assert_eq!(sockets[..4], [sockets[0]; 4]);
    assert_ne!(sockets[4], sockets[0]);
    assert_ne!(sockets[5], sockets[4]);
    // The mode stays for the names that follow: without an answer to AAAA they take one more wait each.
    let file = config(GLIBC, FILE);
    let later = crate::world::run(GLIBC, &file, "x.y", |sent| match sent.query.query_type {
        QueryType::A => Does::Nx,
        QueryType::Aaaa => Does::Drop,
    });
    assert_eq!((later.took.as_secs(), later.end().as_str()), (25, "EAI_NONAME (-2)"));
}

#[test]
fn truncated_answers() {
    for resolver in FIVE {
        let run = first(resolver, Does::Tc);
        assert_eq!(way(&run), "ok", "{resolver:?}");
        let tcp: Vec<QueryType> = run
            .sent
            .iter()
            .filter(|sent| sent.transmit.transport == Transport::Tcp)
            .map(crate::world::Sent::query_type)
            .collect();
        assert_eq!(tcp.len(), 2, "{resolver:?}: both types again");
        assert_eq!(run.outcome.addresses().len(), 2);
    }
    // musl before 1.2.4 has no TCP and uses what it got.
    let old = first(MUSL_OLD, Does::Tc);
    assert!(old.sent.iter().all(|sent| sent.transmit.transport == Transport::Udp));
    assert_eq!(way(&old), "stop");
}

#[test]
fn glibc_goes_on_by_the_code_of_the_first_reply() {
    // send_dg leaves a pair's first reply in the first buffer; once both failed, __res_context_search goes to the next entry if it says
    // SERVFAIL, else to the name as it is.
    assert_eq!(way(&halves(GLIBC, Does::ServFail, Does::Refused)), "next");
    assert_eq!(way(&halves(GLIBC, Does::Refused, Does::ServFail)), "as is");
    // Over TCP both count (measured).
    let config = config(GLIBC, &format!("{FILE}options use-vc\n"));
    for (a, aaaa, expected) in [
        (Does::NoData, Does::ServFail, "as is"),
        (Does::Lame, Does::ServFail, "as is"),
        (Does::ServFail, Does::NoData, "next"),
        (Does::Refused, Does::ServFail, "as is"),
    ] {
        let run = run(GLIBC, &config, "x.y", |sent| match sent.query.query_type {
            _ if !is_first(sent) => Does::Nx,
            QueryType::A => a,
            QueryType::Aaaa => aaaa,
        });
        assert_eq!(way(&run), expected, "{a:?} {aaaa:?}");
    }
}

#[test]
fn a_root_entry_is_the_name_as_it_is_for_glibc() {
    // Measured: once the rest of the list is skipped, the name as it is comes last, though the root is on the list before `b.test`.
    let config = config(GLIBC, "nameserver 10.0.0.1\nsearch a.test . b.test\noptions ndots:5\n");
    let rows = [
        (Does::Refused, Does::Nx, 2, "EAI_NONAME (-2)"),
        (Does::Refused, Does::NoData, 2, "EAI_NODATA (-5)"),
        (Does::Drop, Does::ServFail, 2, "EAI_AGAIN (-3)"),
        (Does::Nx, Does::Nx, 3, "ok"),
    ];
    for (searched, as_is, names, end) in rows {
        let run = run(GLIBC, &config, "x.y", |sent| match sent.query.name.to_string().as_str() {
            FIRST => searched,
            "x.y." => as_is,
            _ => Does::Ok,
        });
        assert_eq!((run.names().len(), run.end().as_str()), (names, end), "{searched:?} {as_is:?}");
    }
}

#[test]
fn two_truncated_replies_leave_hickory_without_one() {
    // name_server_pool.rs: "truncated response received and UDP already disabled, giving up".
    let config =
        config(HICKORY, "nameserver 10.0.0.1\nnameserver 10.0.0.2\nsearch a.test\noptions ndots:1 attempts:0\n");
    let run = run_for(Families::V4, HICKORY, &config, "x.y.", |_| Does::Tc);
    assert_eq!(run.end(), "response was truncated; TCP already tried or no other transport available");
}

#[test]
fn refused_streams() {
    // glibc: send_vc's error is the next server, once each, and ECONNREFUSED ends the search. musl: `goto out`. Go, c-ares and hickory: next try.
    for (resolver, expected, end) in [
        (GLIBC, "stop", "EAI_AGAIN (-3)"),
        (MUSL, "stop", "EAI_AGAIN (-3)"),
        (GO, "next", "no such host"),
        (C_ARES, "stop", "ECONNREFUSED"),
        (HICKORY, "next", "no records found: NXDomain"),
    ] {
        let run = first(resolver, Does::TcRefused);
        assert_eq!((way(&run), run.end().as_str(), run.took.as_secs()), (expected, end, 0), "{resolver:?}");
    }
}

#[test]
fn lame_answers_move_on_to_the_next_server() {
    // Measured: glibc and Go ask the next server, to the others it is NODATA.
    for (resolver, servers, end) in [
        (GLIBC, 2, "ok"),
        (GO, 2, "ok"),
        (MUSL, 0, "EAI_NODATA (-5)"),
        (C_ARES, 1, "ENODATA"),
        (HICKORY, 0, "no records found: NoError"),
    ] {
        let file = "nameserver 10.0.0.1\nnameserver 10.0.0.2\noptions ndots:1\n";
        let run = run(resolver, &config(resolver, file), "x.y", |sent| {
            if sent.server.to_string().starts_with("10.0.0.1") { Does::Lame } else { Does::Ok }
        });
        let asked: BTreeSet<u8> = run.sent.iter().map(crate::world::Sent::server).collect();
        // musl and hickory ask both at once.
        if servers > 0 {
            assert_eq!(asked.len(), servers, "{resolver:?}");
        }
        assert_eq!(run.end(), end, "{resolver:?}");
    }
}

#[test]
fn single_labels_go_on_after_servfail_with_c_ares() {
    // host_callback of ares_getaddrinfo.c: "systemd-resolved may return SERVFAIL or REFUSED on a single label domain name".
    let file = config(C_ARES, "nameserver 10.0.0.1\nsearch a.test\noptions ndots:0\n");
    for does in [Does::ServFail, Does::Refused] {
        let run = run(C_ARES, &file, "x", |sent| if sent.query.name.labels().count() == 1 { does } else { Does::Ok });
        assert_eq!((run.names().len(), run.end().as_str()), (2, "ok"), "{does:?}");
    }
}
