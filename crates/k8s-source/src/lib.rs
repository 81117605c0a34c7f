#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

mod change;
#[cfg(any(feature = "dns", feature = "pod", feature = "ingress"))]
pub mod convert;
#[cfg(feature = "dns")]
mod dns_consumer;
#[cfg(feature = "kube")]
pub mod kube;
#[cfg(feature = "manifests")]
pub mod manifests;
pub mod objects;
#[cfg(feature = "pod")]
mod pod_consumer;
#[cfg(feature = "ingress")]
mod router_consumer;

pub use change::{Consumer, Kind, ObjectChange};
#[cfg(feature = "dns")]
pub use dns_consumer::DnsConsumer;
#[cfg(feature = "pod")]
pub use pod_consumer::{ConsumedPod, PodConsumer};
#[cfg(feature = "ingress")]
pub use router_consumer::RouterConsumer;
