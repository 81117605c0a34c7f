//! What a resolver did.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::case::is_default;

/// One query, as it came to a server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Query {
    /// Microseconds since the first query.
    pub at: u32,
    /// When a reply left, if one did, in microseconds since the first query; and the number of the rule that made it, as
    /// [`Performance::next`](super::script::Performance::next) tells it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered: Option<(u32, u8)>,
    /// The server.
    pub server: IpAddr,
    /// The port that it came from, by which sockets are told apart.
    pub port: u16,
    /// Whether it came over TCP.
    #[serde(default, skip_serializing_if = "is_default")]
    pub tcp: bool,
    /// Its identifier.
    pub id: u16,
    /// The name: octets other than letters, digits and signs as `\DDD`, RFC 1035 §5.1, with its final dot. What is no
    /// query is `?` and the message in hexadecimal.
    pub name: String,
    /// The type.
    #[serde(rename = "type")]
    pub qtype: u16,
    /// The payload size in the OPT record, RFC 6891 §6.2.3, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edns: Option<u16>,
    /// Whether AD is set, RFC 6840 §5.7.
    #[serde(default, skip_serializing_if = "is_default")]
    pub ad: bool,
    /// Whether RD is clear.
    #[serde(default, skip_serializing_if = "is_default")]
    pub no_rd: bool,
}

/// What the program was told in the end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Addresses, sorted.
    Addresses(Vec<IpAddr>),
    /// An error, in the resolver's own words.
    Error(String),
    /// Nothing: the signal that ended the program.
    Killed(i32),
    /// Nothing within the laboratory's patience.
    Endless,
}

/// All that was seen of one look-up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trace {
    /// The queries, in the order in which they came.
    pub queries: Vec<Query>,
    /// How it ended.
    pub outcome: Outcome,
    /// Milliseconds from the call to its end.
    pub elapsed: u32,
}
