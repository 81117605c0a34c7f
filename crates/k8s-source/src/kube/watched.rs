//! The kinds that can be watched.

use std::hash::Hash;

use object_change::{Delta, ObjectKey};
use serde::de::DeserializeOwned;

use super::Resource;
use crate::change::{Kind, ObjectChange};
use crate::objects::{EndpointSlice, Namespace, ObjectMeta, Pod, Service, ServiceImport};

/// A kind that can be watched.
pub(super) trait Watched: DeserializeOwned + Hash + Send + Sync + 'static {
    const KIND: Kind;
    /// Where the API has its objects.
    const RESOURCE: Resource;
    /// Whether a cluster may do without it: an extension.
    const IS_OPTIONAL: bool = false;

    fn metadata(&mut self) -> &mut ObjectMeta;

    fn change(delta: Delta<&Self>) -> ObjectChange<'_>;

    fn key(metadata: &ObjectMeta) -> ObjectKey {
        metadata.key()
    }
}

macro_rules! watched {
    ($kind:ident: $group:literal $version:literal $plural:literal $($more:item)*) => {
        impl Watched for $kind {
            const KIND: Kind = Kind::$kind;
            const RESOURCE: Resource = Resource::new($group, $version, $plural);
            $($more)*

            fn metadata(&mut self) -> &mut ObjectMeta {
                &mut self.metadata
            }

            fn change(delta: Delta<&Self>) -> ObjectChange<'_> {
                ObjectChange::$kind(delta)
            }
        }
    };
}

watched!(Service: "" "v1" "services");
watched!(EndpointSlice: "discovery.k8s.io" "v1" "endpointslices");
watched!(Pod: "" "v1" "pods");
watched!(Namespace: "" "v1" "namespaces"
    fn key(metadata: &ObjectMeta) -> ObjectKey {
        metadata.cluster_key()
    }
);
// The version that CoreDNS 1.14.7 watches.
watched!(ServiceImport: "multicluster.x-k8s.io" "v1alpha1" "serviceimports"
    const IS_OPTIONAL: bool = true;
);
