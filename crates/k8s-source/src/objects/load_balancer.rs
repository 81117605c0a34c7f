use serde::Deserialize;

use super::de::or_default;

/// `status` of a Service or an Ingress.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct ServiceStatus {
    /// `loadBalancer`.
    #[serde(deserialize_with = "or_default")]
    pub load_balancer: LoadBalancerStatus,
}

/// `status.loadBalancer` of a Service or an Ingress.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct LoadBalancerStatus {
    /// `ingress`: where clients outside the cluster reach it.
    #[serde(deserialize_with = "or_default")]
    pub ingress: Vec<LoadBalancerIngress>,
}

/// One entry of `status.loadBalancer.ingress`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct LoadBalancerIngress {
    /// `ip`; empty where there is a name.
    #[serde(deserialize_with = "or_default")]
    pub ip: Box<str>,
    /// `hostname`; empty where there is an address.
    #[serde(deserialize_with = "or_default")]
    pub hostname: Box<str>,
}

impl LoadBalancerIngress {
    /// An address.
    pub fn ip(ip: impl Into<Box<str>>) -> Self {
        Self { ip: ip.into(), hostname: Box::default() }
    }

    /// A name.
    pub fn hostname(hostname: impl Into<Box<str>>) -> Self {
        Self { ip: Box::default(), hostname: hostname.into() }
    }
}
