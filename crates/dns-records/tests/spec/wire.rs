use dns_records::wire::{Query, error_reply};
use dns_records::{Conformance, Limits, Rcode, RecordType, Snapshot, Verdict};
use hickory_proto::op::Message;

use crate::common::ask::{self, Ask, Opt};
use crate::common::cluster;

const CLUSTER: &str = "
    namespace shop
    service shop/web 10.0.0.1 http/tcp/80
";

fn snapshot(conformance: Conformance) -> std::sync::Arc<Snapshot> {
    let mut text = CLUSTER.to_owned() + "service shop/big headless\nslice shop/big-a big http/tcp/80 =";
    for at in 0..200 {
        text += &format!(" 172.1.0.{at}");
    }
    cluster::snapshot(&cluster::config(conformance), &text)
}

/// The code and text of an extended error in a reply (RFC 8914 2).
pub(crate) fn extended_error(reply: &[u8]) -> Option<(u16, String)> {
    let at = (12..reply.len()).rev().find(|at| {
        reply[*at..].starts_with(&[0, 15]) && {
            let len = usize::from(reply.get(at + 3).copied().unwrap_or(0));
            at + 4 + len == reply.len() && len >= 2
        }
    })?;
    let code = u16::from_be_bytes([reply[at + 4], reply[at + 5]]);
    Some((code, String::from_utf8(reply[at + 6..].to_vec()).ok()?))
}

fn reply(conformance: Conformance, query: &[u8], limits: Limits) -> Message {
    let got = ask::respond(&snapshot(conformance), query, limits, 0);
    assert_eq!(got.verdict, "reply");
    got.message.expect("a reply")
}

fn rcode(message: &Message) -> u16 {
    u16::from(message.metadata.response_code)
}

const BOTH: [Conformance; 2] = [Conformance::Rfc, Conformance::CoreDns];

#[test]
fn header_bits_are_copied_or_ours() {
    // RFC 1035 4.1.1, RFC 4035 3.2.2: RD and CD as in the query, AD and Z not.
    for conformance in BOTH {
        for (sent, rd, cd) in
            [(0x0000, false, false), (0x0100, true, false), (0x0110, true, true), (0x0170, true, true)]
        {
            let message = reply(conformance, &Ask::new("web.shop.svc A").with_flags(sent).wire(), Limits::udp());
            let head = &message.metadata;
            assert_eq!((head.recursion_desired, head.checking_disabled), (rd, cd), "{sent:#06x}");
            assert!(head.authoritative && !head.truncation && !head.recursion_available && !head.authentic_data);
        }
    }
    let limits = Limits::udp().with_recursion_available(true);
    assert!(reply(Conformance::Rfc, &Ask::new("web.shop.svc A").wire(), limits).metadata.recursion_available);
}

#[test]
fn what_is_no_query_gets_nothing() {
    for conformance in BOTH {
        let snapshot = snapshot(conformance);
        let mut out = [0; 512];
        let response = Ask::new("web.shop.svc A").with_flags(0x8000).wire();
        for query in [&b""[..], b"\x12\x34", &[0; 11], &response] {
            assert_eq!(snapshot.respond(query, Limits::udp(), 0, &mut out), Verdict::Drop);
        }
    }
}

#[test]
fn what_is_no_question_is_refused_with_the_header_alone() {
    let plain = Ask::new("web.shop.svc A").wire();
    let counts = |counts: [u16; 4]| {
        let mut wire = plain.clone();
        for (at, count) in counts.into_iter().enumerate() {
            wire[4 + 2 * at..6 + 2 * at].copy_from_slice(&count.to_be_bytes());
        }
        wire
    };
    let cut = |len: usize| plain[..len].to_vec();
    let cases = [
        ("RFC 9619 2: no question", counts([0, 0, 0, 0])),
        ("RFC 9619 2: two questions", counts([2, 0, 0, 0])),
        ("RFC 1035 4.1.2: a cut name", cut(15)),
        ("RFC 1035 4.1.2: a cut type", cut(plain.len() - 3)),
        ("RFC 1035 2.3.4: a label of 64 octets", [&plain[..12], &[64], &[b'a'; 64], &[0, 0, 1, 0, 1]].concat()),
        ("RFC 1035 4.1.4: a pointer to itself", [&plain[..12], &[0xc0, 12, 0, 1, 0, 1]].concat()),
        ("RFC 1035 4.1.4: a pointer forwards", [&plain[..12], &[0xc0, 40, 0, 1, 0, 1]].concat()),
        ("RFC 6891 6.1.2: an OPT record that ends early", {
            let mut wire = Ask::new("web.shop.svc A").with_payload(1232).wire();
            wire.truncate(wire.len() - 4);
            wire
        }),
    ];
    for conformance in BOTH {
        for (cites, query) in &cases {
            let got = ask::respond(&snapshot(conformance), query, Limits::udp(), 0);
            let message = got.message.unwrap_or_else(|| panic!("{cites}: no reply"));
            assert_eq!(rcode(&message), 1, "{conformance:?} {cites}");
            assert_eq!(message.metadata.id, 0x1234, "{cites}");
            assert!(message.answers.is_empty(), "{cites}");
        }
    }
}

#[test]
fn other_kinds_of_messages_are_not_implemented() {
    // RFC 1035 4.1.1; RFC 1996 and RFC 2136 for the opcodes.
    for (opcode, original) in [(1, 4), (2, 4), (4, 0), (5, 4), (6, 4), (15, 4)] {
        let query = Ask::new("web.shop.svc A").with_flags(opcode << 11).wire();
        for (conformance, expected) in [(Conformance::Rfc, 4), (Conformance::CoreDns, original)] {
            let got = ask::respond(&snapshot(conformance), &query, Limits::udp(), 0);
            let code = got.octets[3] & 15;
            assert_eq!(u16::from(code), expected, "{conformance:?} opcode {opcode}");
        }
    }
}

#[test]
fn other_classes_are_refused_or_answered_as_the_original_does() {
    // RFC 1035 3.2.4: CH and others have no data here.
    for class in [3, 4, 254, 255] {
        let query = Ask::new("web.shop.svc A").with_class(class).wire();
        assert_eq!(rcode(&reply(Conformance::Rfc, &query, Limits::udp())), 5);
        let original = reply(Conformance::CoreDns, &query, Limits::udp());
        assert_eq!((rcode(&original), original.answers.len()), (0, 1));
    }
}

#[test]
fn a_compressed_question_is_answered() {
    // RFC 1035 4.1.4: a pointer back into the header, where the identifier and flags spell a name: label `\x01\x00`, root.
    let mut query = vec![0; 12];
    query[..6].copy_from_slice(&[0x01, b'a', 0x00, 0x00, 0x00, 0x01]);
    query.extend(b"\x03web\xc0\x00\x00\x01\x00\x01");
    let snapshot = snapshot(Conformance::Rfc);
    assert_eq!(snapshot.respond(&query, Limits::udp(), 0, &mut [0; 512]), Verdict::NotOurs);
}

#[test]
fn a_reply_without_edns_has_512_octets_at_most() {
    for conformance in BOTH {
        let whole = reply(conformance, &Ask::new("big.shop.svc A").wire(), Limits::tcp());
        assert_eq!((whole.answers.len(), whole.metadata.truncation), (200, false), "RFC 1035 4.2.2");
        let cut = ask::respond(&snapshot(conformance), &Ask::new("big.shop.svc A").wire(), Limits::udp(), 0);
        let message = cut.message.unwrap();
        assert!(cut.octets.len() <= 512 && cut.octets.len() > 496, "RFC 1035 4.2.1");
        assert!(message.metadata.truncation && !message.answers.is_empty(), "RFC 2181 9");
        assert_eq!(rcode(&message), 0);
    }
}

#[test]
fn a_reply_with_edns_has_what_the_client_takes_but_not_more_than_the_server_gives() {
    let len = |conformance, payload, limits| {
        let query = Ask::new("big.shop.svc A").with_payload(payload).wire();
        ask::respond(&snapshot(conformance), &query, limits, 0).octets.len()
    };
    // RFC 6891 6.2.3: less than 512 counts as 512; 6.2.5: the server's own limit.
    for (payload, least, most) in
        [(0, 480, 512), (511, 480, 512), (600, 580, 600), (1232, 1210, 1232), (4096, 1210, 1232)]
    {
        let len = len(Conformance::Rfc, payload, Limits::udp());
        assert!((least..=most).contains(&len), "{payload}: {len}");
    }
    assert!(len(Conformance::Rfc, 4096, Limits::udp().with_max_payload(4096)) > 3000);
    assert!(len(Conformance::CoreDns, 4096, Limits::udp()) > 3000);
    assert!(len(Conformance::Rfc, 512, Limits::tcp()) > 3000, "streams have no such limit (RFC 6891 6.2.3)");
}

#[test]
fn glue_that_does_not_fit_is_left_out() {
    let query = Ask::new("big.shop.svc SRV").with_payload(1232).wire();
    let mut text = String::from("namespace shop\nservice shop/few headless\nslice shop/few-a few http/tcp/80 =");
    for at in 0..18 {
        text += &format!(" 172.1.0.{at}");
    }
    for (conformance, truncated) in [(Conformance::Rfc, false), (Conformance::CoreDns, true)] {
        let snapshot = cluster::snapshot(&cluster::config(conformance), &text);
        let query = Ask::new("few.shop.svc SRV").with_payload(1232).wire();
        let message = ask::respond(&snapshot, &query, Limits::udp(), 0).message.unwrap();
        assert_eq!(message.answers.len(), 18);
        assert!(message.additionals.len() < 18);
        assert_eq!(message.metadata.truncation, truncated, "RFC 2181 9");
    }
    assert!(reply(Conformance::Rfc, &query, Limits::udp()).metadata.truncation);
}

#[test]
fn the_opt_record_is_answered() {
    let opt = Opt {
        payload: 4096,
        version: 0,
        flags: 0x8001,
        options: vec![(10, vec![1; 8]), (3, vec![]), (65001, vec![7])],
    };
    let query = Ask::new("web.shop.svc A").with_opt(opt).wire();
    let ours = reply(Conformance::Rfc, &query, Limits::udp());
    let edns = ours.edns.as_ref().expect("RFC 6891 6.1.1: an OPT record");
    assert_eq!((edns.max_payload(), edns.version()), (1232, 0));
    assert!(edns.flags().dnssec_ok, "RFC 3225 3");
    assert_eq!(edns.flags().z, 0, "RFC 6891 6.1.4");
    assert!(edns.options().options.is_empty());
    let original = reply(Conformance::CoreDns, &query, Limits::udp());
    let edns = original.edns.as_ref().expect("an OPT record");
    assert_eq!((edns.max_payload(), edns.flags().z, edns.options().options.len()), (4096, 1, 2));
    let without = reply(Conformance::Rfc, &Ask::new("web.shop.svc A").wire(), Limits::udp());
    assert!(without.edns.is_none(), "RFC 6891 6.1.1");
}

#[test]
fn an_unknown_version_of_edns_is_told() {
    let opt = Opt { payload: 1232, version: 1, flags: 0, options: Vec::new() };
    for conformance in BOTH {
        let message = reply(conformance, &Ask::new("web.shop.svc A").with_opt(opt.clone()).wire(), Limits::udp());
        assert_eq!(rcode(&message), 16, "RFC 6891 6.1.3: BADVERS");
        assert!(message.answers.is_empty());
        assert_eq!(message.edns.as_ref().map(|edns| edns.version()), Some(0));
    }
}

#[test]
fn two_opt_records_or_one_below_a_name_are_malformed() {
    let mut two = Ask::new("web.shop.svc A").with_payload(1232).wire();
    two.extend([0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 0]);
    two[11] = 2;
    let mut named = Ask::new("web.shop.svc A").wire();
    named.extend([1, b'a', 0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 0]);
    named[11] = 1;
    for query in [two, named] {
        // RFC 6891 6.1.1.
        assert_eq!(rcode(&reply(Conformance::Rfc, &query, Limits::udp())), 1);
        assert_eq!(rcode(&reply(Conformance::CoreDns, &query, Limits::udp())), 0);
    }
}

#[test]
fn reasons_are_told_where_they_are_wanted() {
    let limits = Limits::udp().with_extended_errors(true);
    let reason = |question: &str, limits| {
        let query = Ask::new(question).with_payload(1232).wire();
        extended_error(&ask::respond(&snapshot(Conformance::Rfc), &query, limits, 0).octets)
    };
    // RFC 8914 4.1.
    assert_eq!(reason("nosuch.shop.svc A", limits), Some((0, "no such Service in the namespace".to_owned())));
    assert_eq!(reason("web.shop.svc TXT", limits), Some((0, "the name has no records of this type".to_owned())));
    assert_eq!(reason("web.shop.svc A", limits), None);
    assert_eq!(reason("nosuch.shop.svc A", Limits::udp()), None);
    let query = Ask::new("nosuch.shop.svc A").wire();
    assert_eq!(extended_error(&ask::respond(&snapshot(Conformance::Rfc), &query, limits, 0).octets), None);
}

#[test]
fn refusals_repeat_the_question() {
    let query = Ask::new("Example.COM. AAAA").with_payload(1232).wire();
    let mut out = [0; 512];
    let len = error_reply(&query, Rcode::REFUSED, Limits::udp(), &mut out);
    let message = Message::from_vec(&out[..len]).unwrap();
    assert_eq!((rcode(&message), message.queries.len()), (5, 1));
    assert_eq!(ask::name_of(&message.queries[0].name).as_wire(), ask::name("Example.COM.").as_wire());
    assert!(message.edns.is_some());
    assert_eq!(error_reply(b"short", Rcode::REFUSED, Limits::udp(), &mut out), 0);
    assert_eq!(error_reply(&query, Rcode::REFUSED, Limits::udp(), &mut [0; 20]), 0);
}

#[test]
fn queries_are_read_for_others() {
    let opt = Opt { payload: 100, version: 0, flags: 0x8000, options: Vec::new() };
    let wire = Ask::new("Web.shop.svc HTTPS").with_flags(0x0110).with_opt(opt).wire();
    let query = Query::parse(&wire).expect("a query");
    assert_eq!((query.id, query.record_type, query.class), (0x1234, RecordType::HTTPS, 1));
    assert_eq!(query.name.to_string(), "Web.shop.svc.cluster.local.");
    assert!(query.recursion_desired && query.checking_disabled);
    assert_eq!((query.dnssec_ok, query.max_payload), (Some(true), 512));
    assert!(Query::parse(&wire[..20]).is_none());
    assert_eq!(Query::parse(&Ask::new("@ A").wire()).map(|query| query.dnssec_ok), Some(None));
}

#[test]
fn srv_targets_are_not_compressed() {
    // RFC 2782: "name compression is not to be used for this field".
    let got =
        ask::respond(&snapshot(Conformance::Rfc), &Ask::new("_http._tcp.web.shop.svc SRV").wire(), Limits::udp(), 0);
    let target = ask::name("web.shop.svc");
    assert!(got.octets[50..].windows(target.as_wire().len()).any(|octets| octets == target.as_wire()));
}

/// RFC 1035 4.1.4: where the zone's name ends all targets and not the question, the first of them is pointed to, however many came between.
#[test]
fn every_name_ends_with_a_pointer_to_the_first() {
    let mut text = String::new();
    for at in 0..16 {
        text += &format!(
            "namespace n{at:02}\nservice n{at:02}/a headless\nslice n{at:02}/a-a a http/tcp/80 = 172.0.0.1;host=h\n"
        );
    }
    let snapshot = cluster::snapshot(&cluster::config(Conformance::Rfc), &text);
    let got = ask::respond(&snapshot, &Ask::new("1.0.0.172.in-addr.arpa. PTR").wire(), Limits::udp(), 0);
    let zone = b"\x03svc\x07cluster\x05local\0";
    assert_eq!(Message::from_vec(&got.octets).unwrap().answers.len(), 16);
    assert_eq!(got.octets.windows(zone.len()).filter(|octets| octets == zone).count(), 1);
}

#[test]
fn a_short_buffer_truncates() {
    let snapshot = snapshot(Conformance::Rfc);
    let query = Ask::new("big.shop.svc A").wire();
    for size in [0, 11, 12, 40] {
        assert!(
            !matches!(snapshot.respond(&query, Limits::tcp(), 0, &mut vec![0; size]), Verdict::Reply(len) if len > size)
        );
    }
    let mut out = [0; 300];
    let Verdict::Reply(len) = snapshot.respond(&query, Limits::tcp(), 0, &mut out) else { panic!() };
    assert!(Message::from_vec(&out[..len]).unwrap().metadata.truncation);
}
