use serde::Deserialize;

use super::de::or_default;
use super::{IntOrString, ObjectMeta, ServiceStatus};

/// An Ingress (networking.k8s.io/v1 and v1beta1, extensions/v1beta1).
///
/// It has the fields of all versions: `api_version` tells which of them count.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct Ingress {
    /// `apiVersion`; empty in lists, which have one for all.
    #[serde(deserialize_with = "or_default")]
    pub api_version: Box<str>,
    /// `metadata`.
    #[serde(deserialize_with = "or_default")]
    pub metadata: ObjectMeta,
    /// `spec`.
    #[serde(deserialize_with = "or_default")]
    pub spec: IngressSpec,
    /// `status`.
    #[serde(deserialize_with = "or_default")]
    pub status: ServiceStatus,
}

/// `spec` of an Ingress.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct IngressSpec {
    /// `ingressClassName`.
    pub ingress_class_name: Option<Box<str>>,
    /// `defaultBackend`.
    pub default_backend: Option<IngressBackend>,
    /// `backend` of v1beta1: what `defaultBackend` is in v1.
    pub backend: Option<IngressBackend>,
    /// `rules`.
    #[serde(deserialize_with = "or_default")]
    pub rules: Vec<IngressRule>,
    /// `tls`.
    #[serde(deserialize_with = "or_default")]
    pub tls: Vec<IngressTLS>,
}

/// One entry of `spec.rules`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct IngressRule {
    /// `host`; empty for all hosts.
    #[serde(deserialize_with = "or_default")]
    pub host: Box<str>,
    /// `http`.
    pub http: Option<HTTPIngressRuleValue>,
}

/// `http` of a rule.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct HTTPIngressRuleValue {
    /// `paths`.
    #[serde(deserialize_with = "or_default")]
    pub paths: Vec<HTTPIngressPath>,
}

/// One entry of `paths`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct HTTPIngressPath {
    /// `path`.
    #[serde(deserialize_with = "or_default")]
    pub path: Box<str>,
    /// `pathType`; may be absent in v1beta1 only.
    pub path_type: Option<Box<str>>,
    /// `backend`.
    pub backend: Option<IngressBackend>,
}

/// Where requests go.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct IngressBackend {
    /// `service`.
    pub service: Option<IngressServiceBackend>,
    /// `resource`.
    pub resource: Option<TypedLocalObjectReference>,
    /// `serviceName` of v1beta1.
    pub service_name: Option<Box<str>>,
    /// `servicePort` of v1beta1.
    pub service_port: Option<IntOrString>,
}

/// `service` of a backend.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct IngressServiceBackend {
    /// `name`.
    #[serde(deserialize_with = "or_default")]
    pub name: Box<str>,
    /// `port`.
    #[serde(deserialize_with = "or_default")]
    pub port: ServiceBackendPort,
}

/// `port` of a Service as a backend.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct ServiceBackendPort {
    /// `name`; empty when the port is given by number.
    #[serde(deserialize_with = "or_default")]
    pub name: Box<str>,
    /// `number`; 0 when the port is given by name.
    #[serde(deserialize_with = "or_default")]
    pub number: i32,
}

/// `resource` of a backend.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct TypedLocalObjectReference {
    /// `apiGroup`; empty for the core group.
    #[serde(deserialize_with = "or_default")]
    pub api_group: Box<str>,
    /// `kind`.
    #[serde(deserialize_with = "or_default")]
    pub kind: Box<str>,
    /// `name`.
    #[serde(deserialize_with = "or_default")]
    pub name: Box<str>,
}

/// One entry of `spec.tls`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct IngressTLS {
    /// `hosts`.
    #[serde(deserialize_with = "or_default")]
    pub hosts: Vec<Box<str>>,
    /// `secretName`.
    pub secret_name: Option<Box<str>>,
}
