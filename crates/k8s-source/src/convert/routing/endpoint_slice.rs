use ingress_routing::model::{self, Protocol};
use object_change::{Diagnostic, ObjectKey};

use crate::convert::{Findings, parse_ip};
use crate::objects::{EndpointSlice, SERVICE_NAME_LABEL};

/// An EndpointSlice as routing reads it; `None` if it is no Service's or holds names (`addressType: FQDN`).
///
/// Of an endpoint's addresses the first counts (discovery/v1, `Endpoint.addresses`). Absent conditions are read as the API says:
/// `ready` as true, `serving` as `ready`, `terminating` as false.
///
/// ```
/// use k8s_source::{convert::routing, objects};
/// let slice: objects::EndpointSlice = serde_json::from_str(
///     r#"{"metadata":{"namespace":"shop","name":"web-x","labels":{"kubernetes.io/service-name":"web"}},"addressType":"IPv4",
///         "ports":[{"port":8080}],"endpoints":[{"addresses":["10.244.0.7"],"conditions":{"ready":false,"serving":true,"terminating":true}}]}"#,
/// )?;
/// let (_, value, _) = routing::endpoint_slice(&slice);
/// assert!(value.is_some_and(|slice| slice.endpoints[0].serving && slice.endpoints[0].terminating));
/// # Ok::<(), serde_json::Error>(())
/// ```
pub fn endpoint_slice(slice: &EndpointSlice) -> (ObjectKey, Option<model::EndpointSlice>, Vec<Diagnostic>) {
    let key = slice.metadata.key();
    let mut findings = Findings::new("EndpointSlice", &key);
    if !findings.has_name() {
        return (key, None, findings.found);
    }
    let owner = slice.metadata.labels.get(SERVICE_NAME_LABEL).filter(|owner| !owner.is_empty());
    let Some(owner) = owner.filter(|_| &*slice.address_type != "FQDN") else {
        return (key, None, findings.found);
    };
    let mut value = model::EndpointSlice::new(owner);
    for (index, port) in slice.ports.iter().enumerate() {
        let protocol: Option<Protocol> =
            findings.protocol(|| format!("ports[{index}].protocol"), port.protocol.as_deref());
        // Without a number any port is meant: none that a request could be sent to.
        let (Some(protocol), Some(number)) = (protocol, port.port) else { continue };
        if let Some(number) = findings.port(|| format!("ports[{index}].port"), number) {
            value = value.with_port(model::EndpointPort::new(port.name.clone(), number).with_protocol(protocol));
        }
    }
    for (index, endpoint) in slice.endpoints.iter().enumerate() {
        let Some(text) = endpoint.addresses.first() else {
            findings.error(format!("endpoints[{index}].addresses"), "missing: the endpoint is not used");
            continue;
        };
        let Some(address) = parse_ip(text) else {
            let reason = format!("{text:?} is not an IP address: the endpoint is not used");
            findings.error(format!("endpoints[{index}].addresses[0]"), reason);
            continue;
        };
        let conditions = &endpoint.conditions;
        let ready = conditions.ready.unwrap_or(true);
        let mut converted = model::Endpoint::new(address);
        converted.ready = ready;
        converted.serving = conditions.serving.unwrap_or(ready);
        converted.terminating = conditions.terminating.unwrap_or(false);
        let zone = endpoint.zone.as_deref().or_else(|| endpoint.topology.get("topology.kubernetes.io/zone"));
        converted.zone = zone.filter(|zone| !zone.is_empty()).map(Into::into);
        value = value.with_endpoint(converted);
    }
    (key, Some(value), findings.found)
}
