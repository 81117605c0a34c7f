use serde::Deserialize;

use super::ObjectMeta;
use super::de::or_default;

/// A Pod (v1).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Pod {
    /// `metadata`.
    #[serde(deserialize_with = "or_default")]
    pub metadata: ObjectMeta,
    /// `spec`.
    #[serde(deserialize_with = "or_default")]
    pub spec: PodSpec,
    /// `status`.
    #[serde(deserialize_with = "or_default")]
    pub status: PodStatus,
}

/// `spec` of a Pod: what slices derived from Pods need, and what its names for itself and others hang on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct PodSpec {
    /// `hostname`.
    #[serde(deserialize_with = "or_default")]
    pub hostname: Box<str>,
    /// `subdomain`: the name of the headless Service that gives the Pod a name.
    #[serde(deserialize_with = "or_default")]
    pub subdomain: Box<str>,
    /// `hostnameOverride`.
    pub hostname_override: Option<Box<str>>,
    /// `setHostnameAsFQDN`.
    #[serde(rename = "setHostnameAsFQDN", deserialize_with = "or_default")]
    pub set_hostname_as_fqdn: bool,
    /// `hostNetwork`. DNS does not read it: `status` has the node's addresses then.
    #[serde(deserialize_with = "or_default")]
    pub host_network: bool,
    /// `hostAliases`.
    #[serde(deserialize_with = "or_default")]
    pub host_aliases: Vec<HostAlias>,
    /// `dnsPolicy`; absent means ClusterFirst.
    pub dns_policy: Option<Box<str>>,
    /// `dnsConfig`; an empty one is not the same as none.
    pub dns_config: Option<PodDNSConfig>,
    /// `enableServiceLinks`; absent means true.
    pub enable_service_links: Option<bool>,
    /// `containers`.
    #[serde(deserialize_with = "or_default")]
    pub containers: Vec<Container>,
    /// `initContainers`; those that restart always run beside the others.
    #[serde(deserialize_with = "or_default")]
    pub init_containers: Vec<Container>,
}

/// One entry of `hostAliases`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct HostAlias {
    /// `ip`.
    #[serde(deserialize_with = "or_default")]
    pub ip: Box<str>,
    /// `hostnames`.
    #[serde(deserialize_with = "or_default")]
    pub hostnames: Vec<Box<str>>,
}

/// `dnsConfig` of a Pod.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct PodDNSConfig {
    /// `nameservers`.
    #[serde(deserialize_with = "or_default")]
    pub nameservers: Vec<Box<str>>,
    /// `searches`.
    #[serde(deserialize_with = "or_default")]
    pub searches: Vec<Box<str>>,
    /// `options`.
    #[serde(deserialize_with = "or_default")]
    pub options: Vec<PodDNSConfigOption>,
}

/// One entry of `dnsConfig.options`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct PodDNSConfigOption {
    /// `name`.
    #[serde(deserialize_with = "or_default")]
    pub name: Box<str>,
    /// `value`.
    pub value: Option<Box<str>>,
}

/// A container of a Pod.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct Container {
    /// `ports`.
    #[serde(deserialize_with = "or_default")]
    pub ports: Vec<ContainerPort>,
    /// `restartPolicy`: `Always` makes an init container a sidecar.
    pub restart_policy: Option<Box<str>>,
}

/// A port of a container, to which a Service may refer by name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct ContainerPort {
    /// `name`; empty when the port has none.
    #[serde(deserialize_with = "or_default")]
    pub name: Box<str>,
    /// `protocol`; absent means TCP.
    pub protocol: Option<Box<str>>,
    /// `containerPort`.
    #[serde(deserialize_with = "or_default")]
    pub container_port: i32,
}

/// `status` of a Pod.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct PodStatus {
    /// `phase`.
    pub phase: Option<Box<str>>,
    /// `podIP`: the primary address.
    #[serde(rename = "podIP", deserialize_with = "or_default")]
    pub pod_ip: Box<str>,
    /// `podIPs`: the primary one and one of the other family.
    #[serde(rename = "podIPs", deserialize_with = "or_default")]
    pub pod_ips: Vec<PodIP>,
    /// `hostIPs`: the addresses of its node, one of each family.
    #[serde(rename = "hostIPs", deserialize_with = "or_default")]
    pub host_ips: Vec<HostIP>,
    /// `conditions`.
    #[serde(deserialize_with = "or_default")]
    pub conditions: Vec<PodCondition>,
}

/// One entry of `status.podIPs`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct PodIP {
    /// `ip`.
    #[serde(deserialize_with = "or_default")]
    pub ip: Box<str>,
}

/// One entry of `status.hostIPs`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct HostIP {
    /// `ip`.
    #[serde(deserialize_with = "or_default")]
    pub ip: Box<str>,
}

/// One entry of `status.conditions`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct PodCondition {
    /// `type`.
    #[serde(rename = "type", deserialize_with = "or_default")]
    pub type_: Box<str>,
    /// `status`: `True`, `False` or `Unknown`.
    #[serde(deserialize_with = "or_default")]
    pub status: Box<str>,
}
