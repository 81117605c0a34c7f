use dns_records::model::{self, EndpointHost, SliceOwner};
use object_change::{Diagnostic, ObjectKey};

use super::{Findings, parse_ip};
use crate::objects::{
    Endpoint, EndpointSlice, MULTICLUSTER_SERVICE_NAME_LABEL, MULTICLUSTER_SOURCE_CLUSTER_LABEL, ObjectMeta,
    SERVICE_NAME_LABEL,
};

/// An EndpointSlice as DNS reads it: as CoreDNS 1.14.7 does.
///
/// An endpoint is ready when `conditions.ready` is true or absent; `serving` and `terminating` mean nothing. An address that is an IP
/// address is one whatever `addressType` says; other texts are names in slices of type FQDN, and wrong in others.
///
/// ```
/// use k8s_source::{convert, objects};
/// let slice: objects::EndpointSlice = serde_json::from_str(
///     r#"{"metadata":{"namespace":"shop","name":"db-x","labels":{"kubernetes.io/service-name":"db"}},
///         "addressType":"IPv4","endpoints":[{"addresses":["10.244.0.7"]},{"addresses":["ten"]}]}"#,
/// )?;
/// let (_, value, diagnostics) = convert::endpoint_slice(&slice);
/// assert_eq!(value.map(|slice| slice.endpoints.len()), Some(1));
/// assert_eq!(diagnostics[0].field, "endpoints[1].addresses[0]");
/// # Ok::<(), serde_json::Error>(())
/// ```
pub fn endpoint_slice(slice: &EndpointSlice) -> (ObjectKey, Option<model::EndpointSlice>, Vec<Diagnostic>) {
    let key = slice.metadata.key();
    let mut findings = Findings::new("EndpointSlice", &key);
    if !findings.has_name() {
        return (key, None, findings.found);
    }
    let names_allowed = match &*slice.address_type {
        "FQDN" => true,
        "IPv4" | "IPv6" => false,
        "" => {
            findings.warning("addressType", "missing: addresses are taken as they are");
            false
        }
        other => {
            findings.error(
                "addressType",
                format!("{other:?} is not one of IPv4, IPv6, FQDN: addresses are taken as they are"),
            );
            false
        }
    };
    let mut value =
        model::EndpointSlice::new(owner(&slice.metadata, &mut findings)).with_labels(slice.metadata.labels.to_vec());
    for (index, port) in slice.ports.iter().enumerate() {
        let Some(protocol) = findings.protocol(|| format!("ports[{index}].protocol"), port.protocol.as_deref()) else {
            continue;
        };
        let name = port.name.clone();
        value = match port.port {
            None => value.with_port(model::EndpointPort::without_number(name, protocol)),
            Some(number) => match findings.port(|| format!("ports[{index}].port"), number) {
                Some(number) => value.with_port(model::EndpointPort::new(name, protocol, number)),
                None => value,
            },
        };
    }
    value.endpoints.reserve_exact(slice.endpoints.len());
    for (index, endpoint) in slice.endpoints.iter().enumerate() {
        let hosts = hosts(endpoint, index, names_allowed, &mut findings);
        if !hosts.is_empty() {
            value.endpoints.push(with_details(model::Endpoint::with_hosts(hosts), endpoint));
        }
    }
    (key, Some(value), findings.found)
}

fn owner(metadata: &ObjectMeta, findings: &mut Findings) -> SliceOwner {
    let label = |name| metadata.labels.get(name).filter(|value| !value.is_empty());
    if let Some(service) = label(SERVICE_NAME_LABEL) {
        return SliceOwner::Service(service.into());
    }
    match (label(MULTICLUSTER_SERVICE_NAME_LABEL), label(MULTICLUSTER_SOURCE_CLUSTER_LABEL)) {
        (Some(service), Some(cluster)) => SliceOwner::Import { service: service.into(), cluster: cluster.into() },
        (Some(_), None) => {
            findings.error(
                "metadata.labels",
                format!("{MULTICLUSTER_SOURCE_CLUSTER_LABEL} is missing: no name leads to these endpoints"),
            );
            SliceOwner::Nobody
        }
        (None, _) => SliceOwner::Nobody,
    }
}

fn hosts(endpoint: &Endpoint, index: usize, names_allowed: bool, findings: &mut Findings) -> Vec<EndpointHost> {
    let mut hosts = Vec::with_capacity(endpoint.addresses.len());
    for (at, text) in endpoint.addresses.iter().enumerate() {
        match parse_ip(text) {
            Some(address) => hosts.push(EndpointHost::Address(address)),
            None if names_allowed && !text.is_empty() => hosts.push(EndpointHost::Name(text.clone())),
            None => findings.error(
                format!("endpoints[{index}].addresses[{at}]"),
                format!("{text:?} is not an IP address: it is not used"),
            ),
        }
    }
    hosts
}

fn with_details(mut value: model::Endpoint, endpoint: &Endpoint) -> model::Endpoint {
    let not_empty = |text: &&str| !text.is_empty();
    value = value.with_ready(endpoint.conditions.ready.unwrap_or(true));
    if let Some(hostname) = endpoint.hostname.as_deref().filter(not_empty) {
        value = value.with_hostname(hostname);
    }
    if let Some(target) = endpoint.target_ref.as_ref().map(|target| &*target.name).filter(not_empty) {
        value = value.with_target_name(target);
    }
    let zone = endpoint.zone.as_deref().or_else(|| endpoint.topology.get("topology.kubernetes.io/zone"));
    if let Some(zone) = zone.filter(|zone| !zone.is_empty()) {
        value = value.with_zone(zone);
    }
    value
}
