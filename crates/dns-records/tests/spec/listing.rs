use dns_records::Conformance;
use hickory_proto::serialize::txt::Parser;

use crate::common::{ask, cluster};

const CLUSTER: &str = "
    namespace shop
    namespace other
    service shop/web 10.0.0.1,fd00::1 http/tcp/80 -/udp/53
    slice shop/web-a web http/tcp/80 = 10.1.0.9;host=ep
    service shop/db headless
    slice shop/db-a db http/tcp/80 = 10.1.0.1;host=db-0 10.1.0.2 fd00::2
    service shop/out ->example.com.
    service other/web 10.0.0.2
    service nowhere/web 10.0.0.3
    own 10.1.0.1
";

#[test]
fn a_zone_file_reads_as_zones_by_another_reader() {
    let snapshot = cluster::snapshot(&cluster::config(Conformance::Rfc), CLUSTER);
    let text = snapshot.to_zone_file();
    let mut records = 0;
    for zone in text.split("; ").skip(1) {
        let (origin, body) = zone.split_once('\n').expect("lines");
        let origin = origin.parse().expect("a zone's name");
        let (name, sets) =
            Parser::new(body, None, Some(origin)).parse().unwrap_or_else(|error| panic!("{error}\n{body}"));
        records += sets.values().map(|set| set.records_without_rrsigs().count()).sum::<usize>();
        assert!(sets.keys().any(|key| key.record_type == hickory_proto::rr::RecordType::SOA), "{name}");
    }
    let mut listed = 0;
    snapshot.records(|_| {
        listed += 1;
        true
    });
    assert_eq!(records, listed);
}

#[test]
fn zones_are_listed_in_a_stable_order() {
    let text = |lines: &str| cluster::snapshot(&cluster::config(Conformance::Rfc), lines).to_zone_file();
    let backwards: Vec<&str> = CLUSTER.trim().lines().rev().collect();
    assert_eq!(text(CLUSTER), text(&backwards.join("\n")));
}

#[test]
fn listing_stops_when_told() {
    let snapshot = cluster::snapshot(&cluster::config(Conformance::Rfc), CLUSTER);
    let mut seen = 0;
    snapshot.records(|_| {
        seen += 1;
        seen < 3
    });
    assert_eq!(seen, 3);
    let name = ask::name("db.shop.svc");
    let found = snapshot.lookup(name.as_ref(), dns_records::RecordType::A);
    let dns_records::Answer::Records(records) = found else { panic!() };
    let mut seen = 0;
    records.for_each(|_| {
        seen += 1;
        false
    });
    assert_eq!(seen, 1);
}

#[test]
fn namespaces_that_are_not_there_are_not_listed() {
    let text = cluster::snapshot(&cluster::config(Conformance::Rfc), CLUSTER).to_zone_file();
    assert!(!text.contains("nowhere.svc.cluster.local. 5 IN A"), "{text}");
    assert!(text.contains("web.other.svc.cluster.local. 5 IN A 10.0.0.2"), "{text}");
}
