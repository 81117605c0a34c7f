use ingress_routing::model::{self, Protocol};
use object_change::{Diagnostic, ObjectKey};

use crate::convert::Findings;
use crate::objects::Service;

/// A Service as routing reads it: its ports, and whether it has endpoints or is a name elsewhere.
///
/// Headless Services are as good as others: requests go to endpoints, never to the cluster IP.
///
/// ```
/// use k8s_source::{convert::routing, objects};
/// let service: objects::Service = serde_json::from_str(
///     r#"{"metadata":{"namespace":"shop","name":"web"},"spec":{"ports":[{"name":"http","port":80,"appProtocol":"kubernetes.io/h2c"}]}}"#,
/// )?;
/// let (key, value, _) = routing::service(&service);
/// assert_eq!(key.to_string(), "shop/web");
/// assert_eq!(value.map(|service| service.ports[0].number), Some(80));
/// # Ok::<(), serde_json::Error>(())
/// ```
pub fn service(service: &Service) -> (ObjectKey, Option<model::Service>, Vec<Diagnostic>) {
    let key = service.metadata.key();
    let mut findings = Findings::new("Service", &key);
    if !findings.has_name() {
        return (key, None, findings.found);
    }
    let spec = &service.spec;
    let mut value = if spec.is_external_name() {
        if spec.external_name.is_empty() {
            findings.error("spec.externalName", "missing: the Service has no name");
        }
        model::Service::external_name(spec.external_name.clone())
    } else {
        model::Service::new()
    };
    for (index, port) in spec.ports.iter().enumerate() {
        let protocol: Option<Protocol> =
            findings.protocol(|| format!("spec.ports[{index}].protocol"), port.protocol.as_deref());
        let number = findings.port(|| format!("spec.ports[{index}].port"), port.port);
        let (Some(protocol), Some(number)) = (protocol, number) else { continue };
        let mut converted = model::ServicePort::new(port.name.clone(), number).with_protocol(protocol);
        if let Some(app_protocol) = port.app_protocol.as_deref().filter(|text| !text.is_empty()) {
            converted = converted.with_app_protocol(app_protocol);
        }
        value = value.with_port(converted);
    }
    (key, Some(value), findings.found)
}
