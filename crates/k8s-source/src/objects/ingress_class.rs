use serde::Deserialize;

use super::ObjectMeta;
use super::de::or_default;

/// An IngressClass (networking.k8s.io/v1 and v1beta1).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct IngressClass {
    /// `metadata`.
    #[serde(deserialize_with = "or_default")]
    pub metadata: ObjectMeta,
    /// `spec`.
    #[serde(deserialize_with = "or_default")]
    pub spec: IngressClassSpec,
}

/// `spec` of an IngressClass.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct IngressClassSpec {
    /// `controller`.
    #[serde(deserialize_with = "or_default")]
    pub controller: Box<str>,
}
