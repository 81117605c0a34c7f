use serde::Deserialize;

use super::ObjectMeta;
use super::de::or_default;

/// A Namespace (v1).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Namespace {
    /// `metadata`.
    #[serde(deserialize_with = "or_default")]
    pub metadata: ObjectMeta,
}
