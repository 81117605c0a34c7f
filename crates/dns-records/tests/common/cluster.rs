//! Clusters as text, one object a line.
//!
//! ```text
//! namespace shop #tier=web
//! service shop/web 10.0.0.1,fd00::1 http/tcp/80 -/udp/53 #app=web
//! service shop/db headless
//! service shop/out ->example.com.
//! service shop/new pending
//! import shop/web 10.1.0.1 http/tcp/80
//! slice shop/web-1 web http/tcp/8080 = 10.2.0.1;host=web-0;pod=web-x;zone=a 10.2.0.2;unready name:host.example
//! slice shop/web-2 web@cluster1 = 10.3.0.1
//! pod shop/web-0 10.2.0.1
//! own 10.2.0.9
//! delete service shop/web
//! ```
//! `-` as a port's name or number: it has none. `-` as a slice's Service: it has none.

use std::net::IpAddr;
use std::sync::Arc;

use dns_records::model::{
    Change, ClusterIps, Endpoint, EndpointHost, EndpointPort, EndpointSlice, Exposure, ImportExposure, Kind, Labels,
    Namespace, Pod, Protocol, Service, ServiceImport, ServicePort, SliceOwner,
};
use dns_records::{ClusterZones, Conformance, Snapshot, ZoneConfig};
use object_change::{Delta, ObjectKey};

/// The changes that the lines of `text` stand for.
pub(crate) fn changes(text: &str) -> Vec<Change> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(change).collect()
}

/// One completed list of `kind` with the objects of `text`.
pub(crate) fn list(kind: Kind, text: &str) -> Change {
    macro_rules! list {
        ($variant:ident) => {
            Change::$variant(Delta::ReplaceAll(
                changes(text)
                    .into_iter()
                    .map(|change| match change {
                        Change::$variant(Delta::Upsert(key, value)) => (key, value),
                        other => panic!("not of the list's kind: {other:?}"),
                    })
                    .collect(),
            ))
        };
    }
    match kind {
        Kind::Service => list!(Service),
        Kind::EndpointSlice => list!(EndpointSlice),
        Kind::Namespace => list!(Namespace),
        Kind::Pod => list!(Pod),
        Kind::ServiceImport => list!(ServiceImport),
        other => panic!("{other:?}"),
    }
}

/// Zones that hold a cluster, everything synced.
pub(crate) fn zones(config: &ZoneConfig, text: &str) -> ClusterZones {
    let mut zones = ClusterZones::new(config.clone()).expect("the options fit together");
    zones.apply_all(changes(text));
    zones.apply_all(Kind::ALL.map(Change::Synced));
    zones
}

pub(crate) fn snapshot(config: &ZoneConfig, text: &str) -> Arc<Snapshot> {
    zones(config, text).publish(7)
}

/// `cluster.local` and both reverse zones.
pub(crate) fn config(conformance: Conformance) -> ZoneConfig {
    ZoneConfig::new("cluster.local")
        .and_then(|config| config.with_zone("in-addr.arpa"))
        .and_then(|config| config.with_zone("ip6.arpa"))
        .expect("zones")
        .with_conformance(conformance)
}

pub(crate) fn key(text: &str) -> ObjectKey {
    match text.split_once('/') {
        Some((namespace, name)) => ObjectKey::new(namespace, name),
        None => ObjectKey::cluster_scoped(text),
    }
}

pub(crate) fn labels(words: &[&str]) -> Labels {
    let labels = words.iter().filter_map(|word| word.strip_prefix('#')?.split_once('='));
    labels.map(|(key, value)| (key.into(), value.into())).collect()
}

fn change(line: &str) -> Change {
    let words: Vec<&str> = line.split_whitespace().collect();
    let plain: Vec<&str> = words.iter().copied().filter(|word| !word.starts_with('#')).collect();
    let labels = labels(&words);
    match *plain {
        ["own", ref addresses @ ..] => Change::OwnAddresses(addresses.iter().map(|text| address(text)).collect()),
        ["synced", kind] => Change::Synced(Kind::ALL.into_iter().find(|known| known.name() == kind).expect("a kind")),
        ["delete", kind, object] => delete(kind, key(object)),
        ["namespace", name] => Change::Namespace(Delta::Upsert(key(name), Namespace::new().with_labels(labels))),
        ["pod", object, at] => Change::Pod(Delta::Upsert(key(object), Pod::new(address(at)).with_labels(labels))),
        ["service", object, exposure, ref ports @ ..] => {
            let exposure = match exposure {
                "headless" => Exposure::Headless,
                "pending" => Exposure::Unallocated,
                _ => match exposure.strip_prefix("->") {
                    Some(target) => Exposure::ExternalName(target.into()),
                    None => Exposure::ClusterIp(cluster_ips(exposure)),
                },
            };
            let service = ports.iter().fold(Service::new(exposure), |service, text| service.with_port(port(text)));
            Change::Service(Delta::Upsert(key(object), service.with_labels(labels)))
        }
        ["import", object, exposure, ref ports @ ..] => {
            let exposure = match exposure {
                "headless" => ImportExposure::Headless,
                "pending" => ImportExposure::Unallocated,
                _ => ImportExposure::ClusterSetIp(cluster_ips(exposure)),
            };
            let import = ports.iter().fold(ServiceImport::new(exposure), |import, text| import.with_port(port(text)));
            Change::ServiceImport(Delta::Upsert(key(object), import.with_labels(labels)))
        }
        ["slice", object, owner, ref rest @ ..] => {
            let at = rest.iter().position(|word| *word == "=").unwrap_or(rest.len());
            let mut slice = EndpointSlice::new(slice_owner(owner)).with_labels(labels);
            for text in &rest[..at] {
                let (name, protocol, number) = port_parts(text);
                slice = slice.with_port(match number {
                    Some(number) => EndpointPort::new(name, protocol, number),
                    None => EndpointPort::without_number(name, protocol),
                });
            }
            for text in rest.get(at + 1..).unwrap_or_default() {
                slice = slice.with_endpoint(endpoint(text));
            }
            Change::EndpointSlice(Delta::Upsert(key(object), slice))
        }
        _ => panic!("not a line of a cluster: {line}"),
    }
}

fn delete(kind: &str, key: ObjectKey) -> Change {
    match kind {
        "service" => Change::Service(Delta::Delete(key)),
        "slice" => Change::EndpointSlice(Delta::Delete(key)),
        "namespace" => Change::Namespace(Delta::Delete(key)),
        "pod" => Change::Pod(Delta::Delete(key)),
        "import" => Change::ServiceImport(Delta::Delete(key)),
        _ => panic!("{kind}"),
    }
}

fn slice_owner(text: &str) -> SliceOwner {
    match text.split_once('@') {
        _ if text == "-" => SliceOwner::Nobody,
        None => SliceOwner::Service(text.into()),
        Some((service, cluster)) => SliceOwner::Import { service: service.into(), cluster: cluster.into() },
    }
}

fn address(text: &str) -> IpAddr {
    text.parse().unwrap_or_else(|_| panic!("not an address: {text}"))
}

fn cluster_ips(text: &str) -> ClusterIps {
    match text.split_once(',') {
        None => ClusterIps::single(address(text)),
        Some((first, second)) => ClusterIps::dual(address(first), address(second)).expect("two families"),
    }
}

fn port(text: &str) -> ServicePort {
    let (name, protocol, number) = port_parts(text);
    ServicePort::new(name, protocol, number.expect("a Service's port has a number"))
}

fn port_parts(text: &str) -> (&str, Protocol, Option<u16>) {
    let parts: Vec<&str> = text.split('/').collect();
    let [name, protocol, number] = *parts else { panic!("not a port: {text}") };
    let protocol = protocol.to_ascii_uppercase().parse().expect("a protocol");
    (if name == "-" { "" } else { name }, protocol, number.parse().ok())
}

fn endpoint(text: &str) -> Endpoint {
    let mut parts = text.split(';');
    let hosts = parts.next().unwrap_or_default().split(',').map(|host| match host.strip_prefix("name:") {
        Some(name) => EndpointHost::Name(name.into()),
        None => EndpointHost::Address(address(host)),
    });
    let mut endpoint = Endpoint::with_hosts(hosts.collect());
    for part in parts {
        endpoint = match part.split_once('=') {
            Some(("host", name)) => endpoint.with_hostname(name),
            Some(("pod", name)) => endpoint.with_target_name(name),
            Some(("zone", zone)) => endpoint.with_zone(zone),
            None if part == "unready" => endpoint.with_ready(false),
            _ => panic!("not part of an endpoint: {part}"),
        };
    }
    endpoint
}
