use std::sync::Arc;
use std::time::{Duration, Instant};

use hickory_proto::op::ResponseCode;

use super::Cache;
use crate::answer::{Answer, AnswerKind, TtlCaps};
use crate::message::QueryView;
use crate::question::{Key, Question};
use crate::testing::{Reply, edns_query, query, reply_to};

const MEBIBYTE: usize = 1024 * 1024;

fn key(query: &[u8]) -> Key {
    Key::of(&QueryView::parse(query).unwrap())
}

fn answer(query: &[u8], reply: &Reply) -> Arc<Answer> {
    let question = Question::of(&QueryView::parse(query).unwrap());
    Arc::new(Answer::read(&question, &reply.to_vec(), TtlCaps::NONE).unwrap())
}

const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn address(query: &[u8], ttl: u32) -> Arc<Answer> {
    answer(query, &reply_to(query).answer(&format!("www.example.com. {ttl} A 192.0.2.80")))
}

#[test]
fn answers_age_and_expire() {
    let cache = Cache::new(MEBIBYTE);
    let query = query("www.example.com.", "A");
    let now = Instant::now();
    cache.insert(&key(&query), &address(&query, 30), now);
    let entry = cache.get(&key(&query), now + seconds(29)).unwrap();
    let aged = entry.aged(now + seconds(29));
    assert!(aged.cached && aged.age == 29);
    assert!(cache.get(&key(&query), now + seconds(30)).is_none());
    assert_eq!(cache.len(), 0, "what expired is let go");
}

#[test]
fn letter_case_does_not_matter_but_dnssec_does() {
    let cache = Cache::new(MEBIBYTE);
    let now = Instant::now();
    let asked = query("www.example.com.", "A");
    cache.insert(&key(&asked), &address(&asked, 30), now);
    assert!(cache.get(&key(&query("WWW.Example.COM.", "A")), now).is_some());
    assert!(cache.get(&key(&edns_query("www.example.com.", "A", 1232, false)), now).is_some());
    assert!(cache.get(&key(&edns_query("www.example.com.", "A", 1232, true)), now).is_none());
    assert!(cache.get(&key(&query("www.example.com.", "AAAA")), now).is_none());
}

#[test]
fn denials_are_remembered_for_as_long_as_the_soa_says() {
    let cache = Cache::new(MEBIBYTE);
    let query = query("no.example.com.", "A");
    let soa = "example.com. 3600 SOA ns.example.com. admin.example.com. 7";
    let now = Instant::now();
    let denial = answer(&query, &reply_to(&query).rcode(ResponseCode::NXDomain).authority(soa));
    cache.insert(&key(&query), &denial, now);
    assert_eq!(cache.get(&key(&query), now + seconds(6)).unwrap().kind(), AnswerKind::Denial);
    assert!(cache.get(&key(&query), now + seconds(7)).is_none());
}

#[test]
fn failures_are_remembered_shortly_and_replace_nothing() {
    let cache = Cache::new(MEBIBYTE);
    let query = query("www.example.com.", "A");
    let failure = answer(&query, &reply_to(&query).rcode(ResponseCode::ServFail));
    let now = Instant::now();
    cache.insert(&key(&query), &address(&query, 30), now);
    cache.insert(&key(&query), &failure, now + seconds(1));
    assert_eq!(cache.get(&key(&query), now + seconds(2)).unwrap().kind(), AnswerKind::Success);
    cache.insert(&key(&query), &failure, now + seconds(31));
    assert_eq!(cache.get(&key(&query), now + seconds(35)).unwrap().kind(), AnswerKind::Failure);
    assert!(cache.get(&key(&query), now + seconds(36)).is_none());
}

#[test]
fn some_answers_are_not_remembered() {
    let query = query("www.example.com.", "A");
    let truncated = reply_to(&query)
        .answer("www.example.com. 300 A 192.0.2.80")
        .change(|message| message.metadata.truncation = true);
    let refused = reply_to(&query).rcode(ResponseCode::Refused);
    let no_soa = reply_to(&query).rcode(ResponseCode::NXDomain);
    let no_time = reply_to(&query).answer("www.example.com. 0 A 192.0.2.80");
    let cache = Cache::new(MEBIBYTE);
    for reply in [truncated, refused, no_soa, no_time] {
        cache.insert(&key(&query), &answer(&query, &reply), Instant::now());
        assert_eq!(cache.len(), 0, "{:?}", reply.0);
    }
}

#[test]
fn a_flood_of_names_stays_within_the_bound() {
    let cache = Cache::new(MEBIBYTE);
    let now = Instant::now();
    let soa = "example.com. 3600 SOA ns.example.com. admin.example.com. 60";
    for number in 0..20_000 {
        let query = query(&format!("n{number}.example.com."), "A");
        let denial = answer(&query, &reply_to(&query).rcode(ResponseCode::NXDomain).authority(soa));
        cache.insert(&key(&query), &denial, now);
    }
    assert!(cache.octets() <= MEBIBYTE as u64);
    assert!(cache.len() > 1000, "and the room is used: {}", cache.len());
    assert!(cache.evicted(AnswerKind::Denial) > 0);
}

#[test]
fn no_room_means_no_cache() {
    let cache = Cache::new(0);
    let query = query("www.example.com.", "A");
    cache.insert(&key(&query), &address(&query, 30), Instant::now());
    assert!(cache.get(&key(&query), Instant::now()).is_none());
}
