use serde::Deserialize;

use super::ObjectMeta;
use super::de::or_default;

/// A ServiceImport (multicluster.x-k8s.io).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct ServiceImport {
    /// `metadata`.
    #[serde(deserialize_with = "or_default")]
    pub metadata: ObjectMeta,
    /// `spec`.
    #[serde(deserialize_with = "or_default")]
    pub spec: ServiceImportSpec,
}

/// `spec` of a ServiceImport.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct ServiceImportSpec {
    /// `type`: `ClusterSetIP` or `Headless`.
    #[serde(rename = "type", deserialize_with = "or_default")]
    pub type_: Box<str>,
    /// `ips`.
    #[serde(deserialize_with = "or_default")]
    pub ips: Vec<Box<str>>,
    /// `ports`.
    #[serde(deserialize_with = "or_default")]
    pub ports: Vec<ServiceImportPort>,
}

/// One entry of a ServiceImport's `spec.ports`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct ServiceImportPort {
    /// `name`; empty when the port has none.
    #[serde(deserialize_with = "or_default")]
    pub name: Box<str>,
    /// `protocol`; absent means TCP.
    pub protocol: Option<Box<str>>,
    /// `port`.
    #[serde(deserialize_with = "or_default")]
    pub port: i32,
}
