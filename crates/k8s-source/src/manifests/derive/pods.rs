use super::{Family, slice};
use crate::objects::{
    Endpoint, EndpointConditions, EndpointPort, EndpointSlice, IntOrString, ObjectReference, Pod, Service, ServicePort,
};

/// The slices that the EndpointSlice controller would make for a Service with a selector.
///
/// As there: Pods that have ended or have no address yet are left out; an endpoint is ready when its Pod is and is not being deleted, or
/// when the Service publishes not-ready addresses; it has a hostname when its Pod names the Service as subdomain; Pods whose named
/// ports differ in number are in different slices. Not as there: slices are not cut at 100 endpoints.
pub(in crate::manifests) fn from_pods<'p>(
    service: &Service,
    pods: impl Iterator<Item = &'p Pod>,
) -> Vec<EndpointSlice> {
    let metadata = &service.metadata;
    let mut selected: Vec<&Pod> = pods.filter(|pod| belongs(service, pod)).collect();
    selected.sort_by(|a, b| a.metadata.name.cmp(&b.metadata.name));
    let mut slices: Vec<EndpointSlice> = Vec::new();
    for family in families(service) {
        let first = slices.len();
        for pod in &selected {
            let addresses: Vec<Box<str>> =
                addresses(pod).filter(|ip| Family::of(ip) == Some(family)).map(Into::into).collect();
            if addresses.is_empty() {
                continue;
            }
            let ports = ports(service, pod);
            let same_ports = slices.iter().skip(first).position(|slice| slice.ports == ports).map(|at| first + at);
            let at = same_ports.unwrap_or_else(|| {
                let mut made = slice(&metadata.namespace, &metadata.name, &metadata.labels, slices.len(), family);
                made.ports = ports;
                slices.push(made);
                slices.len() - 1
            });
            if let Some(slice) = slices.get_mut(at) {
                slice.endpoints.push(endpoint(service, pod, addresses));
            }
        }
    }
    slices
}

fn belongs(service: &Service, pod: &Pod) -> bool {
    let has_ended = matches!(pod.status.phase.as_deref(), Some("Succeeded" | "Failed"));
    !has_ended && pod.metadata.labels.matches(&service.spec.selector)
}

/// The families of a Service's endpoints: those it lists; else that of its cluster IP; else both, as for headless Services of old.
fn families(service: &Service) -> Vec<Family> {
    let spec = &service.spec;
    let mut listed: Vec<Family> = Vec::new();
    for family in &spec.ip_families {
        match &**family {
            "IPv4" => listed.push(Family::V4),
            "IPv6" => listed.push(Family::V6),
            _ => {}
        }
    }
    let dual = matches!(spec.ip_family_policy.as_deref(), Some("PreferDualStack" | "RequireDualStack"));
    if listed.is_empty() && !dual {
        listed.extend(spec.given_ips().filter_map(Family::of));
        if listed.is_empty() && !spec.is_headless() {
            listed.push(Family::V4);
        }
    }
    if listed.is_empty() || dual {
        for family in [Family::V4, Family::V6] {
            if !listed.contains(&family) {
                listed.push(family);
            }
        }
    }
    listed.dedup();
    listed
}

fn addresses(pod: &Pod) -> impl Iterator<Item = &str> {
    let primary = pod.status.pod_ips.is_empty().then_some(&pod.status.pod_ip);
    pod.status.pod_ips.iter().map(|ip| &ip.ip).chain(primary).map(|ip| &**ip).filter(|ip| !ip.is_empty())
}

fn endpoint(service: &Service, pod: &Pod, addresses: Vec<Box<str>>) -> Endpoint {
    let is_ready = pod.status.conditions.iter().any(|have| &*have.type_ == "Ready" && &*have.status == "True");
    let is_going = pod.metadata.deletion_timestamp.is_some();
    let has_name = !pod.spec.hostname.is_empty() && pod.spec.subdomain == service.metadata.name;
    Endpoint {
        addresses,
        conditions: EndpointConditions {
            ready: Some(service.spec.publish_not_ready_addresses || (is_ready && !is_going)),
            serving: Some(is_ready),
            terminating: Some(is_going),
        },
        hostname: has_name.then(|| pod.spec.hostname.clone()),
        target_ref: Some(ObjectReference { name: pod.metadata.name.clone() }),
        ..Endpoint::default()
    }
}

/// The Service's ports as this Pod serves them; one whose name the Pod does not know is left out.
fn ports(service: &Service, pod: &Pod) -> Vec<EndpointPort> {
    let port = |port: &ServicePort| {
        let number = match &port.target_port {
            None | Some(IntOrString::Int(0)) => Some(port.port),
            Some(IntOrString::Int(number)) => i32::try_from(*number).ok(),
            Some(IntOrString::String(name)) if name.is_empty() => Some(port.port),
            Some(IntOrString::String(name)) => named_port(pod, name, port.protocol.as_deref()),
        };
        Some(EndpointPort { name: port.name.clone(), protocol: port.protocol.clone(), port: Some(number?) })
    };
    service.spec.ports.iter().filter_map(port).collect()
}

fn named_port(pod: &Pod, name: &str, protocol: Option<&str>) -> Option<i32> {
    let or_tcp = |protocol: Option<&str>| protocol.filter(|protocol| !protocol.is_empty()).unwrap_or("TCP").to_owned();
    let sidecars = pod.spec.init_containers.iter().filter(|init| init.restart_policy.as_deref() == Some("Always"));
    pod.spec
        .containers
        .iter()
        .chain(sidecars)
        .flat_map(|container| &container.ports)
        .find(|port| *port.name == *name && or_tcp(port.protocol.as_deref()) == or_tcp(protocol))
        .map(|port| port.container_port)
}
