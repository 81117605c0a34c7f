//! What conversions make of objects.
#![cfg(feature = "dns")]

use std::net::IpAddr;

use dns_records::model::{EndpointHost, Exposure, ImportExposure, Protocol, SliceOwner};
use k8s_source::{convert, objects};
use object_change::{Diagnostic, Severity};
use serde::de::DeserializeOwned;

fn object<T: DeserializeOwned>(rest: &str) -> T {
    let comma = if rest.is_empty() { "" } else { "," };
    serde_json::from_str(&format!(r#"{{"metadata":{{"namespace":"shop","name":"web"}}{comma}{rest}}}"#)).unwrap()
}

fn told(diagnostics: &[Diagnostic]) -> Vec<(Severity, &str)> {
    diagnostics.iter().map(|diagnostic| (diagnostic.severity, &*diagnostic.field)).collect()
}

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

#[test]
fn services_are_reached_by() {
    use Severity::{Error, Warning};
    type Row = (&'static str, &'static [&'static str], &'static [(Severity, &'static str)]);
    let rows: &[Row] = &[
        (r#""clusterIP":"10.96.0.1""#, &["10.96.0.1"], &[]),
        (r#""clusterIPs":["10.96.0.1"]"#, &["10.96.0.1"], &[]),
        (r#""clusterIP":"10.96.0.1","clusterIPs":["10.96.0.1","fd00::1"]"#, &["10.96.0.1", "fd00::1"], &[]),
        (r#""clusterIPs":["fd00::1","10.96.0.1"],"type":"NodePort""#, &["fd00::1", "10.96.0.1"], &[]),
        (r#""clusterIP":"::ffff:10.96.0.1","type":"LoadBalancer""#, &["10.96.0.1"], &[]),
        (r#""clusterIP":"10.96.0.9","clusterIPs":["10.96.0.1"]"#, &["10.96.0.1"], &[(Warning, "spec.clusterIP")]),
        (r#""clusterIPs":["10.96.0.1","10.96.0.2"]"#, &["10.96.0.1"], &[(Warning, "spec.clusterIPs[1]")]),
        (
            r#""clusterIPs":["10.96.0.1","fd00::1","fd00::2"]"#,
            &["10.96.0.1", "fd00::1"],
            &[(Warning, "spec.clusterIPs[2]")],
        ),
        (r#""clusterIPs":["x","10.96.0.1"]"#, &["10.96.0.1"], &[(Error, "spec.clusterIPs[0]")]),
        (r#""clusterIP":"10.96.0.300""#, &[], &[(Error, "spec.clusterIP")]),
        (r#""clusterIP":"10.96.0.1","type":"Cluster""#, &["10.96.0.1"], &[(Error, "spec.type")]),
        ("", &[], &[]),
    ];
    for (spec, expected, diagnostics) in rows {
        let (key, service, found) = convert::service(&object(&format!(r#""spec":{{{spec}}}"#)));
        let exposure = service.unwrap().exposure;
        let ips: Vec<IpAddr> = match &exposure {
            Exposure::ClusterIp(ips) => ips.iter().collect(),
            Exposure::Unallocated => Vec::new(),
            other => panic!("{spec}: {other:?}"),
        };
        assert_eq!(ips, expected.iter().map(|text| ip(text)).collect::<Vec<_>>(), "{spec}");
        assert_eq!(told(&found), *diagnostics, "{spec}");
        assert_eq!(key.to_string(), "shop/web");
    }
    let exposure = |spec: &str| {
        let (_, service, found) = convert::service(&object(&format!(r#""spec":{{{spec}}}"#)));
        (service.unwrap().exposure, found.len())
    };
    assert_eq!(exposure(r#""clusterIP":"None""#), (Exposure::Headless, 0));
    assert_eq!(exposure(r#""clusterIPs":["None"]"#), (Exposure::Headless, 0));
    assert_eq!(exposure(r#""clusterIPs":["None","10.0.0.1"]"#), (Exposure::Headless, 1));
    assert_eq!(
        exposure(r#""type":"ExternalName","externalName":"A.Example.","clusterIP":"None""#),
        (Exposure::ExternalName("A.Example.".into()), 0)
    );
    assert_eq!(exposure(r#""type":"ExternalName""#), (Exposure::Unallocated, 1));
}

#[test]
fn ports_are_checked() {
    let (_, service, found) = convert::service(&object(
        r#""spec":{"clusterIP":"None","ports":[{"name":"a","port":1},{"port":65535,"protocol":"UDP"},{"port":0},{"port":65536},{"port":-1},{"port":5,"protocol":"tcp"},{"port":6,"protocol":"SCTP"}]}"#,
    ));
    let ports: Vec<_> =
        service.unwrap().ports.into_iter().map(|port| (String::from(port.name), port.protocol, port.port)).collect();
    assert_eq!(
        ports,
        [("a".into(), Protocol::Tcp, 1), (String::new(), Protocol::Udp, 65535), (String::new(), Protocol::Sctp, 6)]
    );
    assert_eq!(
        found.iter().map(|found| &*found.field).collect::<Vec<_>>(),
        ["spec.ports[2].port", "spec.ports[3].port", "spec.ports[4].port", "spec.ports[5].protocol"]
    );
}

fn slice(labels: &str, rest: &str) -> (dns_records::model::EndpointSlice, Vec<Diagnostic>) {
    let text = format!(r#"{{"metadata":{{"namespace":"shop","name":"web-x","labels":{{{labels}}}}},{rest}}}"#);
    let (_, slice, found) = convert::endpoint_slice(&serde_json::from_str(&text).unwrap());
    (slice.unwrap(), found)
}

#[test]
fn slices_belong_to_whom_their_labels_name() {
    let owner = |labels: &str| {
        let (slice, found) = slice(labels, r#""addressType":"IPv4""#);
        (slice.owner, found.len())
    };
    assert_eq!(owner(r#""kubernetes.io/service-name":"web""#), (SliceOwner::Service("web".into()), 0));
    assert_eq!(owner(r#""kubernetes.io/service-name":"""#), (SliceOwner::Nobody, 0));
    assert_eq!(owner(""), (SliceOwner::Nobody, 0));
    let import = r#""multicluster.kubernetes.io/service-name":"web""#;
    let cluster = r#""multicluster.kubernetes.io/source-cluster":"c1""#;
    assert_eq!(
        owner(&format!("{import},{cluster}")),
        (SliceOwner::Import { service: "web".into(), cluster: "c1".into() }, 0)
    );
    assert_eq!(owner(import), (SliceOwner::Nobody, 1));
}

#[test]
fn endpoints_are_read_as_coredns_reads_them() {
    let (slice, found) = slice(
        "",
        r#""addressType":"IPv4","ports":[{"name":"http","port":80},{"name":"","port":null,"protocol":"UDP"},{"port":70000}],
        "endpoints":[
            {"addresses":["10.1.0.1","::ffff:10.1.0.2"],"hostname":"web-0","targetRef":{"kind":"Pod","name":"p"},"zone":"z"},
            {"addresses":["10.1.0.3"],"conditions":{"ready":null,"serving":false}},
            {"addresses":["10.1.0.4"],"conditions":{"ready":false,"serving":true}},
            {"addresses":["nope"]},
            {"addresses":["fd00::1"],"hostname":"","topology":{"topology.kubernetes.io/zone":"old"}}]"#,
    );
    assert_eq!(
        found.iter().map(|found| &*found.field).collect::<Vec<_>>(),
        ["ports[2].port", "endpoints[3].addresses[0]"]
    );
    let ports: Vec<_> = slice.ports.iter().map(|port| (&*port.name, port.protocol, port.port)).collect();
    assert_eq!(ports, [("http", Protocol::Tcp, Some(80)), ("", Protocol::Udp, None)]);
    let first = &slice.endpoints[0];
    assert_eq!(first.hosts, [EndpointHost::Address(ip("10.1.0.1")), EndpointHost::Address(ip("10.1.0.2"))]);
    assert_eq!(
        (first.hostname.as_deref(), first.target_name.as_deref(), first.zone.as_deref()),
        (Some("web-0"), Some("p"), Some("z"))
    );
    assert_eq!(slice.endpoints.iter().map(|endpoint| endpoint.ready).collect::<Vec<_>>(), [true, true, false, true]);
    assert_eq!((slice.endpoints[3].hostname.as_deref(), slice.endpoints[3].zone.as_deref()), (None, Some("old")));
}

#[test]
fn address_types_allow_names_or_not() {
    let addresses = r#""endpoints":[{"addresses":["db.example","10.1.0.1"]}]"#;
    let hosts = |kind: &str| {
        let (slice, found) = slice("", &format!(r#""addressType":"{kind}",{addresses}"#));
        (slice.endpoints[0].hosts.len(), found.len())
    };
    assert_eq!(hosts("FQDN"), (2, 0));
    assert_eq!(hosts("IPv4"), (1, 1));
    assert_eq!(hosts("IPv5"), (1, 2));
}

#[test]
fn pods_have_an_address_while_they_live() {
    let address = |status: &str| {
        let (_, pod, found) = convert::pod(&object(&format!(r#""status":{{{status}}}"#)));
        (pod.map(|pod| pod.address.to_string()), found.len())
    };
    assert_eq!(
        address(r#""podIP":"10.1.0.1","podIPs":[{"ip":"10.1.0.1"},{"ip":"fd00::1"}],"phase":"Running""#),
        (Some("10.1.0.1".into()), 0)
    );
    assert_eq!(address(r#""podIPs":[{"ip":"fd00::1"}],"phase":"Pending""#), (Some("fd00::1".into()), 0));
    for phase in ["Succeeded", "Failed", "Unknown"] {
        assert_eq!(address(&format!(r#""podIP":"10.1.0.1","phase":"{phase}""#)), (None, 0));
    }
    assert_eq!(address(""), (None, 0));
    assert_eq!(address(r#""podIP":"ten""#), (None, 1));
}

#[test]
fn imports_are_like_services() {
    let exposure = |spec: &str| {
        let (_, import, found) = convert::service_import(&object(&format!(r#""spec":{{{spec}}}"#)));
        (import.unwrap().exposure, found.len())
    };
    assert_eq!(exposure(r#""type":"Headless""#), (ImportExposure::Headless, 0));
    assert_eq!(exposure(r#""type":"ClusterSetIP""#), (ImportExposure::Unallocated, 0));
    assert!(matches!(
        exposure(r#""type":"ClusterSetIP","ips":["10.42.0.1","fd00::1"]"#),
        (ImportExposure::ClusterSetIp(_), 0)
    ));
    assert_eq!(exposure(r#""type":"Other""#), (ImportExposure::Unallocated, 1));
    assert_eq!(exposure(""), (ImportExposure::Unallocated, 1));
}

#[test]
fn objects_without_a_name_have_no_value() {
    assert!(matches!(convert::service(&objects::Service::default()), (_, None, found) if found.len() == 1));
    assert!(
        matches!(convert::endpoint_slice(&objects::EndpointSlice::default()), (_, None, found) if found.len() == 1)
    );
    assert!(matches!(convert::namespace(&objects::Namespace::default()), (_, None, found) if found.len() == 1));
    assert!(matches!(convert::pod(&objects::Pod::default()), (_, None, found) if found.len() == 1));
    assert!(
        matches!(convert::service_import(&objects::ServiceImport::default()), (_, None, found) if found.len() == 1)
    );
}
