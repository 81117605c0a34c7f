//! What c-ares remembers of its servers within a walk, and in which order it does what several sockets tell it. Measured with 1.34.9.

use std::time::Duration;

use k8s_resolv_conf::{Choices, Lookup, QueryType, Step, Transmit, Transport, Walk};

use crate::world::{C_ARES, Does, Run, Sent, config, reply, run};

fn three_servers(options: &str) -> k8s_resolv_conf::ResolverConfig {
    let file = "nameserver 10.0.0.1\nnameserver 10.0.0.2\nnameserver 10.0.0.3\n";
    let mut config = config(C_ARES, &format!("{file}{options}\n"));
    config.search.clear();
    config
}

#[test]
fn of_equally_bad_servers_the_one_that_failed_first_is_the_next() {
    // server_sort_cb: failures in a row, then next_retry_time. Nobody listens at the first two, the third is silent: when its queries time
    // out it has two failures at one stroke, and as many have the others a moment later, after the first query to each.
    let config = three_servers("options timeout:1 attempts:2");
    let run = run(C_ARES, &config, "x.test", |sent| match sent.server.to_string().as_str() {
        "10.0.0.3:53" => Does::Drop,
        _ => Does::Icmp,
    });
    assert_eq!(run.queries(), ["A@1", "A@2", "A@3", "AAAA@3", "AAAA@1", "AAAA@2", "AAAA@3", "A@3"]);
    assert_eq!((run.times(), run.end().as_str()), (vec![0, 1000], "ETIMEOUT"));
}

#[test]
fn a_server_that_failed_comes_last_until_it_answers() {
    let config = three_servers("options attempts:1");
    let asked = |first: Does| {
        run(C_ARES, &config, "x.test", |sent| match sent.server.to_string().as_str() {
            "10.0.0.1:53" => first,
            "10.0.0.2:53" => Does::Refused,
            _ => Does::Nx,
        })
    };
    // SERVFAIL to A, then to AAAA: two failures of the first server, none of the second when it is asked.
    assert_eq!(asked(Does::ServFail).queries(), ["A@1", "AAAA@1", "A@2", "AAAA@2", "A@3", "AAAA@3"]);
    assert_eq!(asked(Does::Nx).queries(), ["A@1", "AAAA@1"]);
}

/// The sockets of a run, in the order of its queries.
fn sockets(run: &Run) -> Vec<u32> {
    run.sent.iter().map(|sent| sent.transmit.socket.0).collect()
}

#[test]
fn sockets_are_retired_after_a_timeout_and_closed_when_idle() {
    // process_timeouts: ARES_CONN_FLAG_NONEW, so that new queries go by another port.
    let mut one = config(C_ARES, "nameserver 10.0.0.1\n");
    one.search.clear();
    assert_eq!(sockets(&run(C_ARES, &one, "x.test", |_| Does::Drop)), [0, 0, 1, 1, 2, 2]);
    // ares_check_cleanup_conns: when the first server has its turn again, its socket is a new one.
    let mut two = config(C_ARES, "nameserver 10.0.0.1\nnameserver 10.0.0.2\noptions attempts:2\n");
    two.search.clear();
    let run = run(C_ARES, &two, "x.test", |_| Does::ServFail);
    assert_eq!(run.sent.iter().map(Sent::server).collect::<Vec<_>>(), [1, 1, 2, 2, 2, 1, 1, 2]);
    let sockets = sockets(&run);
    assert_eq!((sockets[0], sockets[5]), (sockets[1], sockets[6]));
    assert_ne!(sockets[0], sockets[5]);
}

/// The pair's first two queries, and a walk that waits for their replies.
fn pair(lookup: &Lookup<'_>) -> (Walk, Transmit, Transmit) {
    let mut walk = Walk::new(lookup, Choices::pinned([]));
    let (Step::Send(a), Step::Send(aaaa)) = (walk.poll(Duration::ZERO), walk.poll(Duration::ZERO)) else {
        panic!("two queries")
    };
    (walk, a, aaaa)
}

#[test]
fn replies_that_are_read_together_are_judged_before_their_callbacks() {
    // read_answers: what replies lead to is put off until all were read (ares_flush_requeue). So an address for A does not keep AAAA, whose
    // reply was read with it, from another try; one that was read before does (terminate_retries).
    let config = three_servers("options attempts:1");
    let lookup = Lookup::new(C_ARES, &config, "x.test");
    for together in [true, false] {
        let (mut walk, a, aaaa) = pair(&lookup);
        let now = Duration::from_millis(5);
        walk.on_reply(now, a.socket, a.server, &reply(Does::Ok, &a).expect("a reply"));
        if !together {
            assert!(matches!(walk.poll(now), Step::Wait { .. }));
        }
        walk.on_reply(now, aaaa.socket, aaaa.server, &reply(Does::Refused, &aaaa).expect("a reply"));
        match walk.poll(now) {
            Step::Send(again) if together => {
                assert_eq!((again.query.query_type, again.server), (QueryType::Aaaa, config.nameservers[1].address));
                // That one is the last.
                walk.on_reply(now, again.socket, again.server, &reply(Does::Refused, &again).expect("a reply"));
                assert!(matches!(walk.poll(now), Step::Done(_)));
            }
            Step::Done(outcome) if !together => assert_eq!(outcome.addresses().len(), 1),
            step => panic!("{together}: {step:?}"),
        }
    }
}

#[test]
fn a_truncated_reply_goes_to_the_best_server_by_then() {
    // ares_append_requeue without a server, after all replies were read: SERVFAIL for AAAA has moved the first server down.
    let config = three_servers("options attempts:1");
    let lookup = Lookup::new(C_ARES, &config, "x.test");
    let (mut walk, a, aaaa) = pair(&lookup);
    let now = Duration::from_millis(5);
    walk.on_reply(now, a.socket, a.server, &reply(Does::Tc, &a).expect("a reply"));
    walk.on_reply(now, aaaa.socket, aaaa.server, &reply(Does::ServFail, &aaaa).expect("a reply"));
    let Step::Send(stream) = walk.poll(now) else { panic!("a query") };
    assert_eq!((stream.transport, stream.query.query_type), (Transport::Tcp, QueryType::A));
    assert_eq!(stream.server, config.nameservers[1].address);
}
