use dns_records::{Chased, ChasedOutcome, Conformance, Limits, Rcode, RecordType, Snapshot, Verdict, WireRecords};
use hickory_proto::op::Message;

use crate::common::ask::{self, Ask, Got};
use crate::common::cluster;
use crate::table::{both, check, differ};

const CLUSTER: &str = "
    namespace shop
    service shop/web 10.0.0.1 http/tcp/80
    service shop/six fd00::1
    service shop/out ->ext.interwebs.test.
    service shop/inside ->web.shop.svc.cluster.local.
    service shop/six-alias ->six.shop.svc.cluster.local
    service shop/twice ->inside.shop.svc.cluster.local.
    service shop/nowhere ->nosuch.shop.svc.cluster.local.
    service shop/far ->out.shop.svc.cluster.local.
    service shop/self ->self.shop.svc.cluster.local.
    service shop/ring-a ->ring-b.shop.svc.cluster.local.
    service shop/ring-b ->ring-a.shop.svc.cluster.local.
    service shop/address ->192.0.2.7
    service shop/address6 ->fd00::7
    service shop/dotted ->192.0.2.7.
    service shop/ported ->ext.interwebs.test. http/tcp/80
    service shop/back ->1.0.0.10.in-addr.arpa.
";

#[test]
fn the_name_is_an_alias_for_every_type() {
    check(
        CLUSTER,
        &[
            both("spec 2.5.1", "out.shop.svc CNAME", &["CNAME ext.interwebs.test."]),
            both("spec 2.5.1", "inside.shop.svc CNAME", &["CNAME web.shop.svc"]),
            both("spec 2.5.1", "nowhere.shop.svc CNAME", &["CNAME nosuch.shop.svc"]),
            both(
                "spec 2.5.1; RFC 1034 3.6.2",
                "out.shop.svc A",
                &["CNAME ext.interwebs.test.", "chase ext.interwebs.test. A"],
            ),
            differ(
                "RFC 1034 3.6.2",
                "out.shop.svc TXT",
                &["CNAME ext.interwebs.test.", "chase ext.interwebs.test. TXT"],
                &["NODATA"],
            ),
            differ(
                "RFC 1034 3.6.2",
                "out.shop.svc SRV",
                &["CNAME ext.interwebs.test.", "chase ext.interwebs.test. SRV"],
                &["NODATA"],
            ),
            differ("RFC 1034 3.6.2", "inside.shop.svc MX", &["; SOA", "CNAME web.shop.svc"], &["NODATA"]),
            differ("RFC 8482 4.1", "inside.shop.svc ANY", &["CNAME web.shop.svc"], &["NODATA"]),
            both("RFC 2308 2.1", "_http._tcp.ported.shop.svc SRV", &["NXDOMAIN"]),
            both("RFC 2308 2.1", "ep.out.shop.svc CNAME", &["NXDOMAIN"]),
            both("RFC 2308 2.1", "a.b.out.shop.svc CNAME", &["NXDOMAIN"]),
        ],
    );
}

#[test]
fn targets_in_the_zone_are_followed() {
    check(
        CLUSTER,
        &[
            both("RFC 1034 3.6.2", "inside.shop.svc A", &["CNAME web.shop.svc", "web.shop.svc A 10.0.0.1"]),
            both("RFC 1034 3.6.2", "six-alias.shop.svc AAAA", &["CNAME six.shop.svc", "six.shop.svc AAAA fd00::1"]),
            both(
                "RFC 1034 3.6.2",
                "twice.shop.svc A",
                &["CNAME inside.shop.svc", "inside.shop.svc CNAME web.shop.svc", "web.shop.svc A 10.0.0.1"],
            ),
            differ(
                "RFC 1034 3.6.2",
                "far.shop.svc A",
                &["CNAME out.shop.svc", "chase ext.interwebs.test. A", "out.shop.svc CNAME ext.interwebs.test."],
                &["chase ext.interwebs.test. A", "empty"],
            ),
            differ(
                "RFC 1034 3.6.2; RFC 2308 2.2",
                "inside.shop.svc AAAA",
                &["; SOA", "CNAME web.shop.svc"],
                &["NODATA"],
            ),
            differ("RFC 6604 3", "nowhere.shop.svc A", &["; SOA", "CNAME nosuch.shop.svc", "NXDOMAIN"], &["NODATA"]),
        ],
    );
}

#[test]
fn rings_end() {
    check(
        CLUSTER,
        &[
            differ("RFC 1034 3.6.2", "self.shop.svc A", &["CNAME self.shop.svc"], &["NODATA"]),
            differ(
                "RFC 1034 3.6.2",
                "ring-a.shop.svc A",
                &["CNAME ring-b.shop.svc", "ring-b.shop.svc CNAME ring-a.shop.svc"],
                &["NODATA"],
            ),
            both("spec 2.5.1", "ring-a.shop.svc CNAME", &["CNAME ring-b.shop.svc"]),
        ],
    );
}

#[test]
fn addresses_are_no_targets() {
    check(
        CLUSTER,
        &[
            both("RFC 1035 3.3.1", "address.shop.svc A", &["NXDOMAIN"]),
            both("RFC 1035 3.3.1", "address.shop.svc CNAME", &["NXDOMAIN"]),
            both("RFC 1035 3.3.1", "address6.shop.svc AAAA", &["NXDOMAIN"]),
            both("RFC 1035 3.3.1", "dotted.shop.svc CNAME", &["CNAME 192.0.2.7."]),
        ],
    );
}

/// `owner TTL A address` as a record in wire form.
fn a_record(owner: &str, address: [u8; 4]) -> Vec<u8> {
    let owner = ask::name(owner);
    [owner.as_wire(), &[0, 1, 0, 1, 0, 0, 0, 77, 0, 4], &address].concat()
}

fn chase(snapshot: &Snapshot, question: &str, limits: Limits, outcome: ChasedOutcome<'_>) -> Vec<String> {
    let ask = Ask::new(question);
    let mut out = vec![0; 65535];
    let Verdict::Chase { target, record_type, .. } = snapshot.respond(&ask.wire(), limits, 0, &mut out) else {
        panic!("no chase")
    };
    let chased = [Chased { target, record_type, outcome }];
    let Verdict::Reply(len) = snapshot.respond_chased(&ask.wire(), limits, 0, &chased, &mut out) else {
        panic!("no reply")
    };
    out.truncate(len);
    let message = Message::from_vec(&out).ok();
    ask::lines(&ask, &Got { verdict: "reply".to_owned(), octets: out, message })
}

#[test]
fn what_is_known_of_a_target_outside_is_the_rest_of_the_answer() {
    let record = a_record("ext.interwebs.test.", [192, 0, 2, 1]);
    let soa = {
        let mut soa = ask::name("test.").as_wire().to_vec();
        soa.extend([0, 6, 0, 1, 0, 0, 0, 60, 0, 22, 0, 0]);
        soa.extend([0; 20]);
        soa
    };
    let answered = |rcode, truncated, answer: &'static [u8], authority: &'static [u8]| ChasedOutcome::Answered {
        rcode,
        truncated,
        answer: WireRecords { octets: answer },
        authority: WireRecords { octets: authority },
    };
    let record: &'static [u8] = record.leak();
    let soa: &'static [u8] = soa.leak();
    let alias = "CNAME ext.interwebs.test.";
    let address = "ext.interwebs.test. 77 A 192.0.2.1";
    let soa_line = "; test. 60 SOA . . 0 0 0 0 0";
    for (cites, outcome, rfc, original) in [
        ("RFC 1034 3.6.2", answered(Rcode::NOERROR, false, record, b""), vec![alias, address], vec![alias, address]),
        ("RFC 6604 3", answered(Rcode::NXDOMAIN, false, b"", soa), vec![soa_line, alias, "NXDOMAIN"], vec![alias]),
        ("RFC 6604 3", answered(Rcode::SERVFAIL, false, b"", b""), vec![alias, "SERVFAIL"], vec![alias]),
        (
            "RFC 2181 9",
            answered(Rcode::NOERROR, true, record, b""),
            vec![alias, "TC", address],
            vec![alias, "TC", address],
        ),
        ("RFC 1035 4.1.1", ChasedOutcome::Failed, vec![alias, "SERVFAIL"], vec!["NODATA"]),
    ] {
        for (conformance, mut expected) in [(Conformance::Rfc, rfc), (Conformance::CoreDns, original)] {
            let snapshot = cluster::snapshot(&cluster::config(conformance), CLUSTER);
            expected.sort_unstable();
            assert_eq!(chase(&snapshot, "out.shop.svc A", Limits::udp(), outcome), expected, "{conformance:?} {cites}");
        }
    }
}

#[test]
fn letter_case_and_a_missing_final_dot_of_a_target_are_as_written() {
    let snapshot = cluster::snapshot(
        &cluster::config(Conformance::Rfc),
        "
        namespace shop
        service shop/out ->Ext.Interwebs.Test
    ",
    );
    assert_eq!(ask::answer(&snapshot, "out.shop.svc CNAME"), ["CNAME Ext.Interwebs.Test."]);
    let name = ask::name("out.shop.svc");
    let found = snapshot.lookup(name.as_ref(), RecordType::A);
    assert!(matches!(found, dns_records::Answer::Chase { .. }));
}

#[test]
fn long_chains_stop() {
    let mut cluster = String::from("namespace shop\nservice shop/end 10.0.0.1\n");
    for at in 0..20 {
        let next = if at == 19 { "end".to_owned() } else { format!("link-{}", at + 1) };
        cluster += &format!("service shop/link-{at} ->{next}.shop.svc.cluster.local.\n");
    }
    for conformance in [Conformance::Rfc, Conformance::CoreDns] {
        let snapshot = cluster::snapshot(&cluster::config(conformance), &cluster);
        assert_eq!(ask::answer(&snapshot, "link-15.shop.svc A").len(), 6, "{conformance:?}");
        let long = ask::answer(&snapshot, "link-0.shop.svc A");
        match conformance {
            Conformance::Rfc => assert!(long.iter().all(|line| line.contains("CNAME")) && long.len() == 11, "{long:?}"),
            _ => assert_eq!(long, ["NODATA"]),
        }
    }
}
