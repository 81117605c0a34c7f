//! What must hold whatever octets come: shared by the fuzz targets and the replay of their seeds.

use std::sync::{Arc, OnceLock};

use dns_records::wire::{Query, error_reply};
use dns_records::{
    Chased, ChasedOutcome, Conformance, EndpointNames, Fallthrough, Limits, NameRef, PodMode, Rcode, RecordType,
    Snapshot, Verdict, WireRecords, ZonalNames,
};
use hickory_proto::op::Message;

use super::ask;
use super::cluster;
use super::reading::Reading;
use super::script::{self, Script};

const RICH: &str = "
    namespace shop
    namespace kube-system
    service kube-system/kube-dns 10.0.0.10,fd00::10 dns/udp/53 dns-tcp/tcp/53
    slice kube-system/kube-dns-a kube-dns dns/udp/53 = 10.1.9.1 10.1.9.2
    own 10.1.9.1
    service shop/web 10.0.0.1,fd00::1 http/tcp/80 -/udp/53
    slice shop/web-a web http/tcp/8080 = 10.1.0.1;host=ep;pod=web-x;zone=a 10.1.0.2;zone=b
    service shop/db headless http/tcp/80
    slice shop/db-a db http/tcp/80 = 10.1.1.1;host=db-0;zone=a 10.1.1.2;zone=b fd00::1:2 10.1.1.3;host=10-1-1-2
    slice shop/db-b db peer/udp/81 = 10.1.1.4;host=db-0 10.1.1.5;unready
    service shop/hosts headless http/tcp/80
    slice shop/hosts-a hosts http/tcp/80 = name:out.example name:web.shop.svc.cluster.local 10.1.2.1
    service shop/out ->out.example.
    service shop/inside ->web.shop.svc.cluster.local.
    service shop/chain ->inside.shop.svc.cluster.local.
    service shop/nowhere ->nosuch.shop.svc.cluster.local.
    service shop/ring ->gnir.shop.svc.cluster.local.
    service shop/gnir ->ring.shop.svc.cluster.local.
    service shop/self ->self.shop.svc.cluster.local.
    service shop/new pending http/tcp/80
    import shop/web 10.9.0.1 http/tcp/80
    import shop/db headless http/tcp/80
    slice shop/db-i db@c1 http/tcp/80 = 10.9.1.1 10.9.1.2;host=h
    pod shop/p 10.2.0.1
";

/// Snapshots of one rich cluster under both conformances, with and without fallthrough, and one that is not synced.
pub(crate) fn rich() -> &'static [(Conformance, Arc<Snapshot>)] {
    static RICH_SNAPSHOTS: OnceLock<Vec<(Conformance, Arc<Snapshot>)>> = OnceLock::new();
    RICH_SNAPSHOTS.get_or_init(|| {
        let mut text = RICH.to_owned() + "service shop/big headless\nslice shop/big-a big http/tcp/80 =";
        for at in 0..90 {
            text += &format!(" 10.3.0.{at};host=member-{at}");
        }
        let configs = [Conformance::Rfc, Conformance::CoreDns].into_iter().flat_map(|conformance| {
            [(Fallthrough::Never, PodMode::Verified), (Fallthrough::Always, PodMode::Insecure)].map(
                |(fallthrough, pods)| {
                    let config = cluster::config(conformance).with_zone("clusterset.local").expect("a zone");
                    let config = config.with_multicluster_zone("clusterset.local").expect("one of the zones");
                    let config = config.with_zonal_names(ZonalNames::Serve).with_endpoint_names(EndpointNames::PodName);
                    (conformance, config.with_fallthrough(fallthrough).with_pods(pods))
                },
            )
        });
        let snapshots = configs.map(|(conformance, config)| (conformance, cluster::snapshot(&config, &text)));
        let mut snapshots: Vec<_> = snapshots.collect();
        let bare = dns_records::ClusterZones::new(cluster::config(Conformance::Rfc));
        snapshots.push((Conformance::Rfc, bare.expect("options").publish(1)));
        snapshots
    })
}

/// Octets that say how to answer, then a message.
pub(crate) fn query_bytes(octets: &[u8]) {
    let mut reading = Reading::new(octets);
    let how = reading.octet();
    let seed = u64::from(reading.octet()) << 56;
    let query = reading.rest();
    let payload = [512, 1232, 4096, 65535][usize::from(how & 3)];
    let udp = Limits::udp().with_max_payload(payload).with_extended_errors(how & 4 != 0);
    let tcp = Limits::tcp().with_extended_errors(how & 4 != 0).with_recursion_available(how & 8 != 0);
    let room = if how & 16 == 0 { 65535 } else { 40 * usize::from(how >> 5) };
    let mut out = vec![0xaa; 65535];
    let mut checked = Checked { query, replies: Vec::new() };
    for (conformance, snapshot) in rich() {
        let client = Query::parse(query).map_or(65535, |query| query.max_payload);
        let own = if *conformance == Conformance::CoreDns { 65535 } else { payload };
        for (limits, most) in [(udp, usize::from(own.min(client))), (tcp, 65535)] {
            let most = most.min(room);
            let verdict = snapshot.respond(query, limits, seed, &mut out[..room]);
            checked.verdict(&verdict, most, &out);
            match verdict {
                Verdict::Chase { target, record_type, .. } => {
                    checked.chase(snapshot, limits, target, record_type, &mut out[..most]);
                }
                Verdict::Transfer { .. } if most == 65535 => checked.transfer(snapshot, &mut out),
                _ => {}
            }
        }
    }
    for limits in [udp, tcp] {
        let len = error_reply(query, Rcode::SERVFAIL, limits, &mut out);
        if len > 0 {
            checked.reply(&out[..len]);
        }
    }
    if let Some(parsed) = Query::parse(query) {
        assert!(parsed.name.as_wire().len() <= 255 && parsed.max_payload >= 512);
        assert!(NameRef::from_wire(parsed.name.as_wire()).is_ok());
        assert_eq!(&query[12..12 + parsed.name.as_wire().len()], parsed.name.as_wire());
    }
}

/// The replies to one query, of which many are the same: each is decoded once, which is what takes the time.
struct Checked<'q> {
    query: &'q [u8],
    replies: Vec<Vec<u8>>,
}

impl Checked<'_> {
    /// Checks the reply that a verdict left in `out`, if it left one, and gives it.
    fn verdict<'o>(&mut self, verdict: &Verdict<'_>, most: usize, out: &'o [u8]) -> Option<&'o [u8]> {
        let (Verdict::Reply(len)
        | Verdict::FallThrough { len }
        | Verdict::Chase { len, .. }
        | Verdict::Transfer { len, .. }) = *verdict
        else {
            return None;
        };
        assert!(len <= most, "{len} octets of {most}");
        self.reply(&out[..len]);
        Some(&out[..len])
    }

    /// Checks a reply, unless the same was checked before.
    fn reply(&mut self, reply: &[u8]) {
        if !self.replies.iter().any(|checked| checked == reply) {
            check_reply(self.query, reply);
            self.replies.push(reply.to_vec());
        }
    }

    fn chase(
        &mut self,
        snapshot: &Snapshot,
        limits: Limits,
        target: NameRef<'_>,
        record_type: RecordType,
        out: &mut [u8],
    ) {
        let record = [target.as_wire(), &[0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 1]].concat();
        let many = record.repeat(100);
        for outcome in [ChasedOutcome::Failed, answered(&record), answered(&many)] {
            let chased = [Chased { target, record_type, outcome }];
            let verdict = snapshot.respond_chased(self.query, limits, 0, &chased, out);
            let reply = self.verdict(&verdict, out.len(), out);
            assert!(reply.is_none_or(|reply| answers(reply) <= 212));
        }
    }

    fn transfer(&mut self, snapshot: &Snapshot, out: &mut [u8]) {
        let Some(mut transfer) = snapshot.transfer(self.query) else { return };
        let mut messages = 0;
        while let Some(len) = transfer.next_message(&mut out[..4096]) {
            self.reply(&out[..len]);
            assert!(answers(&out[..len]) > 0, "every message brings a record");
            messages += 1;
            assert!(messages < 100);
        }
    }
}

/// A reply decodes, and repeats identifier and question.
pub(crate) fn check_reply(query: &[u8], reply: &[u8]) -> Message {
    let message = Message::from_vec(reply).unwrap_or_else(|error| panic!("{error}: {reply:02x?}"));
    assert_eq!(reply[..2], query[..2], "the identifier");
    assert!(reply[2] & 0x80 != 0, "a reply");
    if let Some(parsed) = Query::parse(query).filter(|_| reply.len() > 12) {
        let end = 12 + parsed.name.as_wire().len() + 4;
        assert_eq!(reply[12..end], query[12..end], "the question");
        assert_eq!(message.queries.len(), 1);
    }
    message
}

/// How many records a reply's header says that its answer section has.
fn answers(reply: &[u8]) -> u16 {
    u16::from_be_bytes([reply[6], reply[7]])
}

const fn answered(records: &[u8]) -> ChasedOutcome<'_> {
    ChasedOutcome::Answered {
        rcode: Rcode::NOERROR,
        truncated: false,
        answer: WireRecords { octets: records },
        authority: WireRecords { octets: b"" },
    }
}

/// Options, changes and questions: applying changes one by one comes to the same as starting from what there is at last.
pub(crate) fn change_script(octets: &[u8]) {
    let mut reading = Reading::new(octets);
    let questions = reading.chunk();
    let script = Script::read(reading.rest());
    let mut zones = dns_records::ClusterZones::new(script.config.clone()).expect("the options fit together");
    let mut world = script::World::default();
    let mut held = None;
    for (at, change) in script.changes.iter().enumerate() {
        world.apply(change.clone());
        zones.apply(change.clone());
        // Snapshots that readers hold must not matter.
        if at % 3 == 0 {
            held = Some(zones.publish(at as u32));
        }
    }
    let grown = zones.publish(9);
    let built = world.zones(&script.config).publish(9);
    same_zones(&grown, &built);
    let mut from = Reading::new(questions);
    while !from.is_empty() {
        let record_type = from.pick(&script::TYPES);
        same_answer(&grown, &built, script::question(&mut from), record_type);
    }
    drop(held);
}

/// Every record, sorted.
pub(crate) fn listing(snapshot: &Snapshot) -> Vec<String> {
    let mut lines = Vec::new();
    snapshot.records(|record| {
        lines.push(record.to_string());
        true
    });
    lines.sort();
    lines
}

pub(crate) fn same_zones(a: &Snapshot, b: &Snapshot) {
    assert_eq!(a.missing(), b.missing());
    assert_eq!(listing(a), listing(b));
}

pub(crate) fn same_answer(a: &Snapshot, b: &Snapshot, name: dns_records::Name, record_type: RecordType) {
    let asked = ask::Ask::of(name, record_type);
    let lines = |snapshot: &Snapshot| ask::lines(&asked, &ask::respond(snapshot, &asked.wire(), Limits::tcp(), 0));
    assert_eq!(lines(a), lines(b), "{} {record_type}", asked.name);
}
