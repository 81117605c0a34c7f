//! What each command does.

pub(crate) mod completions;
pub(crate) mod dns;
pub(crate) mod lint;
pub(crate) mod man;
pub(crate) mod records;
pub(crate) mod resolve;
