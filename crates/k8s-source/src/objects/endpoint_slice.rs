use serde::Deserialize;

use super::de::or_default;
use super::{ObjectMeta, StringMap};

/// An EndpointSlice (discovery.k8s.io/v1 and v1beta1).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct EndpointSlice {
    /// `metadata`.
    #[serde(deserialize_with = "or_default")]
    pub metadata: ObjectMeta,
    /// `addressType`: `IPv4`, `IPv6` or `FQDN`.
    #[serde(deserialize_with = "or_default")]
    pub address_type: Box<str>,
    /// `endpoints`.
    #[serde(deserialize_with = "or_default")]
    pub endpoints: Vec<Endpoint>,
    /// `ports`.
    #[serde(deserialize_with = "or_default")]
    pub ports: Vec<EndpointPort>,
}

/// One entry of a slice's `endpoints`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct Endpoint {
    /// `addresses`.
    #[serde(deserialize_with = "or_default")]
    pub addresses: Vec<Box<str>>,
    /// `conditions`.
    #[serde(deserialize_with = "or_default")]
    pub conditions: EndpointConditions,
    /// `hostname`.
    pub hostname: Option<Box<str>>,
    /// `targetRef`.
    pub target_ref: Option<ObjectReference>,
    /// `zone`.
    pub zone: Option<Box<str>>,
    /// `topology` of v1beta1, where `topology.kubernetes.io/zone` is what `zone` is in v1.
    #[serde(deserialize_with = "or_default")]
    pub topology: StringMap,
}

/// `conditions` of an endpoint.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct EndpointConditions {
    /// `ready`; absent means ready.
    pub ready: Option<bool>,
    /// `serving`; absent means as `ready` says.
    pub serving: Option<bool>,
    /// `terminating`; absent means not.
    pub terminating: Option<bool>,
}

/// A reference to the object behind an endpoint.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct ObjectReference {
    /// `name`.
    #[serde(deserialize_with = "or_default")]
    pub name: Box<str>,
}

/// One entry of `ports` of an EndpointSlice or of a subset of Endpoints.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct EndpointPort {
    /// `name`; empty when the port has none.
    #[serde(deserialize_with = "or_default")]
    pub name: Box<str>,
    /// `protocol`; absent means TCP.
    pub protocol: Option<Box<str>>,
    /// `port`; absent in slices means that any port is meant.
    pub port: Option<i32>,
}
