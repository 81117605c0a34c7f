//! What the controller finds wrong is told as Events on the Ingresses concerned: once, whichever replica tells it, and not too many at a
//! time.

use std::collections::BTreeMap;
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

use crate::environment::{Environment, LEASE};
use crate::objects::{self, Validity};
use crate::written::{self, Kind};

const NAMESPACE: &str = "events";
const ADMIN: u16 = 18_084;
/// What is found is looked at every 5 s, and told when it was so for 5 s.
const TOLD: Duration = Duration::from_secs(20);
/// A look and its settling once more.
const AGAIN: Duration = Duration::from_secs(12);
/// So many Events may come at once, and then one each `REFILL`.
const BURST: usize = 25;
const REFILL: Duration = Duration::from_secs(5);
/// Findings beyond the burst.
const FLOOD: usize = 40;

/// Whether each was told as it should be.
pub(crate) fn run(environment: &Environment<'_>) -> Result<bool> {
    let expected = prepare(environment)?;
    let words = ["--http", "127.0.0.1:0", "--https", "127.0.0.1:0", "--events", "--lame-duck", "0"];
    environment.api().delete(LEASE)?;
    let controller = environment.start("events", ADMIN, &words)?;
    let begin = Instant::now();
    while events(environment)?.len() < expected.len() && begin.elapsed() < TOLD {
        sleep(Duration::from_millis(100));
    }
    let took = begin.elapsed();
    sleep(AGAIN);
    let mut is_good = check(&events(environment)?, &expected);
    println!("{} findings told after {:.1} s", expected.len(), took.as_secs_f32());
    if !is_good {
        println!("{}", controller.process.last_words());
    }
    controller.process.end(Duration::from_secs(5))?;
    // The next one finds the same.
    let controller = environment.start("events-again", ADMIN, &words)?;
    sleep(AGAIN);
    let again = events(environment)?.len();
    println!("{} of them told AGAIN by the next replica", again.saturating_sub(expected.len()));
    is_good &= again == expected.len();
    is_good &= flood(environment)?;
    drop(controller);
    environment.api().remove_namespace(NAMESPACE)?;
    Ok(is_good)
}

/// Makes what is wrong, and says what is to be told of it: the Ingress, the reason, and a part of the text.
fn prepare(environment: &Environment<'_>) -> Result<BTreeMap<&'static str, (&'static str, &'static str)>> {
    let api = environment.api();
    api.create(&objects::namespace(NAMESPACE))?;
    let metadata = json!({"namespace": NAMESPACE, "name": "web"});
    api.create(
        &json!({"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": {"ports": [{"port": 8080}]}}),
    )?;
    for (name, names, validity) in
        [("others", "other.example", Validity::Now), ("expired", "expired.example", Validity::Over)]
    {
        let (secret, _) = objects::secret(NAMESPACE, name, &[names], validity)?;
        api.create(&secret)?;
    }
    api.create(&json!({
        "apiVersion": "v1", "kind": "Secret", "metadata": {"namespace": NAMESPACE, "name": "rubbish"}, "type": "kubernetes.io/tls",
        "stringData": {"tls.crt": "no certificate", "tls.key": "no key"}
    }))?;
    let with_tls = |name: &str, host: &str| {
        let mut ingress = objects::ingress(NAMESPACE, name, None, host);
        ingress["spec"]["tls"] = json!([{"hosts": [host], "secretName": name}]);
        ingress
    };
    let path = "/spec/rules/0/http/paths/0";
    let mut unusable = objects::ingress(NAMESPACE, "unusable", None, "unusable.example");
    *unusable.pointer_mut(path).context("a path")? =
        json!({"path": "/%zz", "pathType": "Exact", "backend": {"service": {"name": "web", "port": {"number": 8080}}}});
    let mut nowhere = objects::ingress(NAMESPACE, "nowhere", None, "nowhere.example");
    *nowhere.pointer_mut(&format!("{path}/backend/service/name")).context("a backend")? = json!("missing");
    for ingress in [
        objects::ingress(NAMESPACE, "a-first", None, "shop.example"),
        objects::ingress(NAMESPACE, "b-second", None, "shop.example"),
        // Not ours, so it is in nobody's way.
        objects::ingress(NAMESPACE, "foreign", Some("other"), "shop.example"),
        unusable,
        nowhere,
        with_tls("none", "none.example"),
        with_tls("rubbish", "rubbish.example"),
        with_tls("others", "others.example"),
        with_tls("expired", "expired.example"),
    ] {
        api.create(&ingress)?;
    }
    Ok(BTreeMap::from([
        ("b-second", ("Conflict", "events/a-first")),
        ("unusable", ("Unusable", "path")),
        ("nowhere", ("UnknownBackend", "missing")),
        ("none", ("UnusableCertificate", "does not exist")),
        ("rubbish", ("UnusableCertificate", "not usable")),
        ("others", ("UnusableCertificate", "does not name others.example")),
        ("expired", ("UnusableCertificate", "expired")),
    ]))
}

/// Events as `kubectl describe` reads them.
fn events(environment: &Environment<'_>) -> Result<Vec<Value>> {
    let list = environment.api().get(&format!("/api/v1/namespaces/{NAMESPACE}/events"))?;
    let ingresses = environment.api().get(&format!("/apis/networking.k8s.io/v1/namespaces/{NAMESPACE}/ingresses"))?;
    let mut events = list["items"].as_array().cloned().context("a list")?;
    for event in &mut events {
        let is_it = |ingress: &&Value| ingress["metadata"]["name"] == event["involvedObject"]["name"];
        let ingress = ingresses["items"].as_array().into_iter().flatten().find(is_it);
        event["is-known"] =
            json!(ingress.is_some_and(|ingress| ingress["metadata"]["uid"] == event["involvedObject"]["uid"]));
    }
    Ok(events)
}

fn check(events: &[Value], expected: &BTreeMap<&str, (&str, &str)>) -> bool {
    let mut told = BTreeMap::<&str, usize>::new();
    let mut is_good = true;
    for event in events {
        let object = &event["involvedObject"];
        let name = object["name"].as_str().unwrap_or_default();
        *told.entry(name).or_default() += 1;
        let is_right = expected.get(name).is_some_and(|(reason, text)| {
            event["reason"] == *reason && event["message"].as_str().is_some_and(|message| message.contains(text))
        });
        let is_about = object["kind"] == "Ingress"
            && object["apiVersion"] == "networking.k8s.io/v1"
            && object["namespace"] == NAMESPACE
            && event["is-known"] == true;
        let is_told = event["type"] == "Warning" && event["reportingComponent"] == "whereto.dev/ingress";
        if !(is_right && is_about && is_told) {
            println!("WRONG {event}");
            is_good = false;
        }
    }
    for name in expected.keys().filter(|name| told.get(*name) != Some(&1)) {
        println!("WRONG {name}: told {} times", told.get(name).copied().unwrap_or_default());
        is_good = false;
    }
    is_good
}

/// Many findings at once: the burst, and then one at a time.
fn flood(environment: &Environment<'_>) -> Result<bool> {
    for number in 0..FLOOD {
        let name = format!("flood-{number:02}");
        environment.api().create(&objects::ingress(NAMESPACE, &name, None, "shop.example"))?;
    }
    let before = count(environment)?;
    let told = || count(environment).map(|count| count - before);
    let created = Instant::now();
    while told()? == 0 && created.elapsed() < TOLD {
        sleep(Duration::from_millis(100));
    }
    let begin = Instant::now();
    while begin.elapsed() < REFILL * 2 {
        let (told, time) = (told()?, begin.elapsed());
        let most = BURST + (time.as_secs() / REFILL.as_secs()) as usize + 1;
        ensure!(told <= most, "{told} Events in {time:?}");
        sleep(Duration::from_millis(200));
    }
    let told = told()?;
    println!("{FLOOD} findings at once: {told} Events in {:.0} s", begin.elapsed().as_secs_f32());
    Ok(told > 10)
}

fn count(environment: &Environment<'_>) -> Result<usize> {
    Ok(written::all(environment.control_plane)?.iter().filter(|written| written.kind == Kind::Event).count())
}
