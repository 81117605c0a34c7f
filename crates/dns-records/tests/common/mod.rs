//! What the tests share: clusters as text, questions, replies as text.
#![allow(dead_code, reason = "each test program uses its own part of it")]

pub(crate) mod ask;
pub(crate) mod cluster;
pub(crate) mod fuzzed;
pub(crate) mod reading;
pub(crate) mod script;
