//! What a folder of manifests lacks and a cluster would add.
#![cfg(feature = "manifests")]

mod common;

use common::{Folder, Run, service};
use k8s_source::Kind;
use k8s_source::manifests::{ManifestOptions, NamespacePolicy};

fn load(text: &str) -> Run {
    let folder = Folder::new();
    folder.write("a.yaml", text);
    Run::load(&folder)
}

fn cluster_ips(run: &Run, name: &str) -> String {
    let text = run.memory.get(Kind::Service, name);
    let (_, rest) = text.split_once("cluster_ips: ").unwrap();
    rest.split_once(']').unwrap().0.trim_start_matches('[').replace('"', "")
}

fn waiting(name: &str, spec: &str) -> String {
    format!(
        "---\napiVersion: v1\nkind: Service\nmetadata: {{name: {name}, namespace: shop}}\nspec: {{ports: [{{port: 80}}]{spec}}}\n"
    )
}

#[test]
fn cluster_ips_do_not_depend_on_order() {
    let parts: Vec<String> = (0..50).map(|at| waiting(&format!("s{at}"), "")).collect();
    let forward = load(&parts.concat());
    let backward = load(&parts.iter().rev().cloned().collect::<String>());
    assert_eq!(forward.memory.objects, backward.memory.objects);
    let mut ips: Vec<String> = (0..50).map(|at| cluster_ips(&forward, &format!("shop/s{at}"))).collect();
    assert!(ips.iter().all(|ip| ip.starts_with("10.96.")), "{ips:?}");
    ips.sort();
    ips.dedup();
    assert_eq!(ips.len(), 50);
    let told = forward.told.iter().filter(|located| located.diagnostic.field == "spec.clusterIP").count();
    assert_eq!(told, 50);
    assert_eq!(forward.summary.warnings + forward.summary.errors, 0);
}

#[test]
fn cluster_ips_that_are_given_are_never_used_again() {
    let alone = cluster_ips(&load(&waiting("web", "")), "shop/web");
    let with = load(&format!("{}{}", service("other", &alone), waiting("web", "")));
    let next = cluster_ips(&with, "shop/web");
    assert_ne!(next, alone);
    let small = ManifestOptions::default().with_service_cidr("10.5.0.0/29".parse().unwrap());
    let folder = Folder::new();
    folder.write("a.yaml", &(0..7).map(|at| waiting(&format!("s{at}"), "")).collect::<String>());
    let run = Run::load_with(&folder, small);
    assert_eq!(run.errors(&folder).len(), 1, "six addresses for seven");
}

#[test]
fn families_decide_which_addresses_there_are() {
    for (spec, expected) in [
        ("", vec!["10.96."]),
        (", ipFamilies: [IPv6]", vec!["fd00:10:96::"]),
        (", ipFamilies: [IPv6], ipFamilyPolicy: PreferDualStack", vec!["fd00:10:96::", "10.96."]),
        (", ipFamilyPolicy: RequireDualStack", vec!["10.96.", "fd00:10:96::"]),
        (", ipFamilies: [IPv4, IPv6]", vec!["10.96.", "fd00:10:96::"]),
        (", type: LoadBalancer", vec!["10.96."]),
        (", type: ExternalName, externalName: a.example", vec![]),
        (", clusterIP: None", vec![]),
    ] {
        let run = load(&waiting("web", spec));
        let ips = cluster_ips(&run, "shop/web");
        let ips: Vec<&str> = ips.split(", ").filter(|ip| !ip.is_empty()).collect();
        assert_eq!(ips.len(), expected.len(), "{spec}: {ips:?}");
        assert!(ips.iter().zip(&expected).all(|(ip, prefix)| ip.starts_with(prefix)), "{spec}: {ips:?}");
    }
}

#[test]
fn namespaces_exist_by_policy() {
    let object = service("a", "None");
    let listed = "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: other}\n";
    let folder = Folder::new();
    folder.write("a.yaml", &object);
    let names = |policy| {
        let run = Run::load_with(&folder, ManifestOptions::default().with_namespaces(policy));
        run.memory.names(Kind::Namespace).join(" ")
    };
    assert_eq!(names(NamespacePolicy::Auto), "shop");
    assert_eq!(names(NamespacePolicy::Implied), "shop");
    assert_eq!(names(NamespacePolicy::Strict), "");
    folder.write("b.yaml", listed);
    assert_eq!(names(NamespacePolicy::Auto), "other");
    assert_eq!(names(NamespacePolicy::Implied), "other shop");
    assert_eq!(names(NamespacePolicy::Strict), "other");
}

const ENDPOINTS: &str = "---\napiVersion: v1\nkind: Endpoints\nmetadata: {name: db, namespace: shop, labels: {a: b}}\nsubsets:\n- addresses: [{ip: 10.1.0.1, hostname: db-0, targetRef: {kind: Pod, name: p0}}, {ip: 'fd00::1'}]\n  notReadyAddresses: [{ip: 10.1.0.2}]\n  ports: [{name: sql, port: 5432}]\n";

#[test]
fn endpoints_become_slices() {
    let run = load(&format!("{}{ENDPOINTS}", service("db", "None")));
    assert_eq!(run.memory.names(Kind::EndpointSlice), ["shop/db:0", "shop/db:1"]);
    let v4 = run.memory.get(Kind::EndpointSlice, "shop/db:0");
    for part in [
        "(\"kubernetes.io/service-name\", \"db\")",
        "(\"a\", \"b\")",
        "\"10.1.0.1\"",
        "\"db-0\"",
        "\"p0\"",
        "Some(5432)",
        "ready: Some(false)",
        "address_type: \"IPv4\"",
    ] {
        assert!(v4.contains(part), "{part}: {v4}");
    }
    assert!(run.memory.get(Kind::EndpointSlice, "shop/db:1").contains("fd00::1"));
    // Not without their Service, not beside slices, not where they are labelled.
    assert!(load(ENDPOINTS).memory.names(Kind::EndpointSlice).is_empty());
    let slice = "---\napiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {name: x, namespace: shop, labels: {kubernetes.io/service-name: db}}\naddressType: IPv4\nendpoints: []\n";
    assert_eq!(
        load(&format!("{}{ENDPOINTS}{slice}", service("db", "None"))).memory.names(Kind::EndpointSlice),
        ["shop/x"]
    );
    let labelled = ENDPOINTS.replace("a: b", "endpointslice.kubernetes.io/skip-mirror: 'true'");
    assert!(load(&format!("{}{labelled}", service("db", "None"))).memory.names(Kind::EndpointSlice).is_empty());
}

fn pod(name: &str, labels: &str, spec: &str, status: &str) -> String {
    format!(
        "---\napiVersion: v1\nkind: Pod\nmetadata: {{name: {name}, namespace: shop, labels: {{{labels}}}}}\nspec: {{containers: [{{name: c, image: x, ports: [{{name: http, containerPort: 8080}}]}}]{spec}}}\nstatus: {{{status}, conditions: [{{type: Ready, status: \"True\"}}]}}\n"
    )
}

fn selecting(spec: &str) -> String {
    format!(
        "---\napiVersion: v1\nkind: Service\nmetadata: {{name: web, namespace: shop, labels: {{team: x}}}}\nspec: {{selector: {{app: web}}, {spec}}}\n"
    )
}

#[test]
fn pods_become_slices() {
    let pods = [
        pod("web-1", "app: web, x: z", ", hostname: web-1, subdomain: web", "phase: Running, podIP: 10.1.0.1"),
        pod(
            "web-0",
            "app: web",
            ", hostname: web-0, subdomain: elsewhere",
            "phase: Running, podIPs: [{ip: 10.1.0.2}, {ip: 'fd00::2'}]",
        ),
        pod("web-2", "app: web", "", "phase: Succeeded, podIP: 10.1.0.3"),
        pod("web-3", "app: web", "", "phase: Pending"),
        pod("web-4", "app: web", "", "phase: Running, podIP: 10.1.0.5").replace("\"True\"", "\"False\""),
        pod("web-5", "app: web", "", "phase: Running, podIP: 10.1.0.6")
            .replace("labels:", "deletionTimestamp: 2026-01-01T00:00:00Z, labels:"),
        pod("other", "app: other", "", "phase: Running, podIP: 10.1.0.7"),
    ]
    .concat();
    let run = load(&format!(
        "{pods}{}",
        selecting("clusterIP: None, ports: [{name: http, port: 80, targetPort: http}, {port: 81}]")
    ));
    assert_eq!(run.memory.names(Kind::EndpointSlice), ["shop/web:0", "shop/web:1"]);
    let v4 = run.memory.get(Kind::EndpointSlice, "shop/web:0");
    for (ip, [ready, serving, terminating], hostname, target) in [
        ("10.1.0.2", [true, true, false], "None", "web-0"),
        ("10.1.0.1", [true, true, false], "Some(\"web-1\")", "web-1"),
        ("10.1.0.5", [false, false, false], "None", "web-4"),
        ("10.1.0.6", [false, true, true], "None", "web-5"),
    ] {
        let conditions = format!("ready: Some({ready}), serving: Some({serving}), terminating: Some({terminating})");
        let expected = format!(
            "Endpoint {{ addresses: [\"{ip}\"], conditions: EndpointConditions {{ {conditions} }}, hostname: {hostname}, target_ref: Some(ObjectReference {{ name: \"{target}\" }})"
        );
        assert!(v4.contains(&expected), "{expected}: {v4}");
    }
    for gone in ["10.1.0.3", "10.1.0.7", "fd00::2"] {
        assert!(!v4.contains(gone), "{v4}");
    }
    assert!(v4.contains("port: Some(8080)") && v4.contains("port: Some(81)") && v4.contains("\"team\""), "{v4}");
    assert!(run.memory.get(Kind::EndpointSlice, "shop/web:1").contains("fd00::2"));

    let run = load(&format!("{pods}{}", selecting("publishNotReadyAddresses: true, ports: [{port: 80}]")));
    let v4 = run.memory.get(Kind::EndpointSlice, "shop/web:0");
    assert!(!v4.contains("ready: Some(false)"), "{v4}");
    assert_eq!(run.memory.names(Kind::EndpointSlice), ["shop/web:0"], "a cluster IP of one family");

    let run = load(&format!("{pods}{}", selecting("clusterIP: None")));
    assert!(run.memory.get(Kind::EndpointSlice, "shop/web:0").contains("ports: []"));
}

#[test]
fn pods_with_other_numbers_for_a_named_port_are_in_other_slices() {
    let other = pod("b", "app: web", "", "phase: Running, podIP: 10.1.0.2").replace("8080", "9090");
    let unnamed = pod("c", "app: web", "", "phase: Running, podIP: 10.1.0.3").replace("http", "grpc");
    let text = format!(
        "{}{other}{unnamed}{}",
        pod("a", "app: web", "", "phase: Running, podIP: 10.1.0.1"),
        selecting("clusterIP: None, ports: [{port: 80, targetPort: http}]")
    );
    let run = load(&text);
    assert_eq!(run.memory.names(Kind::EndpointSlice).len(), 3);
    assert!(run.memory.get(Kind::EndpointSlice, "shop/web:1").contains("9090"));
    assert!(run.memory.get(Kind::EndpointSlice, "shop/web:2").contains("ports: []"));
}
