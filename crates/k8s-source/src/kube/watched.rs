//! The kinds that can be watched.

use std::hash::Hash;

use object_change::{Delta, ObjectKey};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::Resource;
use crate::change::{Kind, ObjectChange};
use crate::objects::{
    EndpointSlice, Ingress, IngressClass, Namespace, ObjectMeta, Pod, Secret, Service, ServiceImport, Workload,
    WorkloadKind,
};

/// Where a source looks that was given namespaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extent {
    /// In each of them.
    Namespaced,
    /// Objects of these names: they are the namespaces.
    Named,
    /// In the cluster: the objects are in no namespace.
    Cluster,
}

/// A kind that can be watched.
pub(super) trait Watched: DeserializeOwned + Hash + Send + Sync + 'static {
    const KIND: Kind;
    /// Where the API has its objects.
    const RESOURCE: Resource;
    /// Whether a cluster may do without it: an extension.
    const IS_OPTIONAL: bool = false;
    const EXTENT: Extent = Extent::Namespaced;
    /// A field selector that holds whatever the options say: what else there is of the kind is nobody's business.
    const FIELDS: Option<&str> = None;
    /// Whether only those are read whole that Ingresses name, where Ingresses are read.
    const IS_NAMED: bool = false;

    /// Makes objects alike that only lists and events write differently.
    fn level(&mut self) {}

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
    const EXTENT: Extent = Extent::Named;

    fn key(metadata: &ObjectMeta) -> ObjectKey {
        metadata.cluster_key()
    }
);
watched!(Ingress: "networking.k8s.io" "v1" "ingresses"
    fn level(&mut self) {
        // Items of a list do not say it.
        self.api_version = "networking.k8s.io/v1".into();
    }
);
watched!(IngressClass: "networking.k8s.io" "v1" "ingressclasses"
    const EXTENT: Extent = Extent::Cluster;

    fn key(metadata: &ObjectMeta) -> ObjectKey {
        metadata.cluster_key()
    }
);
watched!(Secret: "" "v1" "secrets"
    const FIELDS: Option<&str> = Some("type=kubernetes.io/tls");
    const IS_NAMED: bool = true;
);
// The version that CoreDNS 1.14.7 watches.
watched!(ServiceImport: "multicluster.x-k8s.io" "v1alpha1" "serviceimports"
    const IS_OPTIONAL: bool = true;
);

/// Kinds that share a struct.
macro_rules! workload {
    ($kind:ident: $group:literal $plural:literal) => {
        #[derive(Hash, Deserialize)]
        pub(super) struct $kind(Workload);

        impl Watched for $kind {
            const KIND: Kind = Kind::Workload(WorkloadKind::$kind);
            const RESOURCE: Resource = Resource::new($group, "v1", $plural);

            fn metadata(&mut self) -> &mut ObjectMeta {
                &mut self.0.metadata
            }

            fn change(delta: Delta<&Self>) -> ObjectChange<'_> {
                ObjectChange::Workload(WorkloadKind::$kind, delta.map(|workload| &workload.0))
            }
        }
    };
}

workload!(Deployment: "apps" "deployments");
workload!(ReplicaSet: "apps" "replicasets");
workload!(StatefulSet: "apps" "statefulsets");
workload!(DaemonSet: "apps" "daemonsets");
workload!(Job: "batch" "jobs");
workload!(CronJob: "batch" "cronjobs");
