use std::collections::BTreeMap;

use dns_records::{Conformance, Fallthrough, Limits, RecordType};
use proptest::prelude::*;

use crate::common::ask::{self, Ask};
use crate::{questions, synced_scripts};

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn lookup_says_what_a_reply_says(script in synced_scripts(20), asked in questions()) {
        // Host names as endpoints show in replies only.
        prop_assume!(!script.world().has_host_names());
        let mut script = script;
        script.config = script.config.with_fallthrough(Fallthrough::Never);
        let original = format!("{:?}", script.config).contains("conformance: CoreDns");
        let snapshot = script.zones().publish(9);
        for (name, record_type) in asked {
            let got = ask::respond(&snapshot, &Ask::of(name.clone(), record_type).wire(), Limits::tcp(), 0);
            let (found, answer, additional) = ask::looked_up(&snapshot, name.as_ref(), record_type);
            let Some(message) = got.message else {
                prop_assert_eq!((&*found, &*got.verdict), ("outside", "not ours"), "{} {}", name, record_type);
                continue;
            };
            let sorted = |records: &[hickory_proto::rr::Record]| {
                let mut lines: Vec<String> = records.iter().map(ask::full_line).collect();
                lines.sort();
                lines
            };
            let rcode = match (u16::from(message.metadata.response_code), &*got.verdict) {
                (_, chase) if chase.starts_with("chase ") => "chase",
                (0, _) if found == "NODATA" || message.answers.is_empty() => "NODATA",
                (0, _) => "NOERROR",
                (3, _) => "NXDOMAIN",
                _ => "other",
            };
            prop_assert_eq!(found.split(' ').next(), Some(rcode), "{} {}: {:?}", name, record_type, message.answers);
            match rcode {
                "NOERROR" => {
                    prop_assert_eq!(sorted(&message.answers), answer, "{} {}", name, record_type);
                    prop_assert_eq!(sorted(&message.additionals), additional, "{} {}", name, record_type);
                }
                // The original writes an alias only when it knows what it leads to.
                "chase" if !original => prop_assert_eq!(sorted(&message.answers), answer, "{} {}", name, record_type),
                "chase" => {}
                // Aliases on the way show in the reply alone.
                _ => prop_assert!(
                    message.answers.iter().all(|record| record.record_type() == hickory_proto::rr::RecordType::CNAME)
                ),
            }
        }
    }

    #[test]
    fn what_is_listed_is_answered(script in synced_scripts(24)) {
        prop_assume!(!script.world().has_host_names());
        let snapshot = script.zones().publish(9);
        let mut sets: BTreeMap<(String, RecordType), Vec<String>> = BTreeMap::new();
        snapshot.records(|record| {
            sets.entry((record.owner.to_string(), record.data.record_type())).or_default().push(record.to_string());
            true
        });
        for ((owner, record_type), mut listed) in sets {
            listed.sort();
            let ask = Ask::of(owner.parse().unwrap(), record_type);
            let message = ask::respond(&snapshot, &ask.wire(), Limits::tcp(), 3).message.expect("a reply");
            let mut answered: Vec<String> = message.answers.iter().map(ask::full_line).collect();
            answered.sort();
            prop_assert_eq!(answered, listed, "{} {}", owner, record_type);
        }
    }

    #[test]
    fn no_record_comes_twice(script in synced_scripts(20), asked in questions()) {
        let mut script = script;
        script.config = script.config.with_conformance(Conformance::Rfc);
        let snapshot = script.zones().publish(9);
        for (name, record_type) in asked {
            let got = ask::respond(&snapshot, &Ask::of(name.clone(), record_type).wire(), Limits::tcp(), 0);
            let Some(message) = got.message else { continue };
            for section in [&message.answers, &message.additionals] {
                let mut lines: Vec<String> = section.iter().map(ask::full_line).collect();
                lines.sort();
                let all = lines.len();
                lines.dedup();
                prop_assert_eq!(lines.len(), all, "RFC 2181 5: {} {}", name, record_type);
            }
        }
    }
}
