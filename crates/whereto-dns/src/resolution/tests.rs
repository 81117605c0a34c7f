use dns_records::{ClusterZones, ZoneConfig};
use hickory_proto::op::{Message, ResponseCode};

use super::{Lookup, Upstream as _, resolve};
use crate::answer::{Answer, TtlCaps};
use crate::client::Client;
use crate::question::Question;
use crate::testing::{Reply, edns_query, query, read, reply_to, snapshot, texts};

/// A name, and what makes its reply of an empty one.
type Known<'t> = (&'t str, fn(Reply) -> Reply);

/// An upstream that knows one reply for each name and notes what it was asked.
struct Upstream<'t> {
    replies: &'t [Known<'t>],
    asked: Vec<String>,
}

impl super::Upstream for Upstream<'_> {
    fn exchange(&mut self, question: &Question) -> Lookup {
        self.asked.push(format!("{question:?}"));
        let asked = question.name().to_string().to_lowercase();
        let Some((_, reply)) = self.replies.iter().find(|(name, _)| *name == asked) else { return Lookup::Failed };
        let message = reply(reply_to(&question.query(9, None))).to_vec();
        Lookup::Answer(Answer::read(question, &message, TtlCaps::NONE).unwrap())
    }
}

fn ask(query: &[u8], upstream: &mut impl super::Upstream) -> Message {
    read(&resolve(&snapshot(), query, Client::udp(), 1, upstream).unwrap())
}

fn www(reply: Reply) -> Reply {
    reply
        .answer("www.example.com. 300 A 192.0.2.80")
        .answer("www.example.com. 300 A 192.0.2.81")
        .authority("example.com. 300 NS ns.example.com.")
        .change(|message| message.metadata.authoritative = true)
}

fn missing(reply: Reply) -> Reply {
    let soa = "example.com. 300 SOA ns.example.com. admin.example.com. 300";
    reply.rcode(ResponseCode::NXDomain).authority(soa)
}

const WORLD: &[Known<'_>] = &[("www.example.com.", www), ("nx.example.com.", missing)];

const fn world() -> Upstream<'static> {
    Upstream { replies: WORLD, asked: Vec::new() }
}

#[test]
fn cluster_names_ask_nobody() {
    let mut upstream = world();
    let reply = ask(&query("web.shop.svc.cluster.local.", "A"), &mut upstream);
    assert_eq!(texts(&reply.answers), ["web.shop.svc.cluster.local. 5 IN A 10.96.0.10"]);
    assert!(reply.metadata.authoritative);
    let reply = ask(&query("nosuch.shop.svc.cluster.local.", "A"), &mut upstream);
    assert_eq!(reply.metadata.response_code, ResponseCode::NXDomain);
    assert_eq!(upstream.asked, [""; 0]);
}

#[test]
fn other_names_are_the_upstreams() {
    let mut upstream = world();
    let query = edns_query("WWW.example.com.", "A", 1232, true);
    let reply = ask(&query, &mut upstream);
    assert_eq!(upstream.asked, ["WWW.example.com. A"]);
    assert_eq!(reply.metadata.id, crate::testing::ID);
    assert!(reply.metadata.authoritative && reply.metadata.recursion_desired && reply.metadata.recursion_available);
    assert_eq!(reply.answers[0].name.to_ascii(), "WWW.example.com.");
    assert_eq!((reply.answers.len(), reply.authorities.len()), (2, 1));
    assert!(reply.edns.unwrap().flags().dnssec_ok);
    let reply = ask(&crate::testing::query("nx.example.com.", "A"), &mut upstream);
    assert_eq!((reply.metadata.response_code, reply.authorities.len()), (ResponseCode::NXDomain, 1));
}

#[test]
fn without_an_answer_there_is_servfail_and_without_an_upstream_a_refusal() {
    let query = query("down.example.com.", "A");
    assert_eq!(ask(&query, &mut world()).metadata.response_code, ResponseCode::ServFail);
    let reply = ask(&query, &mut |_: &Question| Lookup::NoUpstream);
    assert_eq!(reply.metadata.response_code, ResponseCode::Refused);
    assert_eq!(reply.queries.len(), 1);
}

#[test]
fn names_that_fall_through_go_on_or_stay_missing() {
    let query = query("9.9.9.9.in-addr.arpa.", "PTR");
    let mut upstream = Upstream {
        replies: &[("9.9.9.9.in-addr.arpa.", |reply| reply.answer("9.9.9.9.in-addr.arpa. 300 PTR nine.example."))],
        asked: Vec::new(),
    };
    assert_eq!(texts(&ask(&query, &mut upstream).answers), ["9.9.9.9.in-addr.arpa. 300 IN PTR nine.example."]);
    let reply = ask(&query, &mut |_: &Question| Lookup::NoUpstream);
    assert_eq!(reply.metadata.response_code, ResponseCode::NXDomain);
}

#[test]
fn aliases_bring_their_targets() {
    let mut upstream = world();
    let reply = ask(&query("alias.shop.svc.cluster.local.", "A"), &mut upstream);
    assert_eq!(upstream.asked, ["www.example.com. A"]);
    let mut answers = texts(&reply.answers);
    answers.sort();
    assert_eq!(
        answers,
        [
            "alias.shop.svc.cluster.local. 5 IN CNAME www.example.com.",
            "www.example.com. 300 IN A 192.0.2.80",
            "www.example.com. 300 IN A 192.0.2.81",
        ]
    );
    assert_eq!(reply.metadata.response_code, ResponseCode::NoError);
}

#[test]
fn aliases_without_target_are_alone() {
    let query = query("alias.shop.svc.cluster.local.", "A");
    let mut nobody = |_: &Question| Lookup::NoUpstream;
    for reply in [ask(&query, &mut nobody), ask(&query, &mut Upstream { replies: &[], asked: Vec::new() })] {
        assert_eq!(texts(&reply.answers), ["alias.shop.svc.cluster.local. 5 IN CNAME www.example.com."], "{reply}");
    }
}

#[test]
fn cached_answers_are_older_and_no_authority() {
    let cached = |age| {
        move |question: &Question| match world().exchange(question) {
            Lookup::Answer(answer) => Lookup::Cached { answer, age },
            other => other,
        }
    };
    let ttls = |reply: &Message| reply.answers.iter().map(|record| record.ttl).collect::<Vec<_>>();
    let forwarded = ask(&query("www.example.com.", "A"), &mut cached(7));
    assert_eq!(ttls(&forwarded), [293, 293]);
    assert_eq!(forwarded.authorities[0].ttl, 293);
    assert!(!forwarded.metadata.authoritative);
    let chased = ask(&query("alias.shop.svc.cluster.local.", "A"), &mut cached(301));
    assert_eq!(ttls(&chased), [5, 0, 0], "the alias is ours");
    assert!(chased.metadata.authoritative);
}

#[test]
fn transfers_are_not_passed_on() {
    let mut upstream = world();
    for name in ["example.com.", "cluster.local."] {
        let reply = ask(&query(name, "AXFR"), &mut upstream);
        assert_eq!(reply.metadata.response_code, ResponseCode::Refused);
    }
    assert_eq!(upstream.asked, [""; 0]);
}

#[test]
fn noise_gets_no_reply() {
    let snapshot = ClusterZones::new(ZoneConfig::new("cluster.local").unwrap()).unwrap().publish(1);
    let mut reply = query("www.example.com.", "A");
    reply[2] |= 0x80;
    for noise in [&b""[..], b"short", &reply] {
        assert_eq!(resolve(&snapshot, noise, Client::udp(), 0, &mut world()), None);
    }
}
