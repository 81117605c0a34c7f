use dns_records::Limits;
use hickory_proto::op::Message;
use proptest::collection::vec;
use proptest::prelude::*;

use crate::common::ask::{self, Ask, Opt};
use crate::common::fuzzed;
use crate::{questions, synced_scripts};

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn replies_keep_within_their_limits_and_are_cut_only_between_records(
        script in synced_scripts(16),
        asked in questions(),
        payload: u16,
        room in 0usize..1400,
        seed: u64,
    ) {
        let snapshot = script.zones().publish(9);
        for (name, record_type) in asked {
            let plain = Ask::of(name, record_type);
            let whole = ask::respond(&snapshot, &plain.wire(), Limits::tcp(), seed);
            let records = |message: &Message| message.answers.len() + message.authorities.len() + message.additionals.len();
            for ask in [plain.clone(), plain.clone().with_payload(payload)] {
                let query = ask.wire();
                let mut out = vec![0xaa; room];
                let verdict = snapshot.respond(&query, Limits::udp(), seed, &mut out);
                let (dns_records::Verdict::Reply(len) | dns_records::Verdict::FallThrough { len } | dns_records::Verdict::Chase { len, .. } | dns_records::Verdict::Transfer { len, .. }) = verdict else { continue };
                prop_assert!(len <= room);
                if len == 0 {
                    continue;
                }
                let message = fuzzed::check_reply(&query, &out[..len]);
                let all = whole.message.as_ref().expect("a reply over TCP");
                if message.metadata.truncation {
                    prop_assert!(records(&message) < records(all), "TC although nothing is missing");
                }
                prop_assert!(records(&message) <= records(all));
                for record in &message.answers {
                    prop_assert!(all.answers.contains(record));
                }
            }
        }
    }

    #[test]
    fn any_octets_get_a_proper_reply_or_none(octets in vec(any::<u8>(), 0..80)) {
        fuzzed::query_bytes(&octets);
    }

    #[test]
    fn queries_with_wrong_octets_get_a_proper_reply_or_none(
        asked in questions(),
        opt: Option<(u16, u8, u16, Vec<u8>)>,
        wrong in vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
        how: [u8; 2],
    ) {
        for (name, record_type) in asked {
            let mut ask = Ask::of(name, record_type);
            if let Some((payload, version, flags, option)) = &opt {
                let options = vec![(10, option.clone())];
                ask = ask.with_opt(Opt { payload: *payload, version: *version % 2, flags: *flags, options });
            }
            let mut octets = how.to_vec();
            octets.extend(ask.wire());
            for (at, octet) in &wrong {
                let at = at.index(octets.len());
                octets[at] = *octet;
            }
            fuzzed::query_bytes(&octets);
        }
    }
}
