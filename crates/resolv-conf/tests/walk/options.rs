//! The options, and the shape of the queries. Measured where a comment does not name a source.

use std::collections::BTreeSet;

use k8s_resolv_conf::{
    Choices, Families, GlibcVersion, Lookup, OptionFlag, QueryType, Schedules, StubResolver, Transport,
};

use crate::world::{C_ARES, Does, FIVE, GLIBC, GO, HICKORY, MUSL, Run, alone, config, reply, run, run_for, run_lookup};

const A_AAAA: [&str; 2] = ["A@1", "AAAA@1"];

#[test]
fn shape_of_a_pair() {
    for (resolver, order, sockets, edns) in [
        (GLIBC, A_AAAA, 1, None),
        (MUSL, A_AAAA, 1, None),
        (GO, A_AAAA, 2, Some(1232)),
        (C_ARES, A_AAAA, 1, Some(1232)),
        (HICKORY, ["AAAA@1", "A@1"], 2, None),
    ] {
        let run = run(resolver, &alone(resolver, ""), "x.test", |_| Does::Ok);
        assert_eq!(run.queries(), order, "{resolver:?}");
        let ports: BTreeSet<u32> = run.sent.iter().map(|sent| sent.transmit.socket.0).collect();
        assert_eq!(ports.len(), sockets, "{resolver:?}");
        let queries = run.sent.iter().map(|sent| &sent.transmit.query);
        assert!(queries.clone().all(|query| query.edns == edns && !query.authentic_data), "{resolver:?}");
        let ids: BTreeSet<u16> = queries.map(|query| query.id).collect();
        assert_eq!(ids.len(), 2, "{resolver:?}: one identifier each");
        assert_eq!(run.outcome.addresses().len(), 2);
    }
}

#[test]
fn sockets_of_a_walk() {
    // glibc and musl open one for each name, c-ares keeps one.
    for (resolver, sockets) in [(GLIBC, 4), (MUSL, 4), (GO, 8), (C_ARES, 1), (HICKORY, 8)] {
        let run = run(resolver, &config(resolver, &crate::world::pod(5)), "example.com", |_| Does::Nx);
        let ports: BTreeSet<u32> = run.sent.iter().map(|sent| sent.transmit.socket.0).collect();
        assert_eq!(ports.len(), sockets, "{resolver:?}");
    }
}

#[test]
fn one_family() {
    for resolver in FIVE {
        for (families, query_type) in [(Families::V4, QueryType::A), (Families::V6, QueryType::Aaaa)] {
            let run = run_for(families, resolver, &alone(resolver, ""), "x.test", |_| Does::Ok);
            let types: Vec<QueryType> = run.sent.iter().map(crate::world::Sent::query_type).collect();
            assert_eq!(types, [query_type], "{resolver:?}");
        }
    }
}

#[test]
fn edns0_trust_ad_and_use_vc() {
    let options = "options edns0 trust-ad use-vc\n";
    for (resolver, edns, authentic_data, transport) in [
        (GLIBC, Some(1200), true, Transport::Tcp),
        (MUSL, None, false, Transport::Udp),
        (GO, Some(1232), true, Transport::Tcp),
        (C_ARES, Some(1232), false, Transport::Udp),
        (HICKORY, Some(1232), false, Transport::Udp),
    ] {
        let run = run(resolver, &alone(resolver, options), "x.test", |_| Does::Ok);
        for sent in &run.sent {
            let shape = (sent.transmit.query.edns, sent.transmit.query.authentic_data, sent.transmit.transport);
            assert_eq!(shape, (edns, authentic_data, transport), "{resolver:?}");
        }
        assert_eq!(run.end(), "ok");
    }
}

#[test]
fn glibc_takes_any_reply_of_a_stream() {
    // send_vc looks at no response code; __res_context_query then makes SERVFAIL "try again" and REFUSED "no recovery".
    for (does, end) in [(Does::ServFail, "EAI_AGAIN (-3)"), (Does::Refused, "EAI_NONAME (-2)")] {
        let run = run(GLIBC, &alone(GLIBC, "options use-vc\n"), "x.test", |_| does);
        assert_eq!((run.sent.len(), run.end().as_str()), (2, end), "{does:?}");
    }
}

#[test]
fn streams_of_glibc_try_each_server_once() {
    // __res_context_send: "Use VC; at most one attempt per server".
    let mut config = config(GLIBC, "nameserver 10.0.0.1\nnameserver 10.0.0.2\noptions use-vc attempts:3\n");
    config.search.clear();
    let run = run(GLIBC, &config, "x.test", |_| Does::TcRefused);
    assert_eq!(run.queries(), ["A@1/tcp", "AAAA@1/tcp", "A@2/tcp", "AAAA@2/tcp"]);
}

#[test]
fn single_request() {
    let sent = |resolver, options: &str| -> Run { run(resolver, &alone(resolver, options), "x.test", |_| Does::Ok) };
    let socket = |run: &Run, at: usize| run.sent[at].transmit.socket;
    // One after the other: the second leaves after the first's answer, by the same socket or by another one.
    let same = sent(GLIBC, "options single-request\n");
    assert_eq!(same.queries(), A_AAAA);
    assert_eq!(socket(&same, 0), socket(&same, 1));
    let other = sent(GLIBC, "options single-request-reopen\n");
    assert_ne!(socket(&other, 0), socket(&other, 1));
    // Go takes both options for one.
    for options in ["options single-request\n", "options single-request-reopen\n"] {
        assert_eq!(sent(GO, options).queries(), A_AAAA);
        let silent = run(GO, &alone(GO, options), "x.test", |_| Does::Drop);
        assert_eq!(
            (silent.queries(), silent.took.as_secs()),
            (vec!["A@1".into(), "A@1".into(), "AAAA@1".into(), "AAAA@1".into()], 20)
        );
    }
    // Nothing is sent before the first answer.
    let waiting = run(GLIBC, &alone(GLIBC, "options single-request\n"), "x.test", |_| Does::Drop);
    assert_eq!(waiting.queries(), ["A@1", "A@1"]);
}

#[test]
fn rotate() {
    let file =
        "nameserver 10.0.0.1\nnameserver 10.0.0.2\nnameserver 10.0.0.3\nsearch a.test b.test\noptions rotate ndots:5\n";
    let asked = |resolver: StubResolver, choices: Vec<u32>| {
        let config = config(resolver, file);
        run_lookup(&Lookup::new(resolver, &config, "x"), Choices::pinned(choices), |_| Does::Nx).queries()
    };
    // glibc: a random start, one further each name; a pair stays together.
    assert_eq!(asked(GLIBC, vec![1]), ["A@2", "AAAA@2", "A@3", "AAAA@3", "A@1", "AAAA@1"]);
    // Go: one further each query. The first choice is the pair's order, the second where the list begins.
    assert_eq!(asked(GO, vec![0, 0]), ["A@1", "AAAA@2", "A@3", "AAAA@1", "A@2", "AAAA@3"]);
    // A search entry that makes no name takes its two turns all the same (measured).
    let skipping = config(GO, &file.replace("a.test", ".a.test"));
    let rotated = run_lookup(&Lookup::new(GO, &skipping, "x"), Choices::pinned([0, 0]), |_| Does::Nx);
    assert_eq!(rotated.queries(), ["A@3", "AAAA@1", "A@2", "AAAA@3"]);
    // c-ares: any server for each query.
    assert_eq!(asked(C_ARES, vec![2, 0, 1, 1, 0, 2]), ["A@3", "AAAA@1", "A@2", "AAAA@2", "A@1", "AAAA@3"]);
    // musl and hickory know no such option: musl asks all, hickory the same two.
    assert_eq!(asked(MUSL, vec![]).len(), 18);
    let plain = config(HICKORY, &file.replace("rotate ", ""));
    let unrotated = run_lookup(&Lookup::new(HICKORY, &plain, "x"), Choices::pinned([]), |_| Does::Nx).queries();
    assert_eq!(asked(HICKORY, vec![]), unrotated);
}

#[test]
fn rotate_moves_the_waits() {
    // send_dg's wait goes by the server's place in the list, wherever the walk began.
    let file = "nameserver 10.0.0.1\nnameserver 10.0.0.2\nnameserver 10.0.0.3\noptions rotate attempts:1\n";
    let config = config(GLIBC, file);
    let run = run_lookup(&Lookup::new(GLIBC, &config, "x.test"), Choices::pinned([1]), |_| Does::Drop);
    assert_eq!(run.queries(), ["A@2", "AAAA@2", "A@3", "AAAA@3", "A@1", "AAAA@1"]);
    assert_eq!(run.times(), [0, 3000, 9000]);
    assert_eq!(run.took.as_secs(), 14);
}

#[test]
fn no_tld_query() {
    // resolv.conf(5): only the final query of a name without dots, and only after a search entry.
    let names = |search: &str, name: &str| {
        let config = config(GLIBC, &format!("nameserver 10.0.0.1\n{search}\noptions no-tld-query ndots:5\n"));
        run(GLIBC, &config, name, |_| Does::Nx).names()
    };
    assert_eq!(names("search a.test", "x"), ["x.a.test."]);
    assert_eq!(names("search a.test", "x.y"), ["x.y.a.test.", "x.y."]);
    assert_eq!(names("", "x"), ["x."]);
}

#[test]
fn no_aaaa() {
    let config = alone(GLIBC, "options no-aaaa\n");
    let run = run(GLIBC, &config, "x.test", |_| Does::Ok);
    assert_eq!((run.queries(), run.end().as_str()), (vec!["A@1".to_owned()], "ok"));
    // IPv6 alone: A is sent, and no address returned.
    let six = run_for(Families::V6, GLIBC, &config, "x.test", |_| Does::Ok);
    assert_eq!((six.queries(), six.end().as_str()), (vec!["A@1".to_owned()], "EAI_NODATA (-5)"));
    // __res_handle_no_aaaa: "Disable EDNS0."; and what it does not get back it takes for a reply without records.
    let config = alone(GLIBC, "options no-aaaa edns0\n");
    let edns = |families| run_for(families, GLIBC, &config, "x.test", |_| Does::Ok).sent[0].transmit.query.edns;
    assert_eq!((edns(Families::V6), edns(Families::V4)), (None, Some(1200)));
    assert_eq!(run_for(Families::V6, GLIBC, &config, "x.test", |_| Does::Drop).end(), "EAI_NODATA (-5)");
    assert_eq!(run_for(Families::V6, GLIBC, &config, "x.test", |_| Does::ServFail).end(), "EAI_AGAIN (-3)");
}

#[test]
fn strict_error() {
    // glibc 2.41, send_dg: "In strict-error mode, always switch to the next server and try to get a response from there".
    let resolver = StubResolver::Glibc(GlibcVersion::V2_41);
    let mut config = config(resolver, "nameserver 10.0.0.1\nnameserver 10.0.0.2\n");
    config.search.clear();
    let half = |sent: &k8s_resolv_conf::Transmit| match (sent.query.query_type, sent.server.to_string().as_str()) {
        (QueryType::Aaaa, "10.0.0.1:53") => Does::ServFail,
        _ => Does::Ok,
    };
    let lenient = run(resolver, &config, "x.test", half);
    assert_eq!((lenient.queries().len(), lenient.outcome.addresses().len()), (2, 1));
    config.set(OptionFlag::StrictError, true);
    let strict = run(resolver, &config, "x.test", half);
    assert_eq!(strict.queries(), ["A@1", "AAAA@1", "A@2", "AAAA@2"]);
    assert_eq!(strict.outcome.addresses().len(), 2);
}

#[test]
fn c_ares_without_edns_after_formerr() {
    let run = run(C_ARES, &alone(C_ARES, ""), "x.test", |_| Does::FormErrToEdns);
    let edns: Vec<bool> = run.sent.iter().map(|sent| sent.transmit.query.edns.is_some()).collect();
    assert_eq!((edns, run.end().as_str()), (vec![true, true, false, false], "ok"));
}

#[test]
fn several_servers() {
    let asked = |resolver, first: Does| {
        let mut config = config(resolver, "nameserver 10.0.0.1\nnameserver 10.0.0.2\n");
        config.search.clear();
        run(resolver, &config, "x.test", |sent| {
            if sent.server.to_string().starts_with("10.0.0.1:") { first } else { Does::Ok }
        })
    };
    // NXDOMAIN of one server is final, even where another one knows better; SERVFAIL is not.
    for resolver in FIVE {
        assert_ne!(asked(resolver, Does::Nx).end(), "ok", "{resolver:?}");
        assert_ne!(asked(resolver, Does::NoData).end(), "ok", "{resolver:?}");
    }
    for resolver in [GLIBC, MUSL, GO, C_ARES] {
        for does in [Does::ServFail, Does::Refused, Does::NotImp] {
            assert_eq!(asked(resolver, does).end(), "ok", "{resolver:?} {does:?}");
        }
    }
    // FORMERR is an answer to glibc, and to c-ares that it does without EDNS.
    for (resolver, end) in [(GLIBC, "EAI_NONAME (-2)"), (MUSL, "ok"), (GO, "ok"), (C_ARES, "EFORMERR")] {
        assert_eq!(asked(resolver, Does::FormErr).end(), end, "{resolver:?}");
    }
    // glibc and Go take the next server for the pair, or for the type; musl asks all at once; hickory two.
    assert_eq!(asked(GLIBC, Does::ServFail).queries(), ["A@1", "AAAA@1", "A@2", "AAAA@2"]);
    assert_eq!(asked(MUSL, Does::Ok).queries(), ["A@1", "A@2", "AAAA@1", "AAAA@2"]);
    assert_eq!(asked(HICKORY, Does::Ok).queries(), ["AAAA@1", "AAAA@2", "A@1", "A@2"]);
    // ICMP: at once.
    assert_eq!((asked(GLIBC, Does::Icmp).took.as_secs(), asked(GO, Does::Icmp).end().as_str()), (0, "ok"));
}

#[test]
fn glibc_asks_all_servers_before_it_skips_the_list() {
    // Measured: REFUSED of every server, in every attempt.
    let file = "nameserver 10.0.0.1\nnameserver 10.0.0.2\nsearch a.test b.test\noptions ndots:5\n";
    let run = run(GLIBC, &config(GLIBC, file), "x.y", |_| Does::Refused);
    let half = ["A@1", "AAAA@1", "A@2", "AAAA@2"];
    assert_eq!(run.names(), ["x.y.a.test.", "x.y."]);
    assert_eq!(run.queries(), half.repeat(4));
}

#[test]
fn servers_that_are_listed_twice() {
    // Measured: musl and hickory send each query twice, glibc and Go come back to the server, c-ares has it once.
    for (resolver, answered, silent) in [(GLIBC, 2, 8), (MUSL, 4, 8), (GO, 2, 8), (C_ARES, 2, 6), (HICKORY, 4, 36)] {
        let mut config = config(resolver, "nameserver 10.0.0.1\nnameserver 10.0.0.1\n");
        config.search.clear();
        let queries = |does| run(resolver, &config, "x.test", |_| does).sent.len();
        assert_eq!((queries(Does::Nx), queries(Does::Drop)), (answered, silent), "{resolver:?}");
    }
}

#[test]
fn hickory_believes_the_server_that_answers_first() {
    // Measured: two servers that disagree, and an outcome by chance.
    let mut config = config(HICKORY, "nameserver 10.0.0.1\nnameserver 10.0.0.2\n");
    config.search.clear();
    let lookup = Lookup::new(HICKORY, &config, "x.test");
    let mut ends = BTreeSet::new();
    let mut schedules = Schedules::new();
    while let Some(choices) = schedules.next() {
        let run = run_lookup(&lookup, choices, |sent| {
            if sent.server == config.nameservers[0].address { Does::Nx } else { Does::Ok }
        });
        ends.insert(run.end());
        schedules.ran(run.walk.decisions());
    }
    assert_eq!(ends.into_iter().collect::<Vec<_>>(), ["no records found: NXDomain", "ok"]);
}

#[test]
fn no_attempts() {
    // Measured: Go makes one of it, c-ares its default of three; hickory counts what comes after the first.
    for (resolver, queries) in [(GO, 2), (C_ARES, 6), (HICKORY, 2)] {
        let run = run(resolver, &alone(resolver, "options attempts:0\n"), "x.test", |_| Does::ServFail);
        assert_eq!(run.sent.len(), queries, "{resolver:?}");
    }
}

#[test]
fn replies_that_answer_nothing_are_ignored() {
    use k8s_resolv_conf::{Rcode, Reply, Step, Walk};
    use std::time::Duration;
    for resolver in FIVE {
        let config = alone(resolver, "");
        let lookup = Lookup::new(resolver, &config, "x.test").families(Families::V4);
        let mut walk = Walk::new(&lookup, Choices::pinned([]));
        let now = Duration::ZERO;
        let Step::Send(sent) = walk.poll(now) else { panic!("a query") };
        let waiting = walk.poll(now);
        let good = reply(Does::Ok, &sent).expect("a reply");
        let elsewhere = "10.9.9.9:53".parse().expect("an address");
        walk.on_reply(now, sent.socket, elsewhere, &good);
        let mut other_id = good.clone();
        other_id.id ^= 1;
        walk.on_reply(now, sent.socket, sent.server, &other_id);
        let mut other_name = Reply::new(&sent.query, Rcode::NxDomain);
        other_name.question = Some(("y.test.".parse().expect("a name"), QueryType::A));
        walk.on_reply(now, sent.socket, sent.server, &other_name);
        walk.on_reply(now, k8s_resolv_conf::SocketId(99), sent.server, &good);
        assert_eq!(walk.poll(now), waiting, "{resolver:?}");
        walk.on_reply(now, sent.socket, sent.server, &good);
        assert!(matches!(walk.poll(now), Step::Done(_)), "{resolver:?}");
    }
}

#[test]
fn glibc_reads_late_answers_when_it_comes_back() {
    // One socket for each server and name, and the same identifiers: what came late lies there for the second attempt.
    use k8s_resolv_conf::{Step, Walk};
    use std::time::Duration;
    let mut config = config(GLIBC, "nameserver 10.0.0.1\nnameserver 10.0.0.2\n");
    config.search.clear();
    let mut walk = Walk::new(&Lookup::new(GLIBC, &config, "x.test").families(Families::V4), Choices::pinned([]));
    let Step::Send(first) = walk.poll(Duration::ZERO) else { panic!("a query") };
    let Step::Send(_) = walk.poll(Duration::from_secs(5)) else { panic!("a query to the second server") };
    walk.on_reply(Duration::from_secs(6), first.socket, first.server, &reply(Does::Ok, &first).expect("a reply"));
    assert!(matches!(walk.poll(Duration::from_secs(6)), Step::Wait { .. }));
    let step = loop {
        match walk.poll(Duration::from_secs(10)) {
            Step::Send(_) => {}
            step => break step,
        }
    };
    assert!(matches!(step, Step::Done(_)), "{step:?}");
}
