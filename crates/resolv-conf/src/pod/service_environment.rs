//! The variables that name Services (`getServiceEnvVarMap` in kubelet_pods.go, kubelet's envvars.go).

use std::collections::BTreeMap;

use super::PodDns;

/// The namespace and name of the API server's own Service, which every Pod has variables of.
const MASTER: (&str, &str) = ("default", "kubernetes");

/// A Service as variables tell of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct LinkedService {
    /// `metadata.namespace`.
    pub namespace: Box<str>,
    /// `metadata.name`.
    pub name: Box<str>,
    /// `spec.clusterIP`, as text. A Service whose clusterIP is empty or `None` has no variables.
    pub cluster_ip: Box<str>,
    /// `spec.ports`.
    pub ports: Vec<LinkedPort>,
}

impl LinkedService {
    /// A Service with an address.
    pub fn new(namespace: impl Into<Box<str>>, name: impl Into<Box<str>>, cluster_ip: impl Into<Box<str>>) -> Self {
        Self { namespace: namespace.into(), name: name.into(), cluster_ip: cluster_ip.into(), ports: Vec::new() }
    }

    /// The same with one more port.
    #[must_use]
    pub fn with_port(mut self, port: LinkedPort) -> Self {
        self.ports.push(port);
        self
    }
}

/// A port of a [`LinkedService`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct LinkedPort {
    /// `name`; empty where it has none.
    pub name: Box<str>,
    /// `port`.
    pub port: u16,
    /// `protocol`: `TCP`, `UDP` or `SCTP`; empty means TCP.
    pub protocol: Box<str>,
}

impl LinkedPort {
    /// A port.
    pub fn new(name: impl Into<Box<str>>, port: u16, protocol: impl Into<Box<str>>) -> Self {
        Self { name: name.into(), port, protocol: protocol.into() }
    }
}

/// The variables that a Pod's containers start with because of Services.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServiceEnvironment {
    /// The variables, sorted by name. A variable of the same name in a container's own `env` or `envFrom` replaces one of these.
    pub variables: Vec<EnvironmentVariable>,
    /// The names that several Services want, sorted.
    pub collisions: Vec<Collision>,
}

/// A variable.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct EnvironmentVariable {
    /// Its name.
    pub name: Box<str>,
    /// Its value.
    pub value: Box<str>,
    /// The name of the Service that it is about.
    pub service: Box<str>,
}

/// A name that several Services want: `FOO_SERVICE_PORT` is the port of `foo` and the address of `foo-service`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Collision {
    /// The variable's name.
    pub name: Box<str>,
    /// What it may be, in order of the Services' names. Kubelet goes through a map without order, so that the value changes from Pod to
    /// Pod; here it is always the last.
    pub candidates: Vec<EnvironmentVariable>,
}

/// The variables that name Services to a Pod.
///
/// They are about the Services of the Pod's own namespace, unless it has `enableServiceLinks: false`, and always about `kubernetes` in
/// `default` – in whose place a Service of that name in the Pod's own namespace comes, with links. A Service without cluster IP has none.
/// Kubelet makes them once, when a container starts.
///
/// ```
/// use k8s_resolv_conf::pod::{LinkedPort, LinkedService, PodDns, service_environment};
/// let services = [
///     LinkedService::new("default", "kubernetes", "10.96.0.1").with_port(LinkedPort::new("https", 443, "TCP")),
///     LinkedService::new("shop", "web", "10.96.10.10").with_port(LinkedPort::new("http", 80, "TCP")),
/// ];
/// let environment = service_environment(&PodDns::new("shop", "web-0"), &services);
/// let value = |name: &str| environment.variables.iter().find(|v| *v.name == *name).map(|v| &*v.value);
/// assert_eq!(value("WEB_SERVICE_PORT_HTTP"), Some("80"));
/// assert_eq!(value("WEB_PORT"), Some("tcp://10.96.10.10:80"));
/// assert_eq!(value("KUBERNETES_SERVICE_HOST"), Some("10.96.0.1"));
/// ```
pub fn service_environment(pod: &PodDns, services: &[LinkedService]) -> ServiceEnvironment {
    let mut seen: BTreeMap<&str, &LinkedService> = BTreeMap::new();
    for service in services.iter().filter(|service| !matches!(&*service.cluster_ip, "" | "None")) {
        let (namespace, name) = (&*service.namespace, &*service.name);
        if (namespace, name) == MASTER {
            seen.entry(name).or_insert(service);
        } else if *namespace == *pod.namespace && pod.enable_service_links {
            seen.insert(name, service);
        }
    }
    let mut by_name: BTreeMap<Box<str>, Vec<EnvironmentVariable>> = BTreeMap::new();
    for service in seen.into_values() {
        for (name, value) in variables(service) {
            let wanted = by_name.entry(name.clone().into()).or_default();
            // Of one Service's own variables the later holds: its order is certain.
            wanted.retain(|variable| variable.service != service.name);
            wanted.push(EnvironmentVariable { name: name.into(), value: value.into(), service: service.name.clone() });
        }
    }
    let mut environment = ServiceEnvironment::default();
    for (name, candidates) in by_name {
        environment.variables.extend(candidates.last().cloned());
        if candidates.len() > 1 {
            environment.collisions.push(Collision { name, candidates });
        }
    }
    environment
}

/// One Service's variables in kubelet's order.
fn variables(service: &LinkedService) -> Vec<(String, String)> {
    let ip = &service.cluster_ip;
    let prefix = variable_name(&service.name);
    let mut variables = vec![(format!("{prefix}_SERVICE_HOST"), ip.to_string())];
    if let Some(first) = service.ports.first() {
        variables.push((format!("{prefix}_SERVICE_PORT"), first.port.to_string()));
    }
    for port in service.ports.iter().filter(|port| !port.name.is_empty()) {
        variables.push((format!("{prefix}_SERVICE_PORT_{}", variable_name(&port.name)), port.port.to_string()));
    }
    // Docker's links.
    for (index, LinkedPort { port, protocol, .. }) in service.ports.iter().enumerate() {
        let protocol = if protocol.is_empty() { "TCP" } else { protocol };
        let (upper, lower) = (protocol.to_uppercase(), protocol.to_lowercase());
        let url = if ip.contains(':') { format!("{lower}://[{ip}]:{port}") } else { format!("{lower}://{ip}:{port}") };
        if index == 0 {
            variables.push((format!("{prefix}_PORT"), url.clone()));
        }
        let prefix = format!("{prefix}_PORT_{port}_{upper}");
        variables.push((prefix.clone(), url));
        variables.push((format!("{prefix}_PROTO"), lower));
        variables.push((format!("{prefix}_PORT"), port.to_string()));
        variables.push((format!("{prefix}_ADDR"), ip.to_string()));
    }
    variables
}

fn variable_name(name: &str) -> String {
    name.replace('-', "_").to_uppercase()
}
