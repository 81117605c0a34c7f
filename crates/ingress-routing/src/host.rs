//! Host names of requests and TLS server names ([`Host`]) and the patterns that match them ([`HostPattern`]).

mod name;
mod pattern;

pub use name::{Host, HostBuffer, HostError, HostName, MAX_HOST};
pub use pattern::{HostForm, HostPattern, HostPatternError, HostSpecificity};
