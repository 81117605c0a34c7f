use std::sync::Mutex;
use std::time::UNIX_EPOCH;

use tokio::task::LocalSet;

use super::*;

/// What was written.
#[derive(Clone, Default)]
struct Sink(Arc<Mutex<Vec<u8>>>);

impl Sink {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Sink {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(octets)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn on_worker<F: Future>(test: F) -> F::Output {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
    LocalSet::new().block_on(&runtime, test)
}

const OWN: AccessEntry<'static> = AccessEntry {
    time: UNIX_EPOCH,
    client: IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 7)),
    method: "GET",
    scheme: "http",
    host: None,
    path: "/",
    referrer: None,
    user_agent: None,
    version: http::Version::HTTP_10,
    status: Some(404),
    received: 0,
    sent: 14,
    duration: Duration::from_micros(12),
    first_byte: None,
    ingress: None,
    rule: None,
    service: None,
    endpoint: None,
    attempts: 0,
    reason: Some(&"no rule matches"),
    tls: None,
    server_name: None,
};

/// The lines of a request that was forwarded and one that was not.
fn lines(format: AccessLogFormat) -> String {
    let sink = Sink::default();
    let config = AccessLogConfig::to_writer(format, sink.clone());
    let (log, thread) = AccessLog::start(config, Dropped::default()).unwrap();
    let forwarded = AccessEntry {
        time: UNIX_EPOCH + Duration::from_millis(1_763_748_000_500),
        method: "POST",
        scheme: "https",
        host: Some("shop.example"),
        path: "/cart?q=\"x\\",
        referrer: Some("https://shop.example/?a=\"b"),
        user_agent: Some("Example/1.0 (\u{e4}; x)"),
        version: http::Version::HTTP_2,
        status: Some(200),
        received: 7,
        sent: 1234,
        duration: Duration::from_millis(12),
        first_byte: Some(Duration::from_millis(3)),
        ingress: Some("shop/web"),
        rule: Some("spec.rules[0].http.paths[1]"),
        service: Some("shop/cart:http"),
        endpoint: Some("10.1.2.3:8080".parse().unwrap()),
        attempts: 2,
        reason: None,
        tls: Some("TLSv1.3"),
        server_name: Some("shop.example\n\u{e4}"),
        ..OWN
    };
    on_worker(async move {
        let worker = log.worker();
        worker.note(&forwarded);
        worker.note(&OWN);
    });
    thread.join().unwrap();
    sink.text()
}

#[test]
fn text_lines() {
    assert_eq!(
        lines(AccessLogFormat::Text),
        "192.0.2.7 2025-11-21T18:00:00.500Z \"POST https://shop.example/cart?q=\\x22x\\x5C HTTP/2\" 200 1234 0.012000 \
         shop/web spec.rules[0].http.paths[1] shop/cart:http 10.1.2.3:8080 - \"https://shop.example/?a=\\x22b\" \"Example/1.0 (\\xC3\\xA4; x)\"\n\
         192.0.2.7 1970-01-01T00:00:00.000Z \"GET http:/// HTTP/1.0\" 404 14 0.000012 - - - - \"no rule matches\" - -\n"
    );
}

#[test]
fn json_lines_are_objects() {
    let lines = lines(AccessLogFormat::Json);
    let objects: Vec<serde_json::Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let expected = serde_json::json!({
        "time": "2025-11-21T18:00:00.500Z", "client": "192.0.2.7", "method": "POST", "scheme": "https", "host": "shop.example",
        "path": "/cart?q=\"x\\", "referrer": "https://shop.example/?a=\"b", "user_agent": "Example/1.0 (\u{e4}; x)", "protocol": "HTTP/2", "status": 200, "received_bytes": 7, "sent_bytes": 1234, "seconds": 0.012,
        "first_byte_seconds": 0.003, "ingress": "shop/web", "rule": "spec.rules[0].http.paths[1]", "service": "shop/cart:http",
        "endpoint": "10.1.2.3:8080", "attempts": 2, "reason": null, "tls": "TLSv1.3", "server_name": "shop.example\n\u{e4}",
    });
    assert_eq!(objects[0], expected);
    assert_eq!((&objects[1]["reason"], &objects[1]["ingress"]), (&"no rule matches".into(), &serde_json::Value::Null));
    assert_eq!(objects.len(), 2);
}

#[test]
fn fields_of_clients_are_cut() {
    for (value, expected) in [
        (&b"curl/7.88.1"[..], "curl/7.88.1".to_owned()),
        (b"", String::new()),
        (&[b'a'; 512], "a".repeat(512)),
        (&[b'a'; 513], "a".repeat(512)),
        (b"\xc3\xa4 \xff", "\u{e4} \u{fffd}".to_owned()),
    ] {
        assert_eq!(excerpt(&HeaderValue::from_bytes(value).unwrap()), expected);
    }
}

#[test]
fn a_quiet_server_is_written_of_soon() {
    on_worker(async {
        let sink = Sink::default();
        let config = AccessLogConfig::to_writer(AccessLogFormat::Text, sink.clone());
        let (log, _thread) = AccessLog::start(config, Dropped::default()).unwrap();
        let worker = log.worker();
        for number in 1..3 {
            worker.note(&OWN);
            assert!(!worker.batch.borrow().is_empty());
            tokio::time::sleep(DELAY * 2).await;
            // It is the writer's now, whose thread lives by another clock.
            assert!(worker.batch.borrow().is_empty());
            while sink.text().lines().count() < number {
                std::thread::yield_now();
            }
        }
    });
}

#[test]
fn a_stuck_writer_holds_up_nobody() {
    struct Stuck(Arc<Mutex<()>>);
    impl Write for Stuck {
        fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
            drop(self.0.lock());
            Ok(octets.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let gate = Arc::new(Mutex::new(()));
    let held = gate.lock().unwrap();
    let dropped = Dropped::default();
    let config = AccessLogConfig::to_writer(AccessLogFormat::Text, Stuck(Arc::clone(&gate)));
    let (log, thread) = AccessLog::start(config, dropped.clone()).unwrap();
    let lines = 50_000;
    on_worker(async move {
        let worker = log.worker();
        for _ in 0..lines {
            worker.note(&OWN);
        }
    });
    // What waits is bounded: the batches, one that is being written, one that was not full.
    assert!(dropped.count() > lines / 2 && dropped.count() < lines, "{}", dropped.count());
    drop(held);
    thread.join().unwrap();
}
