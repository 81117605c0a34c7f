//! What must hold whatever octets come: shared by the fuzz target and the replay of its seeds.

use std::sync::{Arc, OnceLock};

use dns_records::model::{Change, Exposure, Kind, Namespace, Service};
use dns_records::{ClusterZones, Conformance, Name, RecordType, Snapshot, ZoneConfig};
use hickory_proto::op::Message;
use object_change::{Delta, ObjectKey};
use whereto_dns::{Answer, Client, Lookup, Question, TtlCaps, resolve};

/// A cluster with an alias of `out.example.`, under both conformances.
fn snapshots() -> &'static [Arc<Snapshot>] {
    static SNAPSHOTS: OnceLock<Vec<Arc<Snapshot>>> = OnceLock::new();
    SNAPSHOTS.get_or_init(|| {
        let build = |conformance| {
            let config = ZoneConfig::new("cluster.local").expect("a zone").with_conformance(conformance);
            let mut zones = ClusterZones::new(config).expect("the options fit together");
            let alias = Service::new(Exposure::ExternalName("out.example.".into()));
            zones.apply(Change::Namespace(Delta::Upsert(ObjectKey::cluster_scoped("shop"), Namespace::new())));
            zones.apply(Change::Service(Delta::Upsert(ObjectKey::new("shop", "out"), alias)));
            zones.apply_all(Kind::ALL.map(Change::Synced));
            zones.publish(7)
        };
        [Conformance::Rfc, Conformance::CoreDns].map(build).to_vec()
    })
}

/// One octet that says what is asked, then an upstream's message.
///
/// The message is made to answer the question: who forges one does that too. Its identifier is read by nobody else, so
/// that it says how old the answer is when it comes from a cache.
pub(crate) fn upstream_reply(octets: &[u8]) {
    let Some((how, message)) = octets.split_first() else { return };
    let types = [RecordType::A, RecordType::AAAA, RecordType::SRV, RecordType::ANY];
    let record_type = types[usize::from(how & 3)];
    let [forwarded, alias] = names();
    let asked = if how & 4 == 0 { forwarded } else { alias };
    let mut reply = message.to_vec();
    if how & 8 != 0 {
        let question = [forwarded.as_wire(), &record_type.0.to_be_bytes(), &[0, 1]].concat();
        reply.splice(reply.len().min(12)..reply.len().min(12), question);
        reply.resize(reply.len().max(12 + 17), 0);
        reply[2] |= 0x80;
        reply[2] &= 0x87;
        reply[4..6].copy_from_slice(&[0, 1]);
    }
    let caps = if how & 16 == 0 { TtlCaps::NONE } else { TtlCaps::new(30, 5) };
    let client = if how & 32 == 0 { Client::udp() } else { Client::stream() };
    let query = query(asked, record_type, how & 64 != 0);
    let age = reply.first_chunk().map_or(0, |id| u32::from(u16::from_be_bytes(*id)));
    for snapshot in snapshots() {
        let send = |age: Option<u32>| {
            let mut questions = 0;
            let upstream = &mut |question: &Question| {
                questions += 1;
                let Ok(answer) = Answer::read(question, &reply, caps) else { return Lookup::Failed };
                check_answer(&answer);
                match age {
                    Some(age) => Lookup::Cached { answer, age },
                    None => Lookup::Answer(answer),
                }
            };
            let sent = resolve(snapshot, &query, client, u64::from(*how), upstream).expect("a query gets a reply");
            assert!(questions <= 17, "chains end");
            sent
        };
        let fresh = send(None);
        assert!(fresh.len() <= if client.is_stream() { 65535 } else { 1232 });
        assert_eq!(fresh[..2], query[..2]);
        assert_eq!(fresh[12..12 + asked.as_wire().len()], *asked.as_wire(), "the question");
        let ttls = check_message(&fresh);
        if how & 128 != 0 {
            check_aged(&fresh, &ttls, send(Some(age)), age);
        }
    }
}

/// The name outside, and an alias of it.
fn names() -> &'static [Name; 2] {
    static NAMES: OnceLock<[Name; 2]> = OnceLock::new();
    NAMES.get_or_init(|| ["Out.Example.", "out.shop.svc.cluster.local."].map(|name| name.parse().expect("a name")))
}

/// What comes from a cache differs from what was fresh in TTLs and AA alone.
fn check_aged(fresh: &[u8], ttls: &[usize], aged: Vec<u8>, age: u32) {
    let mut expected = fresh.to_vec();
    for &at in ttls {
        let ttl = |message: &[u8]| message[at..].first_chunk().map(|ttl| u32::from_be_bytes(*ttl)).expect("a TTL");
        let (before, after) = (ttl(fresh), ttl(&aged));
        // The alias is the zones' own and does not age.
        assert!(after == before || after == before.saturating_sub(age), "{before} after {age} s: {after}");
        expected[at..at + 4].copy_from_slice(&after.to_be_bytes());
    }
    expected[2] = expected[2] & !0x04 | aged[2] & 0x04;
    assert_eq!(expected, aged, "nothing else changes with age");
}

fn check_answer(answer: &Answer) {
    assert!(answer.rcode() < 1 << 12);
    assert!(answer.lifetime().as_secs() <= u64::from(u32::MAX >> 1));
}

/// The reply's frame is sound; what an upstream put into its records is its own. Gives the offsets of the records' TTLs,
/// but for that of an OPT record, which is none.
fn check_message(sent: &[u8]) -> Vec<usize> {
    let count = |at: usize| usize::from(u16::from_be_bytes([sent[at], sent[at + 1]]));
    let records = count(6) + count(8) + count(10);
    let mut ttls = Vec::new();
    let mut at = 12;
    at = skip_name(sent, at) + 4;
    for _ in 0..records {
        at = skip_name(sent, at);
        if sent[at..at + 2] != [0, 41] {
            ttls.push(at + 4);
        }
        at += 10 + usize::from(u16::from_be_bytes([sent[at + 8], sent[at + 9]]));
    }
    assert_eq!(at, sent.len(), "as many records as the header says, and nothing after them");
    if records == 0 {
        Message::from_vec(sent).expect("decodes");
    }
    ttls
}

/// The offset after a name; each of its pointers leads to an earlier place.
fn skip_name(message: &[u8], start: usize) -> usize {
    let mut at = start;
    let mut end = None;
    let mut len = 0;
    loop {
        match usize::from(message[at]) {
            0 => return end.unwrap_or(at + 1),
            octet @ 1..=63 => {
                at += octet + 1;
                len += octet + 1;
                assert!(len < 255, "a name is not too long");
            }
            octet @ 0xc0.. => {
                end = end.or(Some(at + 2));
                let target = (octet & 0x3f) << 8 | usize::from(message[at + 1]);
                assert!(target < at, "pointers lead backwards");
                at = target;
            }
            octet => panic!("no label: {octet:#x}"),
        }
    }
}

fn query(name: &Name, record_type: RecordType, edns: bool) -> Vec<u8> {
    let mut query = vec![0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, u8::from(edns)];
    query.extend(name.as_wire());
    query.extend(record_type.0.to_be_bytes());
    query.extend([0, 1]);
    if edns {
        query.extend([0, 0, 41, 16, 0, 0, 0, 0, 0, 0, 0]);
    }
    query
}
