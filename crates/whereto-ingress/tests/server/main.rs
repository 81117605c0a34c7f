//! Whole servers on loopback, with clients and endpoints that read and write octets.

mod access_log;
mod admin;
mod change;
mod common;
mod endpoints;
mod grpc;
mod http1;
mod http2;
mod limits;
mod proxy_protocol;
mod shutdown;
mod smuggling;
mod tls;
