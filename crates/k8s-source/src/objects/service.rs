use serde::Deserialize;

use super::de::or_default;
use super::{IntOrString, ObjectMeta, ServiceStatus, StringMap};

/// A Service (v1).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Service {
    /// `metadata`.
    #[serde(deserialize_with = "or_default")]
    pub metadata: ObjectMeta,
    /// `spec`.
    #[serde(deserialize_with = "or_default")]
    pub spec: ServiceSpec,
    /// `status`.
    #[serde(deserialize_with = "or_default")]
    pub status: ServiceStatus,
}

/// `spec` of a Service.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct ServiceSpec {
    /// `type`; absent means ClusterIP.
    #[serde(rename = "type")]
    pub type_: Option<Box<str>>,
    /// `clusterIP`: an address, `None` for a headless Service, or empty.
    #[serde(rename = "clusterIP", deserialize_with = "or_default")]
    pub cluster_ip: Box<str>,
    /// `clusterIPs`: the same for each family; the first equals `clusterIP`.
    #[serde(rename = "clusterIPs", deserialize_with = "or_default")]
    pub cluster_ips: Vec<Box<str>>,
    /// `ipFamilies`: `IPv4`, `IPv6`, in order of preference.
    #[serde(deserialize_with = "or_default")]
    pub ip_families: Vec<Box<str>>,
    /// `ipFamilyPolicy`: `SingleStack`, `PreferDualStack`, `RequireDualStack`.
    pub ip_family_policy: Option<Box<str>>,
    /// `externalName`.
    #[serde(deserialize_with = "or_default")]
    pub external_name: Box<str>,
    /// `ports`.
    #[serde(deserialize_with = "or_default")]
    pub ports: Vec<ServicePort>,
    /// `selector`: labels of the Pods that serve it.
    #[serde(deserialize_with = "or_default")]
    pub selector: StringMap,
    /// `publishNotReadyAddresses`: read only where endpoints are derived from Pods.
    #[serde(deserialize_with = "or_default")]
    pub publish_not_ready_addresses: bool,
    /// `sessionAffinity`: `None`, `ClientIP`; absent means None.
    pub session_affinity: Option<Box<str>>,
    /// `sessionAffinityConfig`.
    pub session_affinity_config: Option<SessionAffinityConfig>,
}

impl ServiceSpec {
    /// Whether `type` is ExternalName.
    pub fn is_external_name(&self) -> bool {
        self.type_.as_deref() == Some("ExternalName")
    }

    /// `clusterIPs`, or `clusterIP` where that list is empty; empty texts are left out.
    pub fn given_ips(&self) -> impl Iterator<Item = &str> {
        let single = self.cluster_ips.is_empty().then_some(&self.cluster_ip);
        self.cluster_ips.iter().chain(single).map(|ip| &**ip).filter(|ip| !ip.is_empty())
    }

    /// Whether the Service has no cluster IP and wants none.
    pub fn is_headless(&self) -> bool {
        self.given_ips().next() == Some("None")
    }
}

/// `sessionAffinityConfig` of a Service.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct SessionAffinityConfig {
    /// `clientIP`.
    #[serde(rename = "clientIP")]
    pub client_ip: Option<ClientIPConfig>,
}

/// `clientIP` of a Service's `sessionAffinityConfig`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct ClientIPConfig {
    /// `timeoutSeconds`: from 1 to 86400; the API server writes 10800 where there is none.
    pub timeout_seconds: Option<i32>,
}

/// One entry of a Service's `spec.ports`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct ServicePort {
    /// `name`; empty when the port has none.
    #[serde(deserialize_with = "or_default")]
    pub name: Box<str>,
    /// `protocol`; absent means TCP.
    pub protocol: Option<Box<str>>,
    /// `port`.
    #[serde(deserialize_with = "or_default")]
    pub port: i32,
    /// `appProtocol`.
    pub app_protocol: Option<Box<str>>,
    /// `nodePort`; 0 when there is none.
    #[serde(deserialize_with = "or_default")]
    pub node_port: i32,
    /// `targetPort`: read only where endpoints are derived from Pods.
    pub target_port: Option<IntOrString>,
}
