use std::collections::BTreeSet;

use dns_records::{Conformance, Fallthrough, Limits, Name, NameRef, RecordType, Snapshot};
use proptest::prelude::*;

use crate::common::ask::{self, Ask};
use crate::common::script::TYPES;
use crate::{questions, synced_scripts};

/// Whether a name exists by the reply for one type; `None` where it is in none of the zones.
fn exists(snapshot: &Snapshot, name: NameRef<'_>, record_type: RecordType) -> Option<bool> {
    let got = ask::respond(snapshot, &Ask::of(name.to_name(), record_type).wire(), Limits::tcp(), 0);
    let message = got.message?;
    // Behind an alias the code is that of its target.
    Some(u16::from(message.metadata.response_code) != 3 || !message.answers.is_empty())
}

/// The zone that a name is in.
fn zone<'s>(snapshot: &'s Snapshot, name: NameRef<'_>) -> Option<NameRef<'s>> {
    snapshot.config().zones().filter(|zone| name.is_in(*zone)).max_by_key(|zone| zone.labels().count())
}

/// The names above one, within its zone.
fn ancestors(snapshot: &Snapshot, name: NameRef<'_>) -> Vec<Name> {
    let Some(zone) = zone(snapshot, name) else { return Vec::new() };
    let mut above = Vec::new();
    let mut here = name.parent();
    while let Some(name) = here.filter(|name| name.is_in(zone)) {
        above.push(name.to_name());
        here = name.parent();
    }
    above
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 384, ..ProptestConfig::default() })]

    #[test]
    fn a_name_exists_for_every_type_or_for_none(script in synced_scripts(16), asked in questions()) {
        let snapshot = ours(script).publish(9);
        for (name, _) in asked {
            let kinds: BTreeSet<_> = TYPES.iter().map(|record_type| exists(&snapshot, name.as_ref(), *record_type)).collect();
            prop_assert_eq!(kinds.len(), 1, "{}", name);
        }
    }

    #[test]
    fn above_a_name_that_exists_every_name_exists(script in synced_scripts(16), asked in questions()) {
        let snapshot = ours(script).publish(9);
        let mut names: Vec<Name> = asked.into_iter().map(|(name, _)| name).collect();
        snapshot.records(|record| {
            names.push(record.owner.to_name());
            true
        });
        for name in names {
            if exists(&snapshot, name.as_ref(), RecordType::A) != Some(true) {
                continue;
            }
            for above in ancestors(&snapshot, name.as_ref()) {
                prop_assert_eq!(exists(&snapshot, above.as_ref(), RecordType::A), Some(true), "{} above {}", above, name);
            }
        }
    }

    #[test]
    fn below_a_name_that_does_not_exist_there_is_none(script in synced_scripts(16), asked in questions()) {
        let snapshot = ours(script).publish(9);
        let mut owners = Vec::new();
        snapshot.records(|record| {
            owners.push(record.owner.to_name());
            true
        });
        for (name, record_type) in asked {
            if exists(&snapshot, name.as_ref(), record_type) == Some(false) {
                let below = owners.iter().find(|owner| {
                    owner.as_ref().is_in(name.as_ref()) && zone(&snapshot, owner.as_ref()) == zone(&snapshot, name.as_ref())
                });
                prop_assert_eq!(below, None, "below {}", name);
            }
        }
    }
}

/// Under the standards, and with names that end here: what falls through may exist elsewhere.
fn ours(script: crate::common::script::Script) -> dns_records::ClusterZones {
    let mut script = script;
    script.config = script.config.with_conformance(Conformance::Rfc).with_fallthrough(Fallthrough::Never);
    script.zones()
}
