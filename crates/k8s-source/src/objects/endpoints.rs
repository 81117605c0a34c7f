use serde::Deserialize;

use super::de::or_default;
use super::{EndpointPort, ObjectMeta, ObjectReference};

/// Endpoints (v1): what EndpointSlices replaced. A source turns them into slices.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Endpoints {
    /// `metadata`; the name is the Service's.
    #[serde(deserialize_with = "or_default")]
    pub metadata: ObjectMeta,
    /// `subsets`.
    #[serde(deserialize_with = "or_default")]
    pub subsets: Vec<EndpointSubset>,
}

/// One entry of `subsets`: every address with every port.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct EndpointSubset {
    /// `addresses`: ready ones.
    #[serde(deserialize_with = "or_default")]
    pub addresses: Vec<EndpointAddress>,
    /// `notReadyAddresses`.
    #[serde(deserialize_with = "or_default")]
    pub not_ready_addresses: Vec<EndpointAddress>,
    /// `ports`.
    #[serde(deserialize_with = "or_default")]
    pub ports: Vec<EndpointPort>,
}

/// One address of a subset.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct EndpointAddress {
    /// `ip`.
    #[serde(deserialize_with = "or_default")]
    pub ip: Box<str>,
    /// `hostname`.
    pub hostname: Option<Box<str>>,
    /// `targetRef`.
    pub target_ref: Option<ObjectReference>,
}
