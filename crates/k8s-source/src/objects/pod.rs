use serde::Deserialize;

use super::ObjectMeta;
use super::de::or_default;

/// A Pod (v1). `hostNetwork` is not read: `status` has the node's addresses then.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
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

/// `spec` of a Pod: what slices derived from Pods need.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct PodSpec {
    /// `hostname`.
    #[serde(deserialize_with = "or_default")]
    pub hostname: Box<str>,
    /// `subdomain`: the name of the headless Service that gives the Pod a name.
    #[serde(deserialize_with = "or_default")]
    pub subdomain: Box<str>,
    /// `containers`.
    #[serde(deserialize_with = "or_default")]
    pub containers: Vec<Container>,
    /// `initContainers`; those that restart always run beside the others.
    #[serde(deserialize_with = "or_default")]
    pub init_containers: Vec<Container>,
}

/// A container of a Pod.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
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
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
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
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
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
    /// `conditions`.
    #[serde(deserialize_with = "or_default")]
    pub conditions: Vec<PodCondition>,
}

/// One entry of `status.podIPs`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct PodIP {
    /// `ip`.
    #[serde(deserialize_with = "or_default")]
    pub ip: Box<str>,
}

/// One entry of `status.conditions`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
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
