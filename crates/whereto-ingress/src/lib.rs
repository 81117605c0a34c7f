#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

mod access_log;
mod body;
mod config;
mod connection;
mod error;
mod executor;
mod forwarding;
mod listen;
mod metrics;
mod proxy_protocol;
mod server;
mod service;
mod socket;
mod tls;
mod upstream;
mod worker;

pub use access_log::{AccessLogConfig, AccessLogFormat};
pub use config::{Hsts, IngressConfig, Limits, Timeouts};
pub use error::ServerError;
pub use forwarding::{FieldNames, ForwardedField, ForwardingOptions, Pseudonym, ServerField};
pub use ipnet::IpNet;
pub use prometheus_client;
pub use proxy_protocol::{Progress, ProxyHeader, ProxyHeaderError};
pub use server::{Addresses, IngressServer};
pub use tls::{CertificateError, Certificates};
pub use upstream::{Affinity, CookieAffinity, EndpointVerification, Retry, UpstreamOptions};
pub use whereto_server::{AdminConfig, BindError, ByPurpose, Phase, ServerHandle, end_on_signals};
