use k8s_resolv_conf::pod::{LinkedPort, LinkedService};
use object_change::{Diagnostic, ObjectKey};

use crate::objects::Service;

/// A Service as the variables of Pods tell of it. What is wrong with it, the conversion for DNS tells.
pub fn linked_service(service: &Service) -> (ObjectKey, Option<LinkedService>, Vec<Diagnostic>) {
    let key = service.metadata.key();
    if key.name.is_empty() {
        return (key, None, Vec::new());
    }
    let spec = &service.spec;
    // Kubelet reads clusterIP; the API keeps it equal to the first of clusterIPs, and empty for ExternalName.
    let ip = if spec.is_external_name() { "" } else { spec.given_ips().next().unwrap_or_default() };
    let mut value = LinkedService::new(key.namespace.clone(), key.name.clone(), ip);
    for port in &spec.ports {
        if let Some(number) = u16::try_from(port.port).ok().filter(|number| *number > 0) {
            let protocol = port.protocol.clone().unwrap_or_default();
            value = value.with_port(LinkedPort::new(port.name.clone(), number, protocol));
        }
    }
    (key, Some(value), Vec::new())
}
