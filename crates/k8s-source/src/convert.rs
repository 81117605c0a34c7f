//! From Kubernetes objects to the models of the crates that compute with them.
//!
//! Every function here is total: it gives the object's key, what could be used of it, and a diagnostic with the field's
//! path for each thing that could not. They need no source and work with objects from any watcher.
//! The value is `None` only where nothing is usable: without a name, or, for Pods, where there is nothing to serve.

#[cfg(any(feature = "dns", feature = "ingress"))]
mod delta;
#[cfg(feature = "dns")]
mod endpoint_slice;
#[cfg(any(feature = "dns", feature = "ingress"))]
mod findings;
#[cfg(feature = "pod")]
mod kubelet_configuration;
#[cfg(feature = "pod")]
mod linked_service;
#[cfg(feature = "dns")]
mod namespace;
#[cfg(feature = "dns")]
mod pod;
#[cfg(feature = "pod")]
mod pod_dns;
#[cfg(feature = "ingress")]
pub mod routing;
#[cfg(feature = "dns")]
mod service;
#[cfg(feature = "dns")]
mod service_import;

#[cfg(any(feature = "dns", feature = "ingress"))]
pub(crate) use delta::converted;
#[cfg(any(feature = "dns", feature = "ingress"))]
use findings::{Findings, parse_ip};

#[cfg(feature = "dns")]
pub use endpoint_slice::endpoint_slice;
#[cfg(feature = "pod")]
pub use kubelet_configuration::{KubeletSettings, kubelet_configuration};
#[cfg(feature = "pod")]
pub use linked_service::linked_service;
#[cfg(feature = "dns")]
pub use namespace::namespace;
#[cfg(feature = "dns")]
pub use pod::pod;
#[cfg(feature = "pod")]
pub use pod_dns::{pod_dns, pod_dns_of_template};
#[cfg(feature = "dns")]
pub use service::service;
#[cfg(feature = "dns")]
pub use service_import::service_import;
