//! What routing needs to know of the cluster, and nothing more.
//!
//! These are inputs: plain owned values that a source of objects builds. The router keeps a compact form of its own
//! ([`crate::Router`]).

mod change;
mod endpoint_slice;
mod ingress;
mod ingress_class;
mod secret;
mod service;

pub use change::{Change, Kind, Kinds};
pub use endpoint_slice::{Endpoint, EndpointPort, EndpointSlice};
pub use ingress::{Backend, Ingress, PathRule, PathType, PortRef, ResourceRef, Rule, ServiceRef, Tls, UnknownPathType};
pub use ingress_class::IngressClass;
pub use secret::TlsSecret;
pub use service::{Exposure, Protocol, Service, ServicePort, SessionAffinity, UnknownProtocol, UnknownSessionAffinity};
