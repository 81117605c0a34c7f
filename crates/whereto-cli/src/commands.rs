//! What each command does.

pub(crate) mod completions;
pub(crate) mod dns;
pub(crate) mod env;
pub(crate) mod lint;
pub(crate) mod man;
pub(crate) mod records;
pub(crate) mod resolv_conf;
pub(crate) mod resolve;
pub(crate) mod search;
