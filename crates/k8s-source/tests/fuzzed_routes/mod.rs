//! What must hold whatever octets come: shared by the fuzz target and the replay of its seeds.

use std::sync::Arc;

use ingress_routing::{Host, HostBuffer, Options, RequestBuffer, RequestHead, Router, RoutingTable};
use k8s_source::RouterConsumer;
use k8s_source::manifests::{Event, ManifestOptions, ManifestSource, Routes};

/// Octets as manifests of Ingresses and what they need: the same table each time, every rule of which takes requests or says why not.
pub(crate) fn ingress_object(octets: &[u8]) {
    let (table, told) = load(octets);
    let (again, told_again) = load(octets);
    let answers = answers(&table);
    assert_eq!(answers, self::answers(&again));
    assert_eq!(told, told_again);
}

/// The table, and what was told.
fn load(octets: &[u8]) -> (Arc<RoutingTable>, Vec<String>) {
    let mut latest = None;
    let mut told = Vec::new();
    let mut tell = |event: Event| {
        if let Event::Found(located) = event {
            told.push(located.to_string());
        }
    };
    let mut consumer = RouterConsumer::new(Router::new(Options::new()), |table| latest = Some(table));
    let options = ManifestOptions::default().with_routes(Routes::Read);
    let mut source = ManifestSource::new([""; 0], options).with_text("fuzz", octets);
    source.load(&mut consumer, &mut tell);
    assert!(!source.poll(&mut consumer, &mut tell).changed, "nothing changed since");
    assert!(consumer.router().missing().is_empty());
    drop(consumer);
    (latest.expect("a table"), told)
}

/// What becomes of a request for each rule.
fn answers(table: &RoutingTable) -> Vec<String> {
    let mut buffer = RequestBuffer::new();
    let mut answers: Vec<String> = table
        .routes()
        .map(|route| {
            let name = route.host().name().unwrap_or("nowhere.example").to_owned();
            let host = if route.host().to_string().starts_with('*') { format!("x.{name}") } else { name };
            let head = RequestHead::new("GET", route.path().as_str()).with_host(&host);
            let matches = Host::parse(&host, &mut HostBuffer::new()).is_ok_and(|host| route.host().matches(&host));
            format!("{} {} {matches} {:?}", route.host(), route.path(), table.route(&head, &mut buffer))
        })
        .collect();
    answers.sort_unstable();
    answers
}
