//! Every walk ends within its bounds, whatever servers do and whenever.

use std::fs;
use std::path::Path;

use k8s_resolv_conf::{Lookup, ResolverConfig, Walk};
use proptest::prelude::*;

use crate::script::walk_script;
use crate::world::{ALL, C_ARES, Does, GLIBC, GO, HICKORY, MUSL, alone, config, pod, run};

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn walks_end_within_their_bounds(octets in proptest::collection::vec(any::<u8>(), 0..400)) {
        walk_script(&octets);
    }

    #[test]
    fn replies_are_parsed_or_refused(octets in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = k8s_resolv_conf::Reply::parse(&octets);
    }
}

#[test]
#[allow(clippy::disallowed_methods, reason = "seeds are files")]
fn seeds_of_walk_script() {
    let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/seeds/walk_script");
    let mut replayed = 0;
    for entry in fs::read_dir(seeds).expect("seeds") {
        walk_script(&fs::read(entry.expect("an entry").path()).expect("a seed"));
        replayed += 1;
    }
    assert!(replayed > 0);
}

#[test]
fn bounds_are_reached() {
    // A bound that nothing comes near is no bound: with the default Pod's file and silent servers.
    for (resolver, queries, seconds) in
        [(GLIBC, 28, 558), (MUSL, 56, 20), (GO, 32, 80), (C_ARES, 40, 300), (HICKORY, 96, 120)]
    {
        let config = config(resolver, &pod(5));
        let walk = Walk::new(&Lookup::new(resolver, &config, "example.com"), k8s_resolv_conf::Choices::seeded(0));
        assert_eq!((walk.max_queries(), walk.max_duration().as_secs()), (queries, seconds), "{resolver:?}");
    }
    // The worst of each kind for one name, as far as it can be told in advance.
    for (resolver, does, queries) in [
        (GLIBC, Does::Drop, 4),
        (MUSL, Does::ServFail, 12),
        (GO, Does::Tc, 4),
        (C_ARES, Does::Drop, 6),
        (HICKORY, Does::Drop, 18),
    ] {
        let run = run(resolver, &alone(resolver, ""), "x.test", |_| does);
        assert_eq!(run.sent.len(), queries, "{resolver:?}");
        assert!(run.sent.len() as u64 <= run.walk.max_queries());
    }
}

#[test]
fn huge_numbers_do_not_overflow() {
    for resolver in ALL {
        let mut config = ResolverConfig::defaults(resolver);
        config.nameservers = vec![k8s_resolv_conf::Nameserver::new("10.0.0.1:53".parse().expect("an address"))];
        config.timeout = std::time::Duration::MAX;
        config.attempts = u32::MAX;
        config.ndots = u32::MAX;
        let mut walk = Walk::new(&Lookup::new(resolver, &config, "x.test"), k8s_resolv_conf::Choices::seeded(0));
        let _ = (walk.max_queries(), walk.max_duration());
        for _ in 0..100 {
            walk.poll(std::time::Duration::from_secs(u64::MAX / 2));
        }
    }
}
