//! What resolvers leave to chance is declared, and all of it can be run through.

use std::collections::BTreeSet;

use k8s_resolv_conf::{Choices, Lookup, Nondeterminism, ResolverConfig, Schedules, StubResolver};

use crate::world::{ALL, C_ARES, Does, GLIBC, GO, HICKORY, MUSL, Run, config, run_lookup};

const THREE: &str = "nameserver 10.0.0.1\nnameserver 10.0.0.2\nnameserver 10.0.0.3\nsearch a.test\n";

/// Name, type and server of each query, in order.
fn trace(run: &Run) -> Vec<String> {
    run.sent.iter().map(|sent| format!("{} {}@{}", sent.name(), sent.query_type(), sent.server())).collect()
}

fn lookup(resolver: StubResolver, config: &ResolverConfig) -> Lookup<'_> {
    Lookup::new(resolver, config, "x")
}

/// The queries of every schedule, and the kinds of choices met.
fn all(resolver: StubResolver, config: &ResolverConfig, does: Does) -> (Vec<Vec<String>>, BTreeSet<String>) {
    let (mut traces, mut kinds) = (Vec::new(), BTreeSet::new());
    let mut schedules = Schedules::new();
    while let Some(choices) = schedules.next() {
        let run = run_lookup(&lookup(resolver, config), choices, |_| does);
        traces.push(trace(&run));
        kinds.extend(run.walk.decisions().iter().map(|decision| format!("{:?}", decision.kind)));
        schedules.ran(run.walk.decisions());
    }
    (traces, kinds)
}

#[test]
fn every_schedule_is_another_one_and_none_is_missing() {
    for (resolver, options, schedules, kinds) in [
        (GLIBC, "", 1, vec![]),
        (GLIBC, "options rotate", 3, vec!["StartServer"]),
        (MUSL, "options rotate", 1, vec![]),
        // Two names, two orders each.
        (GO, "", 4, vec!["PairOrder"]),
        (GO, "options rotate", 12, vec!["PairOrder", "StartServer"]),
        (GO, "options single-request", 1, vec![]),
        (C_ARES, "", 1, vec![]),
        (C_ARES, "options rotate", 81, vec!["RandomServer"]),
    ] {
        let config = config(resolver, &format!("{THREE}{options}\n"));
        let (traces, met) = all(resolver, &config, Does::Nx);
        assert_eq!(
            (traces.len(), met.into_iter().collect::<Vec<_>>()),
            (schedules, kinds.iter().map(ToString::to_string).collect()),
            "{resolver:?} {options}"
        );
        assert_eq!(traces.iter().collect::<BTreeSet<_>>().len(), schedules, "{resolver:?} {options}: all differ");
        // Chance stays within them.
        for seed in 0..50 {
            let run = run_lookup(&lookup(resolver, &config), Choices::seeded(seed), |_| Does::Nx);
            assert!(traces.contains(&trace(&run)), "{resolver:?} {options} seed {seed}");
        }
    }
}

#[test]
fn hickory_begins_with_any_order_of_servers() {
    let config = config(HICKORY, THREE);
    let (traces, kinds) = all(HICKORY, &config, Does::Drop);
    assert_eq!((traces.len(), kinds.len()), (6, 1));
    let firsts: BTreeSet<&[String]> = traces.iter().map(|trace| &trace[..2]).collect();
    assert_eq!(firsts.len(), 6, "any two servers, in either order");
}

#[test]
fn schedules_can_be_given_up_early() {
    // A record that begins with AAAA needs one walk to rule out all that begin with A.
    let config = config(GO, &crate::world::pod(5));
    let mut schedules = Schedules::new();
    let mut walks = 0;
    while let Some(choices) = schedules.next() {
        walks += 1;
        let mut walk = k8s_resolv_conf::Walk::new(&lookup(GO, &config), choices);
        let k8s_resolv_conf::Step::Send(first) = walk.poll(std::time::Duration::ZERO) else { panic!("a query") };
        if first.query.query_type == k8s_resolv_conf::QueryType::Aaaa {
            break;
        }
        schedules.ran(walk.decisions());
    }
    assert_eq!(walks, 2);
}

#[test]
fn same_seed_same_walk() {
    for resolver in ALL {
        let config = config(resolver, &format!("{THREE}options rotate\n"));
        let of = |seed| {
            let run = run_lookup(&lookup(resolver, &config), Choices::seeded(seed), |_| Does::ServFail);
            (run.sent.clone(), run.outcome.clone(), run.took)
        };
        assert_eq!(of(7), of(7), "{resolver:?}");
        let ids = |seed| of(seed).0.into_iter().map(|sent| sent.transmit.query.id).collect::<Vec<_>>();
        assert_ne!(ids(7), ids(8), "{resolver:?}: identifiers differ by seed");
    }
}

#[test]
fn go_starts_anywhere() {
    // net/dnsconfig.go, serverOffset: a counter of the process.
    let config = config(GO, &format!("{THREE}options rotate\n"));
    let run = run_lookup(&lookup(GO, &config), Choices::pinned([0, 2]), |_| Does::Nx);
    assert_eq!(
        run.walk.decisions().iter().map(|decision| decision.kind).collect::<Vec<_>>()[..2],
        [Nondeterminism::PairOrder, Nondeterminism::StartServer]
    );
    assert_eq!(run.sent[0].server(), 3);
}
