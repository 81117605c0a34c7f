//! The writer of statuses and Events against a small API server.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use k8s_source::Consumer as _;
use k8s_source::ObjectChange;
use k8s_source::kube::kube::{Client, Config};
use k8s_source::kube::{Finding, LeaseTiming, Writer, WriterEvent, WriterOptions};
use k8s_source::objects::{Ingress, LoadBalancerIngress};
use object_change::{Delta, Diagnostic, ObjectKey, ObjectRef};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{sleep, timeout};

/// Keeps what is written, and refuses what it is told to refuse.
#[derive(Clone, Debug, Default)]
struct Api(Arc<Mutex<World>>);

#[derive(Debug, Default)]
struct World {
    version: u64,
    lease: Option<Value>,
    /// Method and path of each request that was to write, but for Leases, and what it had.
    writes: Vec<(String, Value)>,
    holders: Vec<String>,
    /// Answers to the next writes of this path.
    refused: BTreeMap<String, Vec<u16>>,
}

impl World {
    fn answer(&mut self, method: &str, path: &str, mut body: Value) -> (u16, Value) {
        if path.contains("/leases") {
            let have = self.lease.as_ref().map(|lease| lease["metadata"]["resourceVersion"].clone());
            match (method, have) {
                ("GET", None) => return (404, json!({"code": 404})),
                ("GET", _) => return (200, self.lease.clone().unwrap()),
                ("POST", Some(_)) => return (409, json!({"code": 409})),
                ("PUT", have) if have.as_ref() != Some(&body["metadata"]["resourceVersion"]) => {
                    return (409, json!({"code": 409}));
                }
                _ => {}
            }
            self.version += 1;
            body["metadata"]["resourceVersion"] = json!(self.version.to_string());
            self.holders.push(body["spec"]["holderIdentity"].as_str().unwrap().to_owned());
            self.lease = Some(body.clone());
            return (200, body);
        }
        if let Some(code) = self.refused.get_mut(path).and_then(Vec::pop) {
            return (code, json!({"code": code, "message": "as told"}));
        }
        self.writes.push((format!("{method} {path}"), body.clone()));
        (200, body)
    }
}

impl Api {
    async fn client(&self) -> Client {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let api = self.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let api = api.clone();
                tokio::spawn(async move { api.connection(stream).await });
            }
        });
        let mut config = Config::new(format!("http://{address}").parse().unwrap());
        config.default_retry = false;
        Client::try_from(config).unwrap()
    }

    /// One request, then the end of the connection.
    async fn connection(&self, mut stream: TcpStream) -> Option<()> {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await.ok()?);
        }
        let head = String::from_utf8(head).unwrap().to_ascii_lowercase();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok()).unwrap_or(0);
        let mut body = vec![0; length];
        stream.read_exact(&mut body).await.ok()?;
        let mut words = head.split(' ');
        let (method, target) = (words.next()?.to_uppercase(), words.next()?.to_owned());
        let path = target.split('?').next()?;
        let body = serde_json::from_slice(&body).unwrap_or(Value::Null);
        let (code, answer) = self.0.lock().unwrap().answer(&method, path, body);
        let answer = answer.to_string();
        let head = format!("HTTP/1.1 {code} X\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", answer.len());
        stream.write_all(format!("{head}{answer}").as_bytes()).await.ok()
    }

    fn writes(&self) -> Vec<(String, Value)> {
        self.0.lock().unwrap().writes.clone()
    }
}

async fn writer(api: &Api, identity: &str) -> Writer {
    let options = WriterOptions::new(ObjectKey::new("edge", "whereto"), identity)
        .with_timing(LeaseTiming::new(Duration::from_secs(2)));
    Writer::new(api.client().await, options)
}

fn tell(writer: &Writer, name: &str, ingress: &Ingress) {
    let change = ObjectChange::Ingress(Delta::Upsert(ObjectKey::new("shop", name), ingress));
    writer.handle().ingresses().apply(change);
}

async fn until(what: impl Fn() -> bool) {
    let waiting = async {
        while !what() {
            sleep(Duration::from_millis(2)).await;
        }
    };
    timeout(Duration::from_secs(20), waiting).await.expect("in time");
}

#[tokio::test]
async fn statuses_are_written_where_they_differ_and_once() {
    let api = Api::default();
    let mut writer = writer(&api, "one").await;
    let there: Ingress =
        serde_json::from_value(json!({"status": {"loadBalancer": {"ingress": [{"ip": "192.0.2.7"}]}}})).unwrap();
    tell(&writer, "there", &there);
    tell(&writer, "web", &Ingress::default());
    tell(&writer, "foreign", &Ingress::default());
    let web = "/apis/networking.k8s.io/v1/namespaces/shop/ingresses/web/status";
    api.0.lock().unwrap().refused.insert(web.into(), vec![500]);
    let handle = writer.handle();
    handle.set_addresses([LoadBalancerIngress::ip("192.0.2.7")]);
    let mut events = Vec::new();
    tokio::select! {
        _ = writer.run(|key| &*key.name != "foreign", |event| events.push(event)) => {}
        () = async {
            until(|| !api.writes().is_empty()).await;
            handle.set_addresses([LoadBalancerIngress::ip("192.0.2.7")]);
            sleep(Duration::from_millis(50)).await;
            handle.set_addresses([]);
            until(|| api.writes().len() == 3).await;
        } => {}
    }
    let first = (format!("PATCH {web}"), json!({"status": {"loadBalancer": {"ingress": [{"ip": "192.0.2.7"}]}}}));
    let writes = api.writes();
    assert_eq!(writes[0], first);
    assert!(writes[1..].iter().all(|(_, body)| body["status"]["loadBalancer"]["ingress"].is_null()), "{writes:?}");
    assert_eq!(events[0], WriterEvent::Leads);
    assert!(
        matches!(&events[1], WriterEvent::Failed(problem) if problem.to_string().contains("as told")),
        "{events:?}"
    );
    assert_eq!(events[2], WriterEvent::StatusWritten(ObjectKey::new("shop", "web")));
}

#[tokio::test]
async fn one_of_two_writes_and_the_other_takes_over() {
    let api = Api::default();
    let (mut one, mut two) = (writer(&api, "one").await, writer(&api, "two").await);
    let (first, second) = (one.handle(), two.handle());
    for replica in [&one, &two] {
        tell(replica, "web", &Ingress::default());
    }
    let is_held_by = |name: &str| api.0.lock().unwrap().holders.last().is_some_and(|holder| holder == name);
    tokio::select! {
        _ = one.run(|_| true, |_| {}) => {}
        () = until(|| is_held_by("one")) => {}
    }
    let mut events = Vec::new();
    tokio::select! {
        _ = one.run(|_| true, |_| {}) => {}
        _ = two.run(|_| true, |event| events.push(event)) => {}
        () = async {
            second.set_addresses([LoadBalancerIngress::ip("192.0.2.2")]);
            first.set_addresses([LoadBalancerIngress::ip("192.0.2.1")]);
            until(|| !api.writes().is_empty()).await;
            // Several turns of both.
            sleep(Duration::from_secs(3)).await;
        } => {}
    }
    assert!(api.0.lock().unwrap().holders.iter().all(|holder| holder == "one"));
    assert_eq!(events, [WriterEvent::Follows(Some("one".into()))]);
    let ips = || {
        api.writes()
            .iter()
            .map(|(_, body)| body["status"]["loadBalancer"]["ingress"][0]["ip"].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(ips(), ["192.0.2.1"], "one write, of one");
    // The first is gone without a word.
    drop(one);
    tokio::select! {
        _ = two.run(|_| true, |event| events.push(event)) => {}
        () = until(|| api.writes().len() == 2) => {}
    }
    assert_eq!(ips(), ["192.0.2.1", "192.0.2.2"]);
    assert_eq!(events[1], WriterEvent::Leads);
    // The second gives it back: nobody waits.
    two.release().await;
    assert!(is_held_by(""));
}

#[tokio::test(start_paused = true)]
async fn what_is_found_becomes_an_event_on_its_object() {
    let api = Api::default();
    let mut writer = writer(&api, "one").await;
    let ingress: Ingress = serde_json::from_value(json!({"metadata": {"uid": "0123"}})).unwrap();
    tell(&writer, "web", &ingress);
    let object = ObjectRef::new("Ingress", ObjectKey::new("shop", "web"));
    let finding = Finding::new("Conflict", Diagnostic::warning(object, "spec.rules[0]", "Ingress shop/old has it"));
    writer.handle().set_findings([finding]);
    tokio::select! {
        _ = writer.run(|_| true, |_| {}) => {}
        () = async {
            while api.writes().is_empty() {
                sleep(Duration::from_millis(50)).await;
            }
        } => {}
    }
    let (target, event) = api.writes().swap_remove(0);
    assert_eq!(target, "POST /apis/events.k8s.io/v1/namespaces/shop/events");
    for (field, expected) in [
        ("/type", "Warning"),
        ("/reason", "Conflict"),
        ("/note", "spec.rules[0]: Ingress shop/old has it"),
        ("/regarding/kind", "Ingress"),
        ("/regarding/uid", "0123"),
        ("/reportingController", "whereto.dev/ingress"),
        ("/reportingInstance", "one"),
    ] {
        assert_eq!(event.pointer(field), Some(&json!(expected)), "{event}");
    }
    assert!(event["metadata"]["name"].as_str().is_some_and(|name| name.starts_with("web.")), "{event}");
}
