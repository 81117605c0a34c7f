use dns_records::{Limits, NameRef, RecordType};
use hickory_proto::op::ResponseCode;
use proptest::prelude::*;

use super::{Aged, Answer, AnswerKind, TtlCaps, Unusable};
use crate::client::Client;
use crate::message::QueryView;
use crate::question::Question;
use crate::testing::{Reply, edns_query, query, read, record, reply_to, texts};

fn question(query: &[u8]) -> Question {
    Question::of(&QueryView::parse(query).unwrap())
}

fn answer(query: &[u8], reply: &Reply) -> Answer {
    Answer::read(&question(query), &reply.to_vec(), TtlCaps::NONE).unwrap()
}

fn write(answer: &Answer, query: &[u8], client: &Client, age: u32) -> Vec<u8> {
    let mut out = vec![0; 65535];
    let aged = Aged { answer, age, cached: age > 0 };
    let len = aged.write(&QueryView::parse(query).unwrap(), client, &mut out);
    out.truncate(len);
    out
}

#[test]
fn a_reply_comes_out_as_it_went_in() {
    let query = query("www.example.com.", "A");
    let reply = reply_to(&query)
        .answer("www.example.com. 300 CNAME web.Example.net.")
        .answer("web.Example.net. 60 A 192.0.2.80")
        .authority("Example.net. 300 NS ns1.Example.net.")
        .authority("Example.net. 300 NS ns2.Example.net.")
        .additional("ns1.Example.net. 300 A 192.0.2.53");
    let original = reply.to_vec();
    let written = write(&answer(&query, &reply), &query, &Client::udp(), 0);
    assert_eq!(read(&written), read(&original));
    assert!(written.len() <= original.len(), "not larger than what hickory compresses");
}

#[test]
fn every_asker_sees_his_own_spelling() {
    let lower = query("www.example.com.", "A");
    let answer = answer(&lower, &reply_to(&lower).answer("www.example.com. 300 A 192.0.2.80"));
    let mixed = query("wWw.eXample.com.", "A");
    let message = read(&write(&answer, &mixed, &Client::udp(), 0));
    assert_eq!(message.queries[0].name().to_ascii(), "wWw.eXample.com.");
    assert_eq!(message.answers[0].name.to_ascii(), "wWw.eXample.com.");
}

#[test]
fn ttls_fall_with_age_and_a_cached_answer_is_no_authority() {
    let query = query("www.example.com.", "A");
    let reply = reply_to(&query)
        .answer("www.example.com. 300 A 192.0.2.80")
        .change(|message| message.metadata.authoritative = true);
    let answer = answer(&query, &reply);
    let fresh = read(&write(&answer, &query, &Client::udp(), 0));
    assert!(fresh.metadata.authoritative && fresh.metadata.recursion_available);
    let aged = read(&write(&answer, &query, &Client::udp(), 17));
    assert!(!aged.metadata.authoritative);
    assert_eq!(aged.answers[0].ttl, 283);
    assert_eq!(read(&write(&answer, &query, &Client::udp(), 1000)).answers[0].ttl, 0);
}

#[test]
fn denials_hold_as_long_as_the_soa_says() {
    let query = query("no.example.com.", "A");
    let soa = "example.com. 3600 SOA ns.example.com. admin.example.com. 60";
    let reply = reply_to(&query).rcode(ResponseCode::NXDomain).authority(soa);
    let denial = answer(&query, &reply);
    assert_eq!((denial.kind(), denial.lifetime().as_secs()), (AnswerKind::Denial, 60));
    assert_eq!(read(&write(&denial, &query, &Client::udp(), 0)).authorities[0].ttl, 60);
    let no_data = answer(&query, &reply_to(&query).authority(soa));
    assert_eq!(no_data.kind(), AnswerKind::Denial);
    let no_soa = answer(&query, &reply_to(&query).rcode(ResponseCode::NXDomain));
    assert_eq!((no_soa.kind(), no_soa.lifetime().as_secs()), (AnswerKind::Other, 0));
    let referral = answer(&query, &reply_to(&query).authority("example.com. 300 NS ns.example.com."));
    assert_eq!(referral.kind(), AnswerKind::Other);
}

#[test]
fn ttls_are_capped_by_kind() {
    let caps = TtlCaps::new(30, 10);
    let query = query("www.example.com.", "A");
    let positive = reply_to(&query).answer("www.example.com. 300 A 192.0.2.80").to_vec();
    let positive = Answer::read(&question(&query), &positive, caps).unwrap();
    assert_eq!(positive.lifetime().as_secs(), 30);
    assert_eq!(read(&write(&positive, &query, &Client::udp(), 0)).answers[0].ttl, 30);
    let soa = "example.com. 3600 SOA ns.example.com. admin.example.com. 60";
    let negative = reply_to(&query).rcode(ResponseCode::NXDomain).authority(soa).to_vec();
    assert_eq!(Answer::read(&question(&query), &negative, caps).unwrap().lifetime().as_secs(), 10);
}

#[test]
fn whole_records_are_left_out_and_tc_says_so() {
    let small = query("big.example.com.", "TXT");
    let mut reply = reply_to(&small);
    let text = "x".repeat(90);
    for _ in 0..20 {
        reply = reply.answer(&format!("big.example.com. 300 TXT {text}"));
    }
    let answer = answer(&small, &reply);
    let cut = write(&answer, &small, &Client::udp(), 0);
    let message = read(&cut);
    assert!(cut.len() <= 512 && message.metadata.truncation);
    assert_eq!(message.answers.len(), 4);
    let edns = edns_query("big.example.com.", "TXT", 4096, false);
    let cut = write(&answer, &edns, &Client::udp(), 0);
    let message = read(&cut);
    assert!(cut.len() <= 1232 && message.metadata.truncation && message.edns.is_some());
    let whole = read(&write(&answer, &small, &Client::stream(), 0));
    assert!(!whole.metadata.truncation);
    assert_eq!(whole.answers.len(), 20);
}

#[test]
fn missing_additional_records_are_no_truncation() {
    let query = query("example.com.", "MX");
    let mut reply = reply_to(&query).answer("example.com. 300 MX 10 mail.example.com.");
    for number in 0..40 {
        reply = reply.additional(&format!("mail.example.com. 300 A 192.0.2.{number}"));
    }
    let message = read(&write(&answer(&query, &reply), &query, &Client::udp(), 0));
    assert_eq!(message.answers.len(), 1);
    assert!(message.additionals.len() < 40 && !message.additionals.is_empty() && !message.metadata.truncation);
}

#[test]
fn edns_is_between_neighbours() {
    let plain = query("www.example.com.", "A");
    let mut edns = hickory_proto::op::Edns::new();
    edns.set_max_payload(4096);
    let reply = reply_to(&plain).answer("www.example.com. 300 A 192.0.2.80").change(|message| {
        message.set_edns(edns);
    });
    let answer = answer(&plain, &reply);
    assert!(read(&write(&answer, &plain, &Client::udp(), 0)).edns.is_none());
    let asked = edns_query("www.example.com.", "A", 4096, true);
    let edns = read(&write(&answer, &asked, &Limits::udp().with_max_payload(1400).into(), 0)).edns.unwrap();
    assert_eq!((edns.max_payload(), edns.flags().dnssec_ok), (1400, true));
}

#[test]
fn authentic_data_is_for_those_who_ask() {
    let plain = query("www.example.com.", "A");
    let reply = reply_to(&plain)
        .answer("www.example.com. 300 A 192.0.2.80")
        .change(|message| message.metadata.authentic_data = true);
    let answer = answer(&plain, &reply);
    assert!(!read(&write(&answer, &plain, &Client::udp(), 0)).metadata.authentic_data);
    let asked = edns_query("www.example.com.", "A", 1232, true);
    assert!(read(&write(&answer, &asked, &Client::udp(), 0)).metadata.authentic_data);
}

#[test]
fn what_answers_something_else_is_refused() {
    let asked = question(&query("www.example.com.", "A"));
    let read = |message: &[u8]| Answer::read(&asked, message, TtlCaps::NONE).unwrap_err();
    assert_eq!(read(&query("www.example.com.", "A")), Unusable::NotAReply);
    assert_eq!(read(&reply_to(&query("www.example.org.", "A")).to_vec()), Unusable::OtherQuestion);
    assert_eq!(read(&reply_to(&query("www.example.com.", "AAAA")).to_vec()), Unusable::OtherQuestion);
    let cut = reply_to(&query("www.example.com.", "A")).answer("www.example.com. 300 A 192.0.2.80").to_vec();
    assert_eq!(read(&cut[..cut.len() - 1]), Unusable::Malformed);
    assert!(Answer::read(&asked, &reply_to(&query("WWW.example.com.", "A")).to_vec(), TtlCaps::NONE).is_ok());
}

#[test]
fn plain_sections_have_no_pointers() {
    let query = query("www.example.com.", "A");
    let reply = reply_to(&query)
        .answer("www.example.com. 300 CNAME web.example.com.")
        .answer("web.example.com. 300 A 192.0.2.80")
        .authority("example.com. 300 SOA ns.example.com. admin.example.com. 60");
    let answer = answer(&query, &reply);
    let aged = Aged { answer: &answer, age: 10, cached: true };
    let (records, authority) = aged.plain_sections(&question(&query));
    let name = b"\x03www\x07example\x03com\x00";
    assert_eq!(records[..name.len()], *name);
    let target = b"\x03web\x07example\x03com\x00";
    let first = name.len() + 10 + target.len();
    assert_eq!(records[name.len() + 10..first], *target);
    assert_eq!(records[name.len() + 4..name.len() + 8], 290_u32.to_be_bytes());
    assert!(NameRef::from_wire(&records[first..first + target.len()]).is_ok());
    assert!(!authority.is_empty());
}

fn some_record() -> impl Strategy<Value = String> {
    let name = prop_oneof![
        Just("www.example.com."),
        Just("WWW.example.com."),
        Just("example.com."),
        Just("a.b.c.example.com."),
        Just("other.net."),
        Just("."),
    ];
    (name.clone(), 0..100_000_u32, name, 0..7_usize).prop_map(|(owner, ttl, target, kind)| {
        let data = [
            "A 192.0.2.1".to_owned(),
            "AAAA 2001:db8::1".to_owned(),
            format!("CNAME {target}"),
            format!("MX 10 {target}"),
            format!("SRV 0 100 80 {target}"),
            format!("SOA {target} admin.{} 99999999", target.trim_start_matches('.')),
            "TXT text".to_owned(),
        ];
        format!("{owner} {ttl} {}", data[kind])
    })
}

proptest! {
    #[test]
    fn records_survive_the_way_through(
        answers in proptest::collection::vec(some_record(), 0..30),
        authorities in proptest::collection::vec(some_record(), 0..5),
        additionals in proptest::collection::vec(some_record(), 0..5),
    ) {
        let query = query("www.example.com.", "A");
        let mut reply = reply_to(&query);
        reply.0.add_answers(answers.iter().map(|text| record(text)));
        // An SOA record's own TTL may be lowered: none here.
        reply.0.add_authorities(authorities.iter().filter(|text| !text.contains("SOA")).map(|text| record(text)));
        reply.0.add_additionals(additionals.iter().map(|text| record(text)));
        let written = read(&write(&answer(&query, &reply), &query, &Client::stream(), 0));
        let lower = |records: &[_]| texts(records).iter().map(|text| text.to_lowercase()).collect::<Vec<_>>();
        prop_assert_eq!(lower(&written.answers), lower(&reply.0.answers));
        prop_assert_eq!(lower(&written.authorities), lower(&reply.0.authorities));
        prop_assert_eq!(lower(&written.additionals), lower(&reply.0.additionals));
    }

    #[test]
    fn any_octets_are_survived(tail in proptest::collection::vec(any::<u8>(), 0..200), counts in any::<[u8; 3]>()) {
        let query = query("www.example.com.", "A");
        let mut message = reply_to(&query).to_vec();
        message[7] = counts[0] & 7;
        message[9] = counts[1] & 7;
        message[11] = counts[2] & 7;
        message.extend(tail);
        let asked = Question::new(question(&query).name(), RecordType::A);
        if let Ok(answer) = Answer::read(&asked, &message, TtlCaps::new(30, 30)) {
            for client in [Client::udp(), Client::stream()] {
                let written = write(&answer, &query, &client, 5);
                prop_assert!(written.len() >= 12);
            }
        }
    }
}
