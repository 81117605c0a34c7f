//! What names cost, and which `ndots` suits them.

use std::collections::BTreeSet;

use k8s_resolv_conf::{
    Existence, Families, Lookup, MAX_COST_QUERIES, QueryName, QueryType, ResolverConfig, StubResolver, best_ndots, cost,
};
use proptest::prelude::*;

use crate::world::{C_ARES, FIVE, GLIBC, GO, HICKORY, MUSL, config, pod};

/// A cluster with one Service, and a name outside.
fn cluster(name: &QueryName, _: QueryType) -> Existence {
    match name.to_string().as_str() {
        "svc.ns.svc.cluster.local." | "example.com." | "api.example.com." | "www.example.com." => Existence::Address,
        _ => Existence::NoSuchName,
    }
}

/// A default Pod's file with the host's search entries behind the cluster's.
fn pod_with(ndots: u32, host_entries: usize) -> String {
    let entries: String = (0..host_entries).map(|entry| format!(" host{entry}.example")).collect();
    pod(ndots).replace(" cluster.local\n", &format!(" cluster.local{entries}\n"))
}

#[test]
fn packets_of_common_names() {
    // Measured: a default Pod, and what changes it. Two packets for each name asked for.
    let rows = [
        ("example.com", 5, 0, 8),
        ("api.example.com", 5, 0, 8),
        ("svc.ns.svc.cluster.local", 5, 0, 8),
        ("svc", 5, 0, 2),
        ("svc.ns", 5, 0, 4),
        ("svc.ns.svc", 5, 0, 6),
        ("example.com.", 5, 0, 2),
        ("example.com", 1, 0, 2),
        ("svc.ns.svc.cluster.local", 4, 0, 2),
        ("svc.ns.svc.cluster.local", 1, 0, 2),
        ("api.example.com", 2, 0, 2),
        ("example.com", 2, 0, 8),
        // k search entries of the host's: 2 × (4 + k).
        ("example.com", 5, 1, 10),
        ("example.com", 5, 3, 14),
    ];
    for (name, ndots, host_entries, queries) in rows {
        for resolver in FIVE {
            let config = config(resolver, &pod_with(ndots, host_entries));
            let cost = cost(&Lookup::new(resolver, &config, name), 0, cluster).expect("a cost");
            assert_eq!((cost.queries, cost.round_trips), (queries, queries / 2), "{resolver:?} {name} ndots:{ndots}");
            assert!(cost.waited.is_zero() && !cost.outcome.addresses().is_empty());
        }
    }
}

#[test]
fn one_packet_for_each_name_where_one_family_is_looked_for() {
    for resolver in FIVE {
        let config = config(resolver, &pod(5));
        let cost = cost(&Lookup::new(resolver, &config, "example.com").families(Families::V4), 0, cluster);
        assert_eq!(cost.expect("a cost").queries, 4, "{resolver:?}");
    }
    let no_aaaa = config(GLIBC, &pod(5).replace("ndots:5", "ndots:5 no-aaaa"));
    assert_eq!(cost(&Lookup::new(GLIBC, &no_aaaa, "example.com"), 0, cluster).expect("a cost").queries, 4);
}

#[test]
fn a_short_name_goes_outside_first_at_ndots_1() {
    // Measured: `svc.ns.` is asked for before the search list; musl stops there.
    for resolver in FIVE {
        let config = config(resolver, &pod(1));
        let cost = cost(&Lookup::new(resolver, &config, "svc.ns"), 0, cluster).expect("a cost");
        let found = !cost.outcome.addresses().is_empty();
        // As it is, `svc.ns.ns.svc.cluster.local.`, and there it is.
        assert_eq!((cost.queries, found), if resolver == MUSL { (2, false) } else { (6, true) }, "{resolver:?}");
    }
}

#[test]
fn dead_servers_cost_seconds() {
    // Measured: example.com at ndots 5 with the first of two servers dead, and with both.
    let file = pod(5).replace("10.0.0.1\n", "10.0.0.1\nnameserver 10.0.0.2\n");
    for (resolver, one, both) in [(GLIBC, 20, 40), (MUSL, 0, 5), (GO, 20, 80), (C_ARES, 2, 28), (HICKORY, 0, 60)] {
        let config = config(resolver, &file);
        let lookup = Lookup::new(resolver, &config, "example.com");
        let seconds = |dead| cost(&lookup, dead, cluster).expect("a cost").waited.as_secs();
        assert_eq!((seconds(0), seconds(1), seconds(2)), (0, one, both), "{resolver:?}");
    }
}

/// Words that make names of up to four labels.
fn names() -> impl Strategy<Value = String> {
    proptest::collection::vec(proptest::sample::select(vec!["a", "b", "svc"]), 1..5).prop_map(|labels| labels.join("."))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// With one healthy server: two packets for each name up to the first that exists, or for all of them.
    #[test]
    fn cost_is_the_position_of_the_first_name_that_exists(
        name in names(),
        search in proptest::collection::btree_set(proptest::sample::select(vec!["a.test", "b.test", "c.test", "svc"]), 0..4),
        ndots in 0..6_u32,
        existing in proptest::collection::vec(any::<bool>(), 8),
    ) {
        for resolver in FIVE {
            let mut config = ResolverConfig::defaults(resolver);
            config.nameservers = vec![k8s_resolv_conf::Nameserver::new("10.0.0.1:53".parse().expect("an address"))];
            config.search = search.iter().map(|entry| (*entry).into()).collect();
            config.ndots = ndots;
            let lookup = Lookup::new(resolver, &config, &name);
            let k8s_resolv_conf::Candidates::Names { list, .. } = lookup.candidates() else { unreachable!("a name") };
            let list: Vec<&QueryName> = list.iter().filter_map(|candidate| candidate.name()).collect();
            let exists = |name: &QueryName| {
                let at = list.iter().position(|known| *known == name).expect("a candidate");
                existing[at % existing.len()]
            };
            let position = list.iter().position(|name| exists(name)).map_or(list.len(), |at| at + 1) as u64;
            let world = |name: &QueryName, _| if exists(name) { Existence::Address } else { Existence::NoSuchName };
            let cost = cost(&lookup, 0, world).expect("a cost");
            prop_assert_eq!((cost.queries, cost.round_trips), (2 * position, position), "{:?}", resolver);
        }
    }
}

#[test]
fn best_ndots_for_common_names() {
    let names = ["svc", "svc.ns", "svc.ns.svc", "svc.ns.svc.cluster.local", "www.example.com", "example.com"];
    let best = |resolver: StubResolver, names: &[&str]| {
        best_ndots(names, &config(resolver, &pod(5)), resolver, cluster).expect("a table")
    };
    for resolver in FIVE {
        let table = best(resolver, &names);
        assert_eq!(table.rows.len(), 16);
        let chosen = &table.rows[table.best as usize];
        assert!(chosen.is_safe() && table.rows.iter().all(|row| !row.is_safe() || row.queries >= chosen.queries));
        // What the configuration has breaks nothing.
        assert!(table.rows[5].is_safe());
        let broken: BTreeSet<usize> = table.rows[1].broken.iter().copied().collect();
        // Measured: at ndots 1 on musl `svc.ns` no longer resolves at all, nor does `svc.ns.svc`; nothing breaks elsewhere.
        let expected = if resolver == MUSL { BTreeSet::from([1, 2]) } else { BTreeSet::new() };
        assert_eq!(broken, expected, "{resolver:?}");
        // At ndots 2 only `svc.ns.svc` stops working, and only on musl.
        assert_eq!(table.rows[2].broken, if resolver == MUSL { vec![2] } else { vec![] }, "{resolver:?}");
    }
    // FQDNs and outside names alone: the smallest is the best, one packet pair each.
    for resolver in FIVE {
        let table = best(resolver, &["svc.ns.svc.cluster.local", "www.example.com"]);
        assert_eq!((table.best, table.rows[table.best as usize].queries), (0, 4), "{resolver:?}");
    }
}

#[test]
fn a_name_that_would_mean_something_else_is_told() {
    // `a.b` exists as it is and in the search list: with fewer ndots the other one is found.
    let mut config = config(GLIBC, "nameserver 10.0.0.1\nsearch x.test\noptions ndots:5\n");
    config.search = vec!["x.test".into()];
    let table = best_ndots(&["a.b"], &config, GLIBC, |name, _| match name.to_string().as_str() {
        "a.b." | "a.b.x.test." => Existence::Address,
        _ => Existence::NoSuchName,
    })
    .expect("a table");
    assert_eq!((table.rows[1].changed.as_slice(), table.best), ([0].as_slice(), 5));
    assert!(table.rows[1].broken.is_empty());
}

#[test]
fn a_file_without_limits_makes_an_error_rather_than_hours() {
    // go/dnsconfig_unix.go, ares_sysconfig_files.c and resolv-conf take any number of attempts.
    let file = "nameserver 10.0.0.1\noptions attempts:4294967295 timeout:1\n";
    for resolver in [GO, C_ARES, HICKORY] {
        let config = config(resolver, file);
        let lookup = Lookup::new(resolver, &config, "example.com");
        let error = cost(&lookup, 1, cluster).expect_err("too many");
        assert!(error.at_most > MAX_COST_QUERIES, "{resolver:?}: {error}");
        // With a server that answers it is as cheap as ever.
        assert_eq!(cost(&lookup, 0, cluster).expect("a cost").queries, 2, "{resolver:?}");
        assert_eq!(best_ndots(&["example.com"], &config, resolver, cluster), Err(error));
    }
}
