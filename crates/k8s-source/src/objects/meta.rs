use object_change::ObjectKey;
use serde::Deserialize;

use super::StringMap;
use super::de::or_default;

/// What every object says about itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct ObjectMeta {
    /// `name`: unique among the objects of a kind and namespace.
    #[serde(deserialize_with = "or_default")]
    pub name: Box<str>,
    /// `namespace`; empty for cluster-scoped kinds, and where a manifest leaves it to `kubectl`.
    #[serde(deserialize_with = "or_default")]
    pub namespace: Box<str>,
    /// `labels`.
    #[serde(deserialize_with = "or_default")]
    pub labels: StringMap,
    /// `deletionTimestamp`: present while the object is being deleted.
    pub deletion_timestamp: Option<Box<str>>,
}

impl ObjectMeta {
    /// The metadata of the object `name` in `namespace`.
    pub fn named(namespace: impl Into<Box<str>>, name: impl Into<Box<str>>) -> Self {
        Self { namespace: namespace.into(), name: name.into(), ..Self::default() }
    }

    /// The key of a namespaced object.
    pub fn key(&self) -> ObjectKey {
        ObjectKey::new(self.namespace.clone(), self.name.clone())
    }

    /// The key of a cluster-scoped object.
    pub fn cluster_key(&self) -> ObjectKey {
        ObjectKey::cluster_scoped(self.name.clone())
    }
}
