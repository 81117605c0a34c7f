//! What the tests share.
#![allow(dead_code, reason = "no test uses all of it")]

pub(crate) mod ask;
pub(crate) mod cluster;
pub(crate) mod oracle;
pub(crate) mod world;
