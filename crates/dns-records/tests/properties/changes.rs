use dns_records::Limits;
use dns_records::model::Change;
use proptest::prelude::*;

use crate::common::ask::{self, Ask};
use crate::common::fuzzed::{listing, same_answer, same_zones};
use crate::common::script::Script;
use crate::{questions, scripts, synced_scripts};

/// What two changes are about: changes of one object or of one kind's list are not independent.
fn subject(change: &Change) -> String {
    let text = format!("{change:?}");
    let kind = text.split(['(', ' ']).next().unwrap_or_default().to_owned();
    match change {
        Change::Synced(_) => text,
        Change::OwnAddresses(_) => kind,
        _ if text.contains("(ReplaceAll") => kind,
        _ => {
            let key = text.find("ObjectKey").map_or("", |at| &text[at..]);
            let end = key.find('}').unwrap_or(key.len());
            format!("{kind} {}", &key[..end])
        }
    }
}

/// Sorts by what changes are about, those about one thing in their order, and sorts kinds by `order`.
fn reordered(script: &Script, order: u64) -> Script {
    let mut changes = script.changes.clone();
    let rank = |change: &Change| {
        let subject = subject(change);
        subject.bytes().fold(order, |hash, octet| (hash ^ u64::from(octet)).wrapping_mul(0x0100_0000_01b3))
    };
    changes.sort_by_key(rank);
    Script { changes, ..script.clone() }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn applied_one_by_one_is_built_from_the_end(script in scripts(24), asked in questions()) {
        let mut zones = dns_records::ClusterZones::new(script.config.clone()).unwrap();
        let mut held = Vec::new();
        for change in &script.changes {
            zones.apply(change.clone());
            held.push(zones.publish(1));
        }
        let grown = zones.publish(9);
        let built = script.world().zones(&script.config).publish(9);
        same_zones(&grown, &built);
        for (name, record_type) in asked {
            same_answer(&grown, &built, name, record_type);
        }
    }

    #[test]
    fn the_order_of_independent_changes_does_not_matter(script in scripts(16), order: u64, asked in questions()) {
        // A list is about every object of its kind.
        let mut script = script;
        script.changes.retain(|change| !format!("{change:?}").contains("(ReplaceAll"));
        let straight = script.zones().publish(9);
        let other = reordered(&script, order).zones().publish(9);
        same_zones(&straight, &other);
        for (name, record_type) in asked {
            same_answer(&straight, &other, name, record_type);
        }
    }

    #[test]
    fn a_snapshot_does_not_change_after_it_was_published(before in synced_scripts(12), after in scripts(12)) {
        let mut zones = before.zones();
        let snapshot = zones.publish(9);
        let listed = listing(&snapshot);
        zones.apply_all(after.changes);
        let later = zones.publish(10);
        prop_assert_eq!(listing(&snapshot), listed);
        drop(later);
    }

    #[test]
    fn no_change_is_one_that_answers_cannot_tell(script in scripts(12), asked in questions()) {
        let mut zones = dns_records::ClusterZones::new(script.config.clone()).unwrap();
        for change in &script.changes {
            let before = zones.publish(9);
            let effect = zones.apply(change.clone());
            if !effect.changed {
                let after = zones.publish(9);
                same_zones(&before, &after);
                for (name, record_type) in &asked {
                    same_answer(&before, &after, name.clone(), *record_type);
                }
            }
        }
    }

    #[test]
    fn every_seed_gives_the_same_records(script in synced_scripts(16), asked in questions(), seeds: [u64; 4]) {
        let snapshot = script.zones().publish(9);
        for (name, record_type) in asked {
            let ask = Ask::of(name, record_type);
            let lines = |seed| ask::lines(&ask, &ask::respond(&snapshot, &ask.wire(), Limits::tcp(), seed));
            let first = lines(0);
            for seed in seeds.into_iter().chain([u64::MAX, 1 << 63]) {
                prop_assert_eq!(&lines(seed), &first, "{} {} seed {}", ask.name, ask.record_type, seed);
            }
        }
    }
}
