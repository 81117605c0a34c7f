use std::fmt;

use serde::Deserialize;

use super::de::or_default;
use super::{ObjectMeta, StringMap};

/// A Secret (v1). `Debug` shows the names of what it holds only.
#[derive(Clone, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct Secret {
    /// `metadata`.
    #[serde(deserialize_with = "or_default")]
    pub metadata: ObjectMeta,
    /// `type`; absent means `Opaque`.
    #[serde(rename = "type")]
    pub type_: Option<Box<str>>,
    /// `data`: values in base64.
    #[serde(deserialize_with = "or_default")]
    pub data: StringMap,
    /// `stringData` of manifests: values as they are, which win over those of `data`.
    #[serde(deserialize_with = "or_default")]
    pub string_data: StringMap,
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = |map: &StringMap| map.iter().map(|(name, _)| name.to_owned()).collect::<Vec<_>>();
        f.debug_struct("Secret")
            .field("metadata", &self.metadata)
            .field("type_", &self.type_)
            .field("data", &names(&self.data))
            .field("string_data", &names(&self.string_data))
            .finish()
    }
}
