//! What DNS needs to know of the cluster, and nothing more.
//!
//! These are inputs: plain owned values that a source of objects builds. The zones keep a compact form of
//! their own ([`crate::ClusterZones`]).

mod change;
mod endpoint_slice;
mod namespace;
mod pod;
mod service;
mod service_import;

pub use change::{Change, Kind, Kinds};
pub use endpoint_slice::{Endpoint, EndpointHost, EndpointPort, EndpointSlice, SliceOwner};
pub use namespace::Namespace;
pub use pod::Pod;
pub use service::{ClusterIps, Exposure, Protocol, Service, ServicePort};
pub use service_import::{ImportExposure, ServiceImport};

/// The labels of an object, read by the label selectors of [`crate::ZoneConfig`] when a change is applied; not stored.
pub type Labels = Vec<(Box<str>, Box<str>)>;
