//! A line for every request.

use std::io::Write;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use whereto_ingress::{AccessLogConfig, AccessLogFormat, Limits};

use super::common::{Client, Cluster, Endpoint};

#[derive(Clone, Default)]
struct Sink(Arc<Mutex<Vec<u8>>>);

impl Write for Sink {
    fn write(&mut self, octets: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(octets)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn lines_tell_the_way_and_the_reason() {
    let endpoint = Endpoint::start();
    let sink = Sink::default();
    let log = AccessLogConfig::to_writer(AccessLogFormat::Json, sink.clone());
    let server = Cluster::with_endpoint(endpoint.address)
        .serve(|config| config.with_access_log(log).with_limits(Limits::new().with_body(Some(10))));
    let address = server.addresses().http[0];
    let mut client = Client::connect(address);
    client.send("POST /echo?a=b HTTP/1.1\r\nHost: shop.example\r\nUser-Agent: test/1\r\nReferer: /a\r\nContent-Length: 5\r\n\r\nhello");
    assert_eq!(client.receive().text(), "hello");
    assert_eq!(Client::get(address, "other.example", "/").status(), 404);
    assert_eq!(Client::get(address, "shop.example", "/..").status(), 400);
    assert_eq!(Client::get(address, "shop.example", "/reset").status(), 502);
    client.send("POST /echo HTTP/1.1\r\nHost: shop.example\r\nContent-Length: 11\r\n\r\n");
    assert_eq!(client.receive().status(), 413);
    server.handle().begin_shutdown();
    server.wait();

    let octets = sink.0.lock().unwrap().clone();
    let mut lines: Vec<Value> =
        octets.split_inclusive(|octet| *octet == b'\n').map(|line| serde_json::from_slice(line).unwrap()).collect();
    lines.sort_by_key(|line| line["status"].as_u64());
    let of = |line: &Value, keys: &[&str]| keys.iter().map(|key| line[*key].clone()).collect::<Vec<_>>();
    let expected = [
        (200, "/echo?a=b", json!("shop/web"), json!(endpoint.address.to_string()), json!(null)),
        (400, "/..", json!(null), json!(null), json!("the path leads above its root")),
        (404, "/", json!(null), json!(null), json!("no rule matches and there is no default backend")),
        (413, "/echo", json!(null), json!(null), json!("the content is too long")),
    ];
    assert_eq!(lines.len(), 5, "{lines:?}");
    for (line, (status, path, ingress, endpoint, reason)) in lines.iter().zip(expected) {
        let expected = vec![json!(status), json!(path), ingress, endpoint, reason];
        assert_eq!(of(line, &["status", "path", "ingress", "endpoint", "reason"]), expected);
    }
    let first = &lines[0];
    assert_eq!(
        of(
            first,
            &["client", "method", "scheme", "host", "rule", "service", "attempts", "received_bytes", "sent_bytes"]
        ),
        [
            json!("127.0.0.1"),
            json!("POST"),
            json!("http"),
            json!("shop.example"),
            json!("spec.rules[0].http.paths[0]"),
            json!("shop/web:80"),
            json!(1),
            json!(5),
            json!(5)
        ]
    );
    assert_eq!(of(first, &["user_agent", "referrer"]), [json!("test/1"), json!("/a")]);
    assert_eq!(of(&lines[1], &["user_agent", "referrer"]), [json!(null), json!(null)]);
    assert!(lines[4]["reason"].as_str().unwrap().starts_with("broken_off ("), "{}", lines[4]);
}
