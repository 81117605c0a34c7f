#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

mod answer;
mod cache;
mod client;
mod config;
mod error;
mod forward;
mod listen;
mod message;
mod metrics;
mod own_addresses;
mod pending;
mod query_log;
mod question;
mod resolution;
mod server;
mod service;
mod tcp;
#[cfg(test)]
mod testing;
mod tls;
mod transfer;
mod udp;

pub use answer::{Answer, AnswerKind, TtlCaps, Unusable};
pub use client::Client;
pub use config::{CacheConfig, ServerConfig, StreamLimits, TlsConfig};
pub use error::ServerError;
pub use forward::{ForwardConfig, ForwardRule, ForwardRuleError, Policy, nameservers};
pub use ipnet::IpNet;
pub use own_addresses::interface_addresses;
pub use prometheus_client;
pub use query_log::{QueryLogConfig, QueryLogFormat};
pub use question::Question;
pub use resolution::{Lookup, Upstream, resolve};
pub use server::{Addresses, DnsServer, TlsHandle};
pub use whereto_server::{AdminConfig, BindError, ByPurpose, Phase, ServerHandle, end_on_signals};
