#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

mod change;
#[cfg(feature = "dns")]
pub mod convert;
#[cfg(feature = "dns")]
mod dns_consumer;
#[cfg(feature = "manifests")]
pub mod manifests;
pub mod objects;

pub use change::{Consumer, Kind, ObjectChange};
#[cfg(feature = "dns")]
pub use dns_consumer::DnsConsumer;
