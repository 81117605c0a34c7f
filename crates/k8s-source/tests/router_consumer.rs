//! What the consumer for routing publishes.
#![cfg(all(feature = "ingress", feature = "manifests"))]

mod common;

use std::sync::Arc;

use common::Folder;
use ingress_routing::{Options, Outcome, RequestBuffer, RequestHead, Router, RoutingTable};
use k8s_source::manifests::{Event, ManifestOptions, ManifestSource, Routes};
use k8s_source::{Consumer, Kind, ObjectChange, RouterConsumer};

const SHOP: &str = "
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web, namespace: shop}
spec:
  rules:
  - host: shop.example
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {name: http}}}}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec:
  selector: {app: web}
  ports: [{name: http, port: 80, targetPort: 8080}]
---
apiVersion: v1
kind: Pod
metadata: {name: web-0, namespace: shop, labels: {app: web}}
spec: {containers: []}
status: {podIP: 10.1.2.3, conditions: [{type: Ready, status: 'True'}]}
";

fn status(table: &RoutingTable, host: &str) -> String {
    let mut buffer = RequestBuffer::new();
    match table.route(&RequestHead::new("GET", "/").with_host(host), &mut buffer) {
        Outcome::Forward(forward) => forward.upstream.endpoints()[0].address.to_string(),
        Outcome::Respond { status, .. } => status.to_string(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn manifests_become_a_table_and_follow_edits() {
    let folder = Folder::new();
    folder.write("shop.yaml", SHOP);
    let mut tables: Vec<Arc<RoutingTable>> = Vec::new();
    let mut told = Vec::new();
    let mut tell = |event: Event| {
        if let Event::Found(located) = event {
            told.push(located.diagnostic.to_string());
        }
    };
    let mut consumer = RouterConsumer::new(Router::new(Options::new()), |table| tables.push(table));
    let mut source = ManifestSource::new([folder.path()], ManifestOptions::default().with_routes(Routes::Read));
    source.load(&mut consumer, &mut tell);
    source.poll(&mut consumer, &mut tell);
    // Endpoints that are derived from Pods are as good as others; legacy versions too.
    let old = "apiVersion: extensions/v1beta1\nkind: Ingress\nmetadata: {name: old, namespace: shop}\nspec:\n  rules:\n  - host: old.example\n    \
               http: {paths: [{backend: {serviceName: web, servicePort: 80}}]}\n";
    folder.write("old.yaml", old);
    source.poll(&mut consumer, &mut tell);
    folder.remove("shop.yaml");
    source.poll(&mut consumer, &mut tell);
    drop(consumer);
    assert_eq!(tables.len(), 3, "nothing is published when nothing changed");
    assert_eq!(
        (status(&tables[0], "shop.example"), status(&tables[0], "old.example")),
        ("10.1.2.3:8080".into(), "404".into())
    );
    assert_eq!(
        (status(&tables[1], "shop.example"), status(&tables[1], "old.example")),
        ("10.1.2.3:8080".into(), "10.1.2.3:8080".into())
    );
    assert_eq!((status(&tables[2], "shop.example"), status(&tables[2], "old.example")), ("404".into(), "503".into()));
}

#[test]
fn routes_are_read_when_asked_for() {
    let mut source = ManifestSource::new([""; 0], ManifestOptions::default()).with_text("shop.yaml", SHOP.as_bytes());
    let mut tables = Vec::new();
    let mut consumer = RouterConsumer::new(Router::new(Options::new()), |table| tables.push(table));
    source.load(&mut consumer, &mut |_| {});
    drop(consumer);
    // Ingresses have not been listed: "not yet" rather than "no".
    assert_eq!(status(&tables[0], "shop.example"), "503");
}

#[test]
fn every_kind_counts_as_listed_and_the_first_table_is_published() {
    let mut tables = Vec::new();
    let mut consumer = RouterConsumer::new(Router::new(Options::new()), |table| tables.push(table));
    consumer.publish();
    for kind in Kind::ALL {
        consumer.apply(ObjectChange::Synced(kind));
    }
    assert!(consumer.router().missing().is_empty());
    consumer.publish();
    drop(consumer);
    assert_eq!((status(&tables[0], "a"), status(&tables[1], "a")), ("503".into(), "404".into()));
}

#[test]
fn unknown_fields_and_wrong_types_are_told_with_their_place() {
    let text = SHOP.replace("pathType: Prefix", "pathtype: Prefix").replace("{name: http}}}}", "{number: '80'}}}}");
    let mut told = Vec::new();
    let mut source = ManifestSource::new([""; 0], ManifestOptions::default().with_routes(Routes::Read))
        .with_text("shop.yaml", text.as_bytes());
    let mut consumer = RouterConsumer::new(Router::new(Options::new()), |_| {});
    source.load(&mut consumer, &mut |event| {
        if let Event::Found(located) = event {
            told.push(located.to_string());
        }
    });
    assert!(
        told.iter().any(|told| told.contains("spec.rules[0].http.paths[0].backend.service.port.number")),
        "{told:#?}"
    );
    let text = SHOP.replace("pathType: Prefix", "pathtype: Prefix");
    let mut told = Vec::new();
    let mut source = ManifestSource::new([""; 0], ManifestOptions::default().with_routes(Routes::Read))
        .with_text("shop.yaml", text.as_bytes());
    source.load(&mut consumer, &mut |event| {
        if let Event::Found(located) = event {
            told.push(located.to_string());
        }
    });
    assert!(told.iter().any(|told| told.contains("spec.rules[0].http.paths[0].pathtype")), "{told:#?}");
}
