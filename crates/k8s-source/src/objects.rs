//! Kubernetes objects with just the fields that this crate reads.
//!
//! They accept the API's JSON (and YAML) and ignore the rest. `null` counts as absent, as it does for the
//! API server. Nothing is validated here beyond types: the [conversions](crate::convert) tell what a value is worth.

mod de;
mod endpoint_slice;
mod endpoints;
mod fields;
mod ingress;
mod ingress_class;
mod kubelet_configuration;
mod load_balancer;
mod meta;
mod namespace;
mod pod;
mod secret;
mod service;
mod service_import;
mod workload;

pub use de::{IntOrString, StringMap};
pub use endpoint_slice::{Endpoint, EndpointConditions, EndpointPort, EndpointSlice, ObjectReference};
pub use endpoints::{EndpointAddress, EndpointSubset, Endpoints};
pub use fields::upstream_fields;
pub use ingress::{
    HTTPIngressPath, HTTPIngressRuleValue, Ingress, IngressBackend, IngressRule, IngressServiceBackend, IngressSpec,
    IngressTLS, ServiceBackendPort, TypedLocalObjectReference,
};
pub use ingress_class::{IngressClass, IngressClassSpec};
pub use kubelet_configuration::KubeletConfiguration;
pub use load_balancer::{LoadBalancerIngress, LoadBalancerStatus, ServiceStatus};
pub use meta::{ObjectMeta, OwnerReference};
pub use namespace::Namespace;
pub use pod::{
    Container, ContainerPort, HostAlias, HostIP, Pod, PodCondition, PodDNSConfig, PodDNSConfigOption, PodIP, PodSpec,
    PodStatus,
};
pub use secret::Secret;
pub use service::{ClientIPConfig, Service, ServicePort, ServiceSpec, SessionAffinityConfig};
pub use service_import::{ServiceImport, ServiceImportPort, ServiceImportSpec};
pub use workload::{JobSpec, JobTemplateSpec, PodTemplateSpec, Workload, WorkloadKind, WorkloadSpec};

/// Label that names the Service whose endpoints a slice holds.
pub const SERVICE_NAME_LABEL: &str = "kubernetes.io/service-name";
/// Label that names the ServiceImport whose endpoints a slice holds (KEP-1645).
pub const MULTICLUSTER_SERVICE_NAME_LABEL: &str = "multicluster.kubernetes.io/service-name";
/// Label that names the cluster in which an imported slice's endpoints are (KEP-1645).
pub const MULTICLUSTER_SOURCE_CLUSTER_LABEL: &str = "multicluster.kubernetes.io/source-cluster";
/// Label that keeps Endpoints from being mirrored into slices when it is `true`.
pub const SKIP_MIRROR_LABEL: &str = "endpointslice.kubernetes.io/skip-mirror";
