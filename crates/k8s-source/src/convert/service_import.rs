use dns_records::model::{self, ImportExposure};
use object_change::{Diagnostic, ObjectKey};

use super::Findings;
use crate::objects::ServiceImport;

/// A ServiceImport as DNS reads it.
///
/// ```
/// use dns_records::model::ImportExposure;
/// use k8s_source::{convert, objects};
/// let import: objects::ServiceImport =
///     serde_json::from_str(r#"{"metadata":{"namespace":"shop","name":"db"},"spec":{"type":"Headless"}}"#)?;
/// let (_, value, _) = convert::service_import(&import);
/// assert_eq!(value.map(|import| import.exposure), Some(ImportExposure::Headless));
/// # Ok::<(), serde_json::Error>(())
/// ```
pub fn service_import(import: &ServiceImport) -> (ObjectKey, Option<model::ServiceImport>, Vec<Diagnostic>) {
    let key = import.metadata.key();
    let mut findings = Findings::new("ServiceImport", &key);
    if !findings.has_name() {
        return (key, None, findings.found);
    }
    let exposure = if &*import.spec.type_ == "Headless" {
        ImportExposure::Headless
    } else {
        match &*import.spec.type_ {
            "ClusterSetIP" => {}
            "" => findings.warning("spec.type", "missing: read as ClusterSetIP"),
            other => findings
                .error("spec.type", format!("{other:?} is not one of ClusterSetIP, Headless: read as ClusterSetIP")),
        }
        let texts = import.spec.ips.iter().enumerate().filter(|(_, text)| !text.is_empty());
        findings
            .cluster_ips("spec.ips", texts.map(|(index, text)| (Some(index), &**text)))
            .map_or(ImportExposure::Unallocated, ImportExposure::ClusterSetIp)
    };
    let mut value = model::ServiceImport::new(exposure).with_labels(import.metadata.labels.to_vec());
    for (index, port) in import.spec.ports.iter().enumerate() {
        let protocol = findings.protocol(|| format!("spec.ports[{index}].protocol"), port.protocol.as_deref());
        let number = findings.port(|| format!("spec.ports[{index}].port"), port.port);
        if let (Some(protocol), Some(number)) = (protocol, number) {
            value = value.with_port(model::ServicePort::new(port.name.clone(), protocol, number));
        }
    }
    (key, Some(value), findings.found)
}
