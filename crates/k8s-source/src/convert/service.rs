use dns_records::model::{self, Exposure};
use object_change::{Diagnostic, ObjectKey};

use super::Findings;
use crate::objects::{Service, ServiceSpec};

/// A Service as DNS reads it: as CoreDNS 1.14.7 does.
///
/// `clusterIPs` is read, or `clusterIP` where that is empty; `None` there makes the Service headless; type ExternalName is
/// stronger than both, and its name is kept as written. Types ClusterIP, NodePort and LoadBalancer are all the same, and an
/// unknown type counts as one of them. A Service without an address is [`Exposure::Unallocated`].
///
/// ```
/// use dns_records::model::Exposure;
/// use k8s_source::{convert, objects};
/// let service: objects::Service = serde_json::from_str(
///     r#"{"metadata":{"namespace":"shop","name":"db"},"spec":{"clusterIP":"None","ports":[{"port":5432},{"port":0}]}}"#,
/// )?;
/// let (key, value, diagnostics) = convert::service(&service);
/// assert_eq!(key.to_string(), "shop/db");
/// assert_eq!(value.map(|service| (service.exposure, service.ports.len())), Some((Exposure::Headless, 1)));
/// assert_eq!(diagnostics.len(), 1); // 0 is not a port number
/// # Ok::<(), serde_json::Error>(())
/// ```
pub fn service(service: &Service) -> (ObjectKey, Option<model::Service>, Vec<Diagnostic>) {
    let key = service.metadata.key();
    let mut findings = Findings::new("Service", &key);
    if !findings.has_name() {
        return (key, None, findings.found);
    }
    let mut value =
        model::Service::new(exposure(&service.spec, &mut findings)).with_labels(service.metadata.labels.to_vec());
    for (index, port) in service.spec.ports.iter().enumerate() {
        let protocol = findings.protocol(|| format!("spec.ports[{index}].protocol"), port.protocol.as_deref());
        let number = findings.port(|| format!("spec.ports[{index}].port"), port.port);
        if let (Some(protocol), Some(number)) = (protocol, number) {
            value = value.with_port(model::ServicePort::new(port.name.clone(), protocol, number));
        }
    }
    (key, Some(value), findings.found)
}

fn exposure(spec: &ServiceSpec, findings: &mut Findings) -> Exposure {
    match spec.type_.as_deref() {
        Some("ExternalName") => {
            if spec.external_name.is_empty() {
                findings.error("spec.externalName", "missing: the Service has no name");
                return Exposure::Unallocated;
            }
            return Exposure::ExternalName(spec.external_name.clone());
        }
        None | Some("" | "ClusterIP" | "NodePort" | "LoadBalancer") => {}
        Some(other) => findings.error(
            "spec.type",
            format!("{other:?} is not one of ClusterIP, NodePort, LoadBalancer, ExternalName: read as ClusterIP"),
        ),
    }
    if let (Some(first), false) = (spec.cluster_ips.first(), spec.cluster_ip.is_empty())
        && *first != spec.cluster_ip
    {
        findings.warning(
            "spec.clusterIP",
            format!("{:?} is not the first of clusterIPs, {first:?}: clusterIPs are used", spec.cluster_ip),
        );
    }
    if spec.is_headless() {
        if spec.given_ips().nth(1).is_some() {
            findings.warning("spec.clusterIPs", "\"None\" has other entries beside it: they are not used");
        }
        return Exposure::Headless;
    }
    let ips = if spec.cluster_ips.is_empty() {
        findings.cluster_ips("spec.clusterIP", spec.given_ips().map(|text| (None, text)))
    } else {
        let texts = spec.cluster_ips.iter().enumerate().filter(|(_, text)| !text.is_empty());
        findings.cluster_ips("spec.clusterIPs", texts.map(|(index, text)| (Some(index), &**text)))
    };
    ips.map_or(Exposure::Unallocated, Exposure::ClusterIp)
}
