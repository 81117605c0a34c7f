use dns_records::model;
use object_change::{Diagnostic, ObjectKey};

use super::{Findings, parse_ip};
use crate::objects::Pod;

/// A Pod as DNS reads it; `None` without a diagnostic for Pods that have no address yet, and for those in phase Succeeded,
/// Failed or Unknown, which CoreDNS' watch leaves out.
///
/// ```
/// use k8s_source::{convert, objects};
/// let pod: objects::Pod = serde_json::from_str(
///     r#"{"metadata":{"namespace":"shop","name":"web-0"},"status":{"phase":"Running","podIP":"10.244.0.7"}}"#,
/// )?;
/// let (_, value, _) = convert::pod(&pod);
/// assert_eq!(value.map(|pod| pod.address.to_string()), Some("10.244.0.7".into()));
/// # Ok::<(), serde_json::Error>(())
/// ```
pub fn pod(pod: &Pod) -> (ObjectKey, Option<model::Pod>, Vec<Diagnostic>) {
    let key = pod.metadata.key();
    let mut findings = Findings::new("Pod", &key);
    if !findings.has_name() || matches!(pod.status.phase.as_deref(), Some("Succeeded" | "Failed" | "Unknown")) {
        return (key, None, findings.found);
    }
    // The API keeps podIP equal to the first of podIPs; a manifest may have just one of them.
    let first = pod.status.pod_ips.first().map(|ip| &ip.ip);
    let (field, text) = match (&pod.status.pod_ip, first) {
        (ip, Some(first)) if ip.is_empty() => ("status.podIPs[0].ip", first),
        (ip, _) => ("status.podIP", ip),
    };
    if text.is_empty() {
        return (key, None, findings.found);
    }
    let value = match parse_ip(text) {
        Some(address) => Some(model::Pod::new(address).with_labels(pod.metadata.labels.to_vec())),
        None => {
            findings.error(field, format!("{text:?} is not an IP address: the Pod has no name"));
            None
        }
    };
    (key, value, findings.found)
}
