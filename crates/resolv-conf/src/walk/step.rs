//! The vocabulary of a walk: what is asked for, by what, and what to do next.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use super::{Outcome, Query};

/// The families of addresses that a lookup is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Families {
    /// Both: a pair of queries for each name.
    #[default]
    Both,
    /// IPv4: A.
    V4,
    /// IPv6: AAAA.
    V6,
}

impl Families {
    pub(crate) fn hold(self, address: IpAddr) -> bool {
        match self {
            Self::Both => true,
            Self::V4 => address.is_ipv4(),
            Self::V6 => address.is_ipv6(),
        }
    }
}

/// The type of a query.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum QueryType {
    /// IPv4 addresses (RFC 1035 §3.4.1).
    A,
    /// IPv6 addresses (RFC 3596 §2.1).
    Aaaa,
}

impl QueryType {
    /// The number on the wire.
    pub fn code(self) -> u16 {
        match self {
            Self::A => 1,
            Self::Aaaa => 28,
        }
    }

    /// The type with this number.
    pub fn from_code(code: u16) -> Option<Self> {
        match code {
            1 => Some(Self::A),
            28 => Some(Self::Aaaa),
            _ => None,
        }
    }
}

impl fmt::Display for QueryType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::A => "A",
            Self::Aaaa => "AAAA",
        })
    }
}

/// A socket of the walk, with its own source port. The embedder opens one when it first sees the number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SocketId(pub u32);

/// What carries a query.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Transport {
    /// A datagram.
    Udp,
    /// A stream, on which two octets of length precede each message (RFC 1035 §4.2.2).
    Tcp,
}

/// A query to send.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Transmit {
    /// By which socket. A datagram socket may send to several servers (musl).
    pub socket: SocketId,
    /// To which server.
    pub server: SocketAddr,
    /// How.
    pub transport: Transport,
    /// What.
    pub query: Query,
}

/// What to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Send this query, and call [`Walk::poll`](super::Walk::poll) again.
    Send(Transmit),
    /// Wait for a reply, and call [`Walk::poll`](super::Walk::poll) again at `until` if none came.
    Wait {
        /// When the resolver's own timer ends.
        until: Duration,
        /// The same, but where a resolver shortens its timer by chance (c-ares), the earliest time at which it might end:
        /// [`Walk::on_timeout`](super::Walk::on_timeout) ends it from here on, so that a record of a real run can be followed.
        earliest: Duration,
    },
    /// The lookup is over.
    Done(Outcome),
}
