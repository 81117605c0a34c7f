use std::collections::BTreeSet;

use dns_records::{Conformance, Limits, Snapshot, TransferKind, Verdict};
use hickory_proto::op::Message;
use hickory_proto::rr::RecordType;

use crate::common::ask::{self, Ask};
use crate::common::cluster;

const CLUSTER: &str = "
    namespace shop
    service shop/web 10.0.0.1,fd00::1 http/tcp/80 -/udp/53
    service shop/db headless
    slice shop/db-a db http/tcp/80 = 10.1.0.1;host=db-0 10.1.0.2
    service shop/out ->example.com.
    own 10.1.0.1
";

fn transfer(snapshot: &Snapshot, query: &[u8], size: usize) -> Vec<Message> {
    let mut transfer = snapshot.transfer(query).expect("an apex");
    let mut out = vec![0; size];
    let mut messages = Vec::new();
    while let Some(len) = transfer.next_message(&mut out) {
        assert!(len <= size);
        messages.push(Message::from_vec(&out[..len]).expect("decodes"));
    }
    messages
}

fn lines(messages: &[Message]) -> Vec<String> {
    messages.iter().flat_map(|message| &message.answers).map(ask::full_line).collect()
}

#[test]
fn a_zone_is_all_its_records_between_two_soa_records() {
    let snapshot = cluster::snapshot(&cluster::config(Conformance::Rfc), CLUSTER);
    let messages = transfer(&snapshot, &Ask::new("@ AXFR").wire(), 65535);
    let [message] = &*messages else { panic!("one message") };
    // RFC 5936 2.2: SOA first and last; AA; the question in the first message.
    assert_eq!(message.answers.first().map(|record| record.record_type()), Some(RecordType::SOA));
    assert_eq!(message.answers.last().map(|record| record.record_type()), Some(RecordType::SOA));
    assert!(message.metadata.authoritative && message.metadata.id == 0x1234 && message.queries.len() == 1);
    let mut listed = Vec::new();
    snapshot.records(|record| {
        listed.push(record.to_string());
        true
    });
    let mut sent = lines(&messages);
    let soa = sent.pop().expect("the last SOA");
    assert_eq!(sent.first(), Some(&soa));
    let cluster: Vec<String> =
        listed.into_iter().filter(|line| line.split(' ').next().unwrap().ends_with("local.")).collect();
    assert_eq!(sent, cluster);
    for line in [
        "web.shop.svc.cluster.local. 5 IN A 10.0.0.1",
        "web.shop.svc.cluster.local. 5 IN AAAA fd00::1",
        "web.shop.svc.cluster.local. 5 IN SRV 0 25 53 web.shop.svc.cluster.local.",
        "_http._tcp.web.shop.svc.cluster.local. 5 IN SRV 0 50 80 web.shop.svc.cluster.local.",
        "db-0.db.shop.svc.cluster.local. 5 IN A 10.1.0.1",
        "out.shop.svc.cluster.local. 5 IN CNAME example.com.",
        "cluster.local. 5 IN NS db-0.db.shop.svc.cluster.local.",
        "dns-version.cluster.local. 28800 IN TXT \"1.1.0\"",
    ] {
        assert!(sent.iter().any(|sent| sent == line), "{line} is not among\n{}", sent.join("\n"));
    }
    assert_eq!(sent.iter().collect::<BTreeSet<_>>().len(), sent.len(), "no record twice (RFC 5936 2.2)");
}

#[test]
fn a_zone_may_take_several_messages() {
    let mut many = String::from(CLUSTER);
    for at in 0..60 {
        many += &format!("    service shop/more-{at} 10.0.1.{at} http/tcp/80\n");
    }
    let snapshot = cluster::snapshot(&cluster::config(Conformance::Rfc), &many);
    let whole = lines(&transfer(&snapshot, &Ask::new("@ AXFR").wire(), 65535));
    let messages = transfer(&snapshot, &Ask::new("@ AXFR").wire(), 1024);
    assert!(messages.len() > 1);
    assert_eq!(lines(&messages), whole);
    assert!(messages.iter().all(|message| message.metadata.id == 0x1234 && !message.metadata.truncation));
    assert!(snapshot.transfer(&Ask::new("@ AXFR").wire()).unwrap().next_message(&mut [0; 100]).is_none());
}

#[test]
fn a_headless_service_of_many_endpoints_is_split_anywhere() {
    let mut cluster = String::from("namespace shop\nservice shop/big headless\nslice shop/big-a big http/tcp/80 =");
    for at in 0..250 {
        cluster += &format!(" 172.1.0.{at}");
    }
    let snapshot = cluster::snapshot(&cluster::config(Conformance::Rfc), &cluster);
    let query = Ask::new("@ AXFR").wire();
    let whole = lines(&transfer(&snapshot, &query, 65535));
    assert!(whole.len() > 750);
    for size in [1024, 1025, 1500, 4096, 16384, 20000] {
        assert_eq!(lines(&transfer(&snapshot, &query, size)), whole, "{size}");
    }
}

#[test]
fn reverse_zones_are_transferred_as_what_they_hold() {
    let snapshot = cluster::snapshot(&cluster::config(Conformance::Rfc), CLUSTER);
    let sent = lines(&transfer(&snapshot, &Ask::new("in-addr.arpa. AXFR").wire(), 65535));
    for line in [
        "1.0.0.10.in-addr.arpa. 5 IN PTR web.shop.svc.cluster.local.",
        "1.0.1.10.in-addr.arpa. 5 IN PTR db-0.db.shop.svc.cluster.local.",
        "2.0.1.10.in-addr.arpa. 5 IN PTR 10-1-0-2.db.shop.svc.cluster.local.",
    ] {
        assert!(sent.iter().any(|sent| sent == line), "{line}: {sent:?}");
    }
    assert!(!sent.iter().any(|line| line.contains(".svc.in-addr.arpa.")), "Services have no names here: {sent:?}");
}

#[test]
fn a_client_that_is_up_to_date_gets_the_soa_record_alone() {
    let snapshot = cluster::snapshot(&cluster::config(Conformance::Rfc), CLUSTER);
    // RFC 1995 4.
    let same = transfer(&snapshot, &Ask::new("@ IXFR").with_serial(7).wire(), 65535);
    assert_eq!(lines(&same).len(), 1);
    let older = transfer(&snapshot, &Ask::new("@ IXFR").with_serial(6).wire(), 65535);
    assert_eq!(lines(&older), lines(&transfer(&snapshot, &Ask::new("@ AXFR").wire(), 65535)));
}

#[test]
fn transfers_are_for_whoever_drives_them() {
    let snapshot = cluster::snapshot(&cluster::config(Conformance::Rfc), CLUSTER);
    let mut out = [0; 512];
    let mut kind = |ask: Ask| match snapshot.respond(&ask.wire(), Limits::tcp(), 0, &mut out) {
        Verdict::Transfer { kind, len } => {
            let message = Message::from_vec(&out[..len]).unwrap();
            assert_eq!(u16::from(message.metadata.response_code), 5, "the reply written is a refusal");
            Some(kind)
        }
        Verdict::NotOurs => None,
        other => panic!("{other:?}"),
    };
    assert_eq!(kind(Ask::new("@ AXFR")), Some(TransferKind::Axfr));
    assert_eq!(kind(Ask::new("@ IXFR").with_serial(9)), Some(TransferKind::Ixfr { serial: 9 }));
    assert_eq!(kind(Ask::new("example.com. AXFR")), None);
    assert!(snapshot.transfer(&Ask::new("web.shop.svc AXFR").wire()).is_none());
    assert!(snapshot.transfer(&Ask::new("example.com. AXFR").wire()).is_none());
    assert!(snapshot.transfer(b"short").is_none());
    // RFC 1995 3: an IXFR query has the client's SOA record; without, there is nothing to go by.
    assert!(ask::answer(&snapshot, "@ IXFR").contains(&"RCODE5".to_owned()));
}
