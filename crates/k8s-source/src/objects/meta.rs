use object_change::ObjectKey;
use serde::Deserialize;

use super::StringMap;
use super::de::{annotations, or_default};

/// What every object says about itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
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
    /// `annotations`, without the copy of the object that `kubectl apply` keeps there.
    #[serde(deserialize_with = "annotations")]
    pub annotations: StringMap,
    /// `resourceVersion`; a source that watches takes it out, as it changes with every write.
    #[serde(deserialize_with = "or_default")]
    pub resource_version: Box<str>,
    /// `uid`.
    #[serde(deserialize_with = "or_default")]
    pub uid: Box<str>,
    /// `ownerReferences`: the objects that this one was made by.
    #[serde(deserialize_with = "or_default")]
    pub owner_references: Vec<OwnerReference>,
    /// `creationTimestamp` (RFC 3339); absent in manifests.
    pub creation_timestamp: Option<Box<str>>,
    /// `deletionTimestamp`: present while the object is being deleted.
    pub deletion_timestamp: Option<Box<str>>,
}

/// One entry of `ownerReferences`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct OwnerReference {
    /// `kind`.
    #[serde(deserialize_with = "or_default")]
    pub kind: Box<str>,
    /// `name`, of an object in the same namespace or of a cluster-scoped one.
    #[serde(deserialize_with = "or_default")]
    pub name: Box<str>,
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
