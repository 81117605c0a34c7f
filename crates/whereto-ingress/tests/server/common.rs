//! A cluster of loopback, servers in front of it, and what talks to them.

mod client;
mod cluster;
mod endpoint;
mod message;

pub(crate) use client::Client;
pub(crate) use cluster::{Cluster, Issued};
pub(crate) use endpoint::Endpoint;
pub(crate) use message::{Expect, Message};
