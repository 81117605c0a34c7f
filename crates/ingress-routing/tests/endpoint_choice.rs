//! The choice of endpoints: how it distributes, and how little it moves.

use std::net::SocketAddr;
use std::time::Duration;

use ingress_routing::{
    AffinityCookie, Balance, EjectionOptions, EndpointHealth, EndpointOutcome, EndpointView, HashBound, HealthChange,
    UpstreamEndpoint, client_key,
};
use proptest::prelude::*;

const HASH: Balance = Balance::ConsistentHash(HashBound::None);
const ALL: [Balance; 4] =
    [Balance::RoundRobin, Balance::LeastRequest, HASH, Balance::ConsistentHash(HashBound::Percent(125))];

fn endpoint(number: usize) -> UpstreamEndpoint {
    let zone = ["a", "b", "c"][number % 3];
    UpstreamEndpoint::new(
        format!("10.1.{}.{}:8080", number / 250, number % 250).parse().expect("an address"),
        Some(zone.into()),
    )
}

fn endpoints(count: usize) -> Vec<UpstreamEndpoint> {
    (0..count).map(endpoint).collect()
}

/// How often each endpoint is chosen.
fn counts(balance: Balance, view: &EndpointView<'_>, numbers: std::ops::Range<u64>) -> Vec<u64> {
    let mut counts = vec![0; view.endpoints.len()];
    for number in numbers {
        counts[balance.choose(view, number).expect("an endpoint")] += 1;
    }
    counts
}

#[test]
fn there_may_be_none_to_choose() {
    let some = endpoints(2);
    for balance in ALL {
        assert_eq!(balance.choose(&EndpointView::new(&[]), 7), None);
        assert_eq!(balance.choose(&EndpointView::new(&some).with_excluded(&[true, true]), 7), None);
        assert_eq!(balance.choose(&EndpointView::new(&some).with_weights(&[0, 0]), 7), None);
        assert_eq!(balance.choose(&EndpointView::new(&some).with_weights(&[0, 5]), 7), Some(1));
        assert_eq!(balance.choose(&EndpointView::new(&some[..1]), u64::MAX), Some(0));
    }
}

#[test]
fn round_robin_takes_turns() {
    let five = endpoints(5);
    let view = EndpointView::new(&five);
    let turns: Vec<_> = (3..10).map(|counter| Balance::RoundRobin.choose(&view, counter).unwrap()).collect();
    assert_eq!(turns, [3, 4, 0, 1, 2, 3, 4]);
}

/// The three-gap theorem makes the turns even: no endpoint is ever far from its share.
#[test]
fn weights_are_shares() {
    let three = endpoints(3);
    let view = EndpointView::new(&three).with_weights(&[5, 1, 2]);
    for total in [80, 800, 8000] {
        for (count, weight) in counts(Balance::RoundRobin, &view, 0..total).iter().zip([5, 1, 2]) {
            assert!(count.abs_diff(total * weight / 8) <= 3, "{count} of {total} for {weight}");
        }
    }
}

/// Mitzenmacher's theorem 1 as far as it can be felt: a chosen endpoint is never the single most loaded one of several.
#[test]
fn least_request_avoids_the_most_loaded() {
    let four = endpoints(4);
    let loaded = EndpointView::new(&four).with_loads(&[1, 9, 1, 1]);
    let counts = counts(Balance::LeastRequest, &loaded, 0..30_000);
    assert_eq!(counts[1], 0);
    for at in [0, 2, 3] {
        assert!(counts[at].abs_diff(10_000) < 400, "{counts:?}");
    }
}

#[test]
fn least_request_weighs_loads() {
    let two = endpoints(2);
    let view = EndpointView::new(&two).with_loads(&[5, 2]).with_weights(&[4, 1]);
    // (5+1)/4 against (2+1)/1.
    assert_eq!(counts(Balance::LeastRequest, &view, 0..100), [100, 0]);
}

#[test]
fn least_request_balances_better_than_chance() {
    let many = endpoints(100);
    let mut loads = vec![0u32; 100];
    for number in 0..10_000u64 {
        let chosen = Balance::LeastRequest
            .choose(&EndpointView::new(&many).with_loads(&loads), number.wrapping_mul(0x2545_f491_4f6c_dd1d));
        loads[chosen.unwrap()] += 1;
    }
    // By chance alone the fullest would have some 127; with two choices it stays within lb lb n + O(1) of 100.
    let most = loads.iter().max().unwrap();
    assert!(*most <= 104, "{most}");
}

#[test]
fn keys_spread_evenly() {
    let ten = endpoints(10);
    for count in counts(HASH, &EndpointView::new(&ten), 0..20_000) {
        assert!(count.abs_diff(2_000) < 200, "{count}");
    }
}

/// The choice is part of the interface: proxies of different versions agree on the endpoint of a client.
#[test]
fn keys_stay_across_versions() {
    let ten = endpoints(10);
    let of = |client: &str| HASH.choose(&EndpointView::new(&ten), client_key(client.parse().expect("an address")));
    let chosen = ["192.0.2.1", "192.0.2.2", "2001:db8::1", "::ffff:192.0.2.1"].map(|client| of(client).unwrap());
    assert_eq!(chosen, [4, 5, 1, 4]);
}

#[test]
fn a_bound_holds_and_moves_only_what_is_too_much() {
    let ten = endpoints(10);
    let bounded = Balance::ConsistentHash(HashBound::Percent(125));
    let mut loads = vec![0u32; 10];
    // One key is as popular as all others together.
    for number in 0..1_000u64 {
        let key = if number % 2 == 0 { 7 } else { number };
        let view = EndpointView::new(&ten).with_loads(&loads);
        let chosen = bounded.choose(&view, key).unwrap();
        let limit = ((number + 1) * 125).div_ceil(1_000) as u32;
        assert!(loads[chosen] < limit);
        // Where the bound does not bite, it is the unbounded choice.
        let preferred = HASH.choose(&view, key).unwrap();
        assert!(chosen == preferred || loads[preferred] >= limit);
        loads[chosen] += 1;
    }
    assert!(loads.iter().all(|load| *load <= 125), "{loads:?}");
}

#[test]
fn near_endpoints_come_first() {
    let six = endpoints(6);
    let from = |zone| EndpointView::new(&six).with_zone(zone);
    for balance in ALL {
        let chosen = counts(balance, &from("b"), 0..100);
        assert!(chosen.iter().enumerate().all(|(index, count)| (index % 3 == 1) == (*count > 0)), "{chosen:?}");
        // Elsewhere and where the near ones are excluded, all others count.
        let far = [false, true, false, false, true, false];
        assert!(
            counts(balance, &from("b").with_excluded(&far), 0..100).iter().filter(|count| **count > 0).count() == 4
        );
        assert!(counts(balance, &from("z"), 0..100).iter().all(|count| *count > 0));
    }
    let zoneless = [UpstreamEndpoint::new(six[0].address, None)];
    assert_eq!(Balance::RoundRobin.choose(&EndpointView::new(&zoneless).with_zone("a"), 0), Some(0));
}

#[test]
fn cookies_keep_to_an_endpoint_until_it_is_gone() {
    let ten = endpoints(10);
    for (index, endpoint) in ten.iter().enumerate() {
        let cookie = AffinityCookie::of(endpoint, 42);
        let read: AffinityCookie = cookie.to_string().parse().unwrap();
        assert_eq!(read, cookie);
        assert_eq!(read.endpoint(&EndpointView::new(&ten).with_zone("z"), 42), Some(index));
        assert_eq!(read.endpoint(&EndpointView::new(&ten), 43), None);
        let mut excluded = [false; 10];
        excluded[index] = true;
        assert_eq!(read.endpoint(&EndpointView::new(&ten).with_excluded(&excluded), 42), None);
        assert!(!cookie.to_string().contains("10.1."));
    }
    for text in
        ["", "0", "+123456789abcdef", "0123456789ABCDEF", "0123456789abcdef0", "0123456789abcdeg", "0123456789abcdé"]
    {
        assert!(text.parse::<AffinityCookie>().is_err(), "{text}");
    }
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

#[test]
fn ejection_takes_its_course() {
    let ten = endpoints(10);
    let mut health = EndpointHealth::new(EjectionOptions::default());
    let failing = ten[3].address;
    let fail = |health: &mut EndpointHealth, at| health.observe(failing, EndpointOutcome::Failure, seconds(at));
    let succeed = |health: &mut EndpointHealth, at| health.observe(failing, EndpointOutcome::Success, seconds(at));
    let out = |health: &EndpointHealth, at| {
        let mut excluded = Vec::new();
        health.excluded(&ten, seconds(at), &mut excluded);
        assert_eq!(excluded.len(), 10);
        excluded.iter().enumerate().filter_map(|(index, excluded)| excluded.then_some(index)).collect::<Vec<_>>()
    };
    // A success in between begins anew.
    for at in 0..4 {
        assert_eq!(fail(&mut health, at), None);
    }
    assert_eq!(succeed(&mut health, 4), None);
    for at in 5..9 {
        assert_eq!(fail(&mut health, at), None);
    }
    assert_eq!(fail(&mut health, 9), Some(HealthChange::Ejected { until: seconds(19) }));
    assert_eq!(out(&health, 18), [3]);
    // Of requests from before.
    assert_eq!(fail(&mut health, 10), None);
    assert_eq!(succeed(&mut health, 11), None);
    assert_eq!(out(&health, 18), [3]);
    // On trial: one failure is enough, and costs twice as much.
    assert!(out(&health, 19).is_empty());
    assert_eq!(fail(&mut health, 20), Some(HealthChange::Ejected { until: seconds(40) }));
    assert_eq!(fail(&mut health, 40), Some(HealthChange::Ejected { until: seconds(80) }));
    let mut at = 80;
    for _ in 0..40 {
        assert!(matches!(fail(&mut health, at), Some(HealthChange::Ejected { until }) if until <= seconds(at + 300)));
        at += 300;
    }
    assert_eq!(succeed(&mut health, at), Some(HealthChange::Restored));
    assert_eq!(succeed(&mut health, at), None);
    for more in 0..4 {
        assert_eq!(fail(&mut health, at + more), None);
    }
    assert_eq!(fail(&mut health, at + 4), Some(HealthChange::Ejected { until: seconds(at + 14) }));
    health.retain(|known| *known != failing);
    assert!(out(&health, at + 5).is_empty());
}

#[test]
fn ejection_can_be_off() {
    let mut options = EjectionOptions::default();
    options.consecutive_failures = 0;
    let mut health = EndpointHealth::new(options);
    for at in 0..100 {
        assert_eq!(health.observe(endpoint(0).address, EndpointOutcome::Failure, seconds(at)), None);
    }
}

#[test]
fn not_too_many_are_left_out_and_never_all() {
    for (count, percent, most) in
        [(1, 100, 0), (2, 50, 1), (3, 50, 1), (4, 50, 2), (4, 100, 3), (4, 255, 3), (4, 0, 0), (0, 50, 0)]
    {
        let endpoints = endpoints(count);
        let mut options = EjectionOptions::default();
        (options.consecutive_failures, options.max_percent) = (1, percent);
        let mut health = EndpointHealth::new(options);
        for (at, endpoint) in (0..).zip(&endpoints) {
            health.observe(endpoint.address, EndpointOutcome::Failure, Duration::from_millis(at));
        }
        let mut excluded = vec![true; 20];
        health.excluded(&endpoints, Duration::from_millis(100), &mut excluded);
        assert_eq!(excluded.iter().filter(|excluded| **excluded).count(), most, "{count} {percent}");
        // Those ejected first are back first.
        assert!(excluded.is_sorted(), "{excluded:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever is known: the chosen one may be chosen, and if one may be, one is.
    #[test]
    fn the_choice_is_allowed(
        count in 0..9usize,
        loads in prop::collection::vec(any::<u32>(), 0..9),
        weights in prop::collection::vec(prop_oneof![0..4u32, any::<u32>()], 0..9),
        excluded in prop::collection::vec(any::<bool>(), 0..9),
        zone in prop::option::of(prop::sample::select(vec!["a", "b", "z"])),
        number in any::<u64>(),
    ) {
        let endpoints = endpoints(count);
        let mut view = EndpointView::new(&endpoints).with_loads(&loads).with_weights(&weights).with_excluded(&excluded);
        view.zone = zone;
        let allowed: Vec<usize> = (0..count)
            .filter(|at| !excluded.get(*at).copied().unwrap_or(false) && weights.get(*at).copied().unwrap_or(1) > 0)
            .collect();
        let near: Vec<usize> = allowed.iter().copied().filter(|at| zone.is_some() && endpoints[*at].zone.as_deref() == zone).collect();
        let allowed = if near.is_empty() { allowed } else { near };
        for balance in ALL {
            match balance.choose(&view, number) {
                Some(chosen) => prop_assert!(allowed.contains(&chosen)),
                None => prop_assert!(allowed.is_empty()),
            }
            prop_assert_eq!(balance.choose(&view, number), balance.choose(&view, number));
        }
    }

    /// An endpoint that goes moves its own keys, one that comes takes keys for itself only; the order of the endpoints does not matter.
    #[test]
    fn few_keys_move(count in 2..20usize, gone in any::<prop::sample::Index>(), keys in prop::collection::vec(any::<u64>(), 1..50)) {
        let all = endpoints(count);
        let mut fewer = all.clone();
        let gone = fewer.remove(gone.index(count)).address;
        fewer.reverse();
        let of = |endpoints: &[UpstreamEndpoint], key| -> SocketAddr {
            endpoints[HASH.choose(&EndpointView::new(endpoints), key).expect("an endpoint")].address
        };
        for key in keys {
            let (before, after) = (of(&all, key), of(&fewer, key));
            prop_assert!(before == after || before == gone);
            // To be excluded is to be gone.
            let excluded: Vec<bool> = all.iter().map(|endpoint| endpoint.address == gone).collect();
            let chosen = HASH.choose(&EndpointView::new(&all).with_excluded(&excluded), key).expect("an endpoint");
            prop_assert_eq!(all[chosen].address, after);
        }
    }

    /// Any course of outcomes: who is left out was ejected, and comes back in time.
    #[test]
    fn ejections_end(outcomes in prop::collection::vec((0..3usize, any::<bool>(), 0..20u64), 0..60)) {
        let three = endpoints(3);
        let mut options = EjectionOptions::default();
        (options.consecutive_failures, options.max_percent) = (2, 100);
        let mut health = EndpointHealth::new(options);
        let (mut now, mut until) = (0, [Duration::ZERO; 3]);
        let mut excluded = Vec::new();
        for (at, success, pause) in outcomes {
            now += pause;
            let outcome = if success { EndpointOutcome::Success } else { EndpointOutcome::Failure };
            if let Some(HealthChange::Ejected { until: end }) = health.observe(three[at].address, outcome, seconds(now)) {
                prop_assert!(end > seconds(now) && end <= seconds(now + 300));
                until[at] = end;
            }
            health.excluded(&three, seconds(now), &mut excluded);
            prop_assert!(excluded.contains(&false));
            for (at, excluded) in excluded.iter().enumerate() {
                prop_assert!(!excluded || seconds(now) < until[at]);
            }
        }
        health.excluded(&three, seconds(now + 300), &mut excluded);
        prop_assert_eq!(&excluded, &[false; 3]);
    }
}
