use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use dns_records::RecordType;

use super::{Dropped, QueryLog, QueryLogConfig, QueryLogFormat};
use crate::metrics::{Observed, Source};
use crate::testing::{Sink, edns_query, query, reply_to};

fn lines(format: QueryLogFormat, queries: &[Vec<u8>]) -> String {
    let sink = Sink::default();
    let config = QueryLogConfig::to_writer(format, sink.clone());
    let (log, thread) = QueryLog::start(config, Dropped::default()).unwrap();
    for query in queries {
        let reply = reply_to(query).answer("web.shop.svc.cluster.local. 5 A 10.96.0.10").to_vec();
        let observed = Observed {
            record_type: RecordType::A,
            dnssec_ok: false,
            query_len: query.len(),
            reply_len: reply.len(),
            rcode: 0,
            source: Source::Zones,
        };
        let client = "10.0.0.7:4711".parse().unwrap();
        log.note(client, "udp", query, &reply, &observed, Duration::from_micros(12));
    }
    drop(log);
    thread.join().unwrap();
    sink.text()
}

#[test]
fn text_lines_are_like_corednss() {
    let line = lines(QueryLogFormat::Text, &[query("web.shop.svc.cluster.local.", "A")]);
    assert_eq!(
        line,
        "10.0.0.7:4711 - 4660 \"A IN web.shop.svc.cluster.local. udp 44 false 512\" NOERROR rd,ra 60 0.000012000s zones\n"
    );
}

#[test]
fn json_lines_are_objects() {
    let queries = [edns_query("web.shop.svc.cluster.local.", "A", 1232, true)];
    let line = lines(QueryLogFormat::Json, &queries);
    let object: serde_json::Value = serde_json::from_str(&line).unwrap();
    assert_eq!(object["name"], "web.shop.svc.cluster.local.");
    assert_eq!((object["do"].as_bool(), object["bufsize"].as_u64()), (Some(true), Some(1232)));
    assert_eq!((object["rcode"].as_str(), object["answered_by"].as_str()), (Some("NOERROR"), Some("zones")));
}

#[test]
fn a_stuck_writer_holds_up_nobody() {
    struct Stuck(Arc<Mutex<()>>);
    impl Write for Stuck {
        fn write(&mut self, octets: &[u8]) -> std::io::Result<usize> {
            drop(self.0.lock());
            Ok(octets.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            drop(self.0.lock());
            Ok(())
        }
    }
    let gate = Arc::new(Mutex::new(()));
    let held = gate.lock().unwrap();
    let dropped = Dropped::default();
    let config = QueryLogConfig::to_writer(QueryLogFormat::Text, Stuck(Arc::clone(&gate)));
    let (log, thread) = QueryLog::start(config, dropped.clone()).unwrap();
    let query = query("a.", "A");
    let observed = Observed {
        record_type: RecordType::A,
        dnssec_ok: false,
        query_len: 0,
        reply_len: 0,
        rcode: 0,
        source: Source::Zones,
    };
    for _ in 0..super::WAITING * 3 {
        log.note("10.0.0.7:4711".parse().unwrap(), "udp", &query, &[], &observed, Duration::ZERO);
    }
    assert!(dropped.count() > 0);
    drop(held);
    drop(log);
    thread.join().unwrap();
}
