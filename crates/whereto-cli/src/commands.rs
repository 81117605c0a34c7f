//! What each command does.

pub(crate) mod completions;
pub(crate) mod diff;
pub(crate) mod dns;
pub(crate) mod env;
pub(crate) mod ingress;
pub(crate) mod lint;
pub(crate) mod man;
pub(crate) mod records;
pub(crate) mod resolv_conf;
pub(crate) mod resolve;
pub(crate) mod route;
pub(crate) mod routes;
pub(crate) mod search;
pub(crate) mod services;
