use std::io::Write;

use hickory_proto::op::ResponseCode;
use hickory_proto::rr::RecordType;

use super::{config, framed, read_framed, start};
use crate::testing::{query, query_message, read, record, texts};

#[test]
fn zones_go_to_those_who_may_have_them() {
    let running = start(config().with_transfer_to(vec!["127.0.0.0/8".parse().unwrap()]));
    let mut stream = running.connect();
    stream.write_all(&framed(&query("cluster.local.", "AXFR"))).unwrap();
    let mut records = Vec::new();
    while records.iter().filter(|record: &&hickory_proto::rr::Record| record.record_type() == RecordType::SOA).count()
        < 2
    {
        records.extend(read(&read_framed(&mut stream)).answers);
    }
    assert_eq!(records[0].record_type(), RecordType::SOA);
    assert_eq!(records.last().unwrap(), &records[0]);
    let texts = texts(&records);
    assert!(texts.contains(&"web.shop.svc.cluster.local. 5 IN A 10.96.0.10".to_owned()), "{texts:#?}");
    // The connection goes on.
    stream.write_all(&framed(&query("web.shop.svc.cluster.local.", "A"))).unwrap();
    assert_eq!(read(&read_framed(&mut stream)).answers.len(), 1);
}

#[test]
fn who_has_the_current_version_gets_one_record() {
    let running = start(config().with_transfer_to(vec!["127.0.0.1/32".parse().unwrap()]));
    let mut message = query_message("cluster.local.", "IXFR");
    let mut soa = record("cluster.local. 5 SOA ns.cluster.local. admin.cluster.local. 5");
    if let hickory_proto::rr::RData::SOA(data) = &mut soa.data {
        *data = hickory_proto::rr::rdata::SOA::new(data.mname.clone(), data.rname.clone(), 7, 0, 0, 0, 0);
    }
    message.add_authority(soa);
    let mut stream = running.connect();
    stream.write_all(&framed(&message.to_vec().unwrap())).unwrap();
    let reply = read(&read_framed(&mut stream));
    assert_eq!((reply.answers.len(), reply.answers[0].record_type()), (1, RecordType::SOA));
}

#[test]
fn others_are_refused() {
    let running = start(config().with_transfer_to(vec!["192.0.2.0/24".parse().unwrap()]));
    let mut stream = running.connect();
    stream.write_all(&framed(&query("cluster.local.", "AXFR"))).unwrap();
    assert_eq!(read(&read_framed(&mut stream)).metadata.response_code, ResponseCode::Refused);
    let allowed = start(config().with_transfer_to(vec!["127.0.0.0/8".parse().unwrap()]));
    let by_datagram = allowed.ask(&query("cluster.local.", "AXFR"));
    assert_eq!(by_datagram.metadata.response_code, ResponseCode::Refused);
}
