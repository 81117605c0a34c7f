use ingress_routing::model::{self, Protocol, SessionAffinity};
use object_change::{Diagnostic, ObjectKey};

use crate::convert::Findings;
use crate::objects::{Service, ServiceSpec};

/// What the API server writes for `timeoutSeconds` where there is none (pkg/apis/core/v1/defaults.go, `SetDefaults_Service`).
const DEFAULT_TIMEOUT: i32 = 10_800;

/// A Service as routing reads it: its ports, whether it has endpoints or is a name elsewhere, and whether clients stay at an endpoint.
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
        model::Service::new().with_session_affinity(session_affinity(spec, &mut findings))
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

/// `sessionAffinity` and its settings, by the API server's rules (pkg/apis/core/validation, `ValidateService`, `validateClientIPAffinityConfig`).
fn session_affinity(spec: &ServiceSpec, findings: &mut Findings) -> SessionAffinity {
    let affinity = match spec.session_affinity.as_deref() {
        None | Some("") => SessionAffinity::None,
        Some(text) => text.parse().unwrap_or_else(|error| {
            findings.error("spec.sessionAffinity", format!("{text:?} is {error}: read as None"));
            SessionAffinity::None
        }),
    };
    let Some(config) = &spec.session_affinity_config else { return affinity };
    let timeout = config.client_ip.as_ref().and_then(|config| config.timeout_seconds);
    const TIMEOUT: &str = "spec.sessionAffinityConfig.clientIP.timeoutSeconds";
    match timeout {
        _ if affinity == SessionAffinity::None => {
            findings.warning("spec.sessionAffinityConfig", "has no effect: sessionAffinity is not ClientIP");
        }
        Some(seconds) if !(1..=86_400).contains(&seconds) => {
            findings.error(TIMEOUT, format!("{seconds} is not a number of seconds from 1 to 86400: it is not used"));
        }
        None | Some(DEFAULT_TIMEOUT) => {}
        Some(_) => findings.info(
            TIMEOUT,
            "has no effect: the client's address alone chooses the endpoint, for as long as that is there",
        ),
    }
    affinity
}
