//! `respond`, and `lookup` with visiting its records, allocate nothing.

#[path = "common/mod.rs"]
mod common;

use common::ask::{self, Ask, Opt};
use common::fuzzed;
use dns_records::{Answer, Chased, ChasedOutcome, Limits, Rcode, Snapshot, Verdict, WireRecords};

fn allocations(work: impl FnOnce()) -> u64 {
    allocation_counter::measure(work).count_total
}

/// Every kind of answer.
const QUESTIONS: [&str; 44] = [
    "web.shop.svc A",
    "web.shop.svc AAAA",
    "web.shop.svc SRV",
    "web.shop.svc TXT",
    "web.shop.svc ANY",
    "_http._tcp.web.shop.svc SRV",
    "_http._tcp.web.shop.svc A",
    "_tcp.web.shop.svc A",
    "ep.web.shop.svc A",
    "db.shop.svc A",
    "db.shop.svc AAAA",
    "db.shop.svc SRV",
    "_peer._udp.db.shop.svc SRV",
    "db-0.db.shop.svc A",
    "db-0.db.shop.svc SRV",
    "10-1-1-2.db.shop.svc A",
    "big.shop.svc A",
    "big.shop.svc SRV",
    "b.pin._zone.db.shop.svc SRV",
    "none.prefer._zone.db.shop.svc A",
    "nosuch.shop.svc A",
    "web.nosuch.svc A",
    "nosuch.web.shop.svc A",
    "hosts.shop.svc A",
    "hosts.shop.svc CNAME",
    "out.shop.svc A",
    "out.shop.svc CNAME",
    "inside.shop.svc A",
    "chain.shop.svc AAAA",
    "nowhere.shop.svc A",
    "ring.shop.svc A",
    "new.shop.svc A",
    "@ NS",
    "@ SOA",
    "@ AXFR",
    "ns.dns A",
    "dns-version TXT",
    "10-2-0-1.shop.pod A",
    "10-2-0-1.shop.pod SRV",
    "1.0.0.10.in-addr.arpa. PTR",
    "2.1.1.10.in-addr.arpa. PTR",
    "1.10.in-addr.arpa. PTR",
    "h.c1.db.shop.svc.clusterset.local. A",
    "example.com. A",
];

#[test]
fn the_counter_counts() {
    assert_eq!(allocations(|| drop(std::hint::black_box(Box::new(7)))), 1);
}

#[test]
fn respond_allocates_nothing() {
    let mut out = vec![0; 65535];
    let opt = Opt { payload: 1232, version: 0, flags: 0x8000, options: vec![(10, vec![1; 8])] };
    for question in QUESTIONS {
        let plain = Ask::new(question);
        let bad_version = Opt { version: 1, ..opt.clone() };
        let asks = [
            plain.clone(),
            plain.clone().with_opt(opt.clone()),
            plain.clone().with_opt(bad_version),
            plain.clone().with_class(3),
            plain.clone().with_flags(4 << 11),
        ];
        for query in asks.map(|ask| ask.wire()) {
            for (conformance, snapshot) in fuzzed::rich() {
                for limits in [Limits::udp(), Limits::tcp(), Limits::udp().with_extended_errors(true)] {
                    for query in [&*query, &query[..20]] {
                        let count = allocations(|| {
                            let verdict = snapshot.respond(query, limits, 1 << 60, &mut out);
                            std::hint::black_box(&verdict);
                        });
                        assert_eq!(count, 0, "{question} under {conformance:?} with {limits:?}");
                    }
                }
            }
        }
    }
}

#[test]
fn respond_chased_allocates_nothing() {
    let mut out = vec![0; 65535];
    let target = ask::name("out.example.");
    let record = [target.as_wire(), &[0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 1]].concat();
    let answer = WireRecords { octets: &record };
    let answered =
        ChasedOutcome::Answered { rcode: Rcode::NOERROR, truncated: false, answer, authority: WireRecords::default() };
    let ask = Ask::new("out.shop.svc A");
    let query = ask.wire();
    for (_, snapshot) in &fuzzed::rich()[..4] {
        for outcome in [answered, ChasedOutcome::Failed] {
            let chased = [Chased { target: target.as_ref(), record_type: ask.record_type, outcome }];
            let count = allocations(|| {
                let verdict = snapshot.respond_chased(&query, Limits::udp(), 0, &chased, &mut out);
                assert!(matches!(verdict, Verdict::Reply(_)));
            });
            assert_eq!(count, 0);
        }
    }
}

fn visit(snapshot: &Snapshot, ask: &Ask) -> usize {
    let mut seen = 0;
    if let Answer::Records(records) | Answer::Chase { aliases: records, .. } =
        snapshot.lookup(ask.name.as_ref(), ask.record_type)
    {
        records.for_each(|record| {
            seen += 1 + record.owner.wire_len();
            true
        });
        records.for_each_additional(|record| {
            seen += 1 + record.owner.wire_len();
            true
        });
    }
    seen
}

#[test]
fn lookup_and_visiting_its_records_allocate_nothing() {
    let mut seen = 0;
    for question in QUESTIONS {
        let ask = Ask::new(question);
        for (conformance, snapshot) in fuzzed::rich() {
            let count = allocations(|| seen += visit(snapshot, &ask));
            assert_eq!(count, 0, "{question} under {conformance:?}");
        }
    }
    assert!(seen > 1000, "records were visited");
}
