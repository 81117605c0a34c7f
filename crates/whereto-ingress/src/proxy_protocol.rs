//! The PROXY protocol, received: a load balancer that passes connections on tells, before their first octet, who made them.
//!
//! "The PROXY protocol, versions 1 & 2" of haproxy.org, whose sections are cited. Both versions are read, whichever comes. A header is expected
//! of configured senders alone, and of them always (§5: a receiver must not guess); from everybody else its octets are a malformed request.
//!
//! What the specification leaves open:
//! - A header of version 2 may be up to [`ProxyHeader::MAX`] octets long.
//! - Addresses of datagrams (§2.2: `\x12`, `\x22`) and UNIX sockets are valid, and say nothing of a client of HTTP: the connection's own
//!   address counts, as with UNKNOWN and LOCAL.
//! - Type-length-values must fill their room exactly; of their types CRC32C is checked (§2.2.4), the rest is skipped.
//! - In version 1, addresses and ports are in the form that RFC 5952 and the C library write, without leading zeros.

mod read;
mod v1;
mod v2;

use std::fmt;
use std::net::{IpAddr, SocketAddr};

use ipnet::IpNet;

pub(crate) use read::read;

/// What a header says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProxyHeader {
    /// Somebody's connection was passed on.
    Proxied {
        /// Who made it.
        source: SocketAddr,
        /// To where.
        destination: SocketAddr,
    },
    /// Nothing: the sender's own connection, such as a health check (LOCAL), or one of somebody it cannot name (UNKNOWN).
    Own,
}

/// How far a header has come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "there is no third")]
pub enum Progress {
    /// All octets so far belong to a header, which goes on.
    Incomplete,
    /// The header is complete.
    Complete {
        /// What it says.
        header: ProxyHeader,
        /// How many octets it is long; what follows is the client's.
        length: usize,
    },
}

/// Why octets are no header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProxyHeaderError {
    /// They begin with neither version's signature.
    Signature,
    /// Version 1: the line is longer than 107 octets (§2.1).
    TooLong,
    /// Version 1: the line breaks the grammar (§2.1).
    Line,
    /// Version 2: neither version 2 nor one of its commands (§2.2).
    Command,
    /// Version 2: no address family or transport protocol (§2.2).
    Family,
    /// Version 2: longer than is read here, or too short for its addresses (§2.2).
    Length,
    /// Version 2: type-length-values that do not fill their room (§2.2.1).
    Values,
    /// Version 2: the checksum is wrong (§2.2.4).
    Checksum,
}

impl fmt::Display for ProxyHeaderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Signature => "no header of the PROXY protocol",
            Self::TooLong => "PROXY protocol 1: more than 107 octets without an end of line",
            Self::Line => "PROXY protocol 1: the line is malformed",
            Self::Command => "PROXY protocol 2: unknown version or command",
            Self::Family => "PROXY protocol 2: unknown address family or transport protocol",
            Self::Length => "PROXY protocol 2: the length is too small for the addresses, or too large",
            Self::Values => "PROXY protocol 2: the type-length-values do not fill their room",
            Self::Checksum => "PROXY protocol 2: the checksum is wrong",
        })
    }
}

impl std::error::Error for ProxyHeaderError {}

impl ProxyHeader {
    /// The longest header of version 2 that is read, in octets. One with all addresses and a certificate's names has some hundred.
    pub const MAX: usize = 4096;

    /// Reads a header at the beginning of octets.
    ///
    /// # Errors
    /// When no octets that may follow could make it one.
    ///
    /// ```
    /// use whereto_ingress::{Progress, ProxyHeader, ProxyHeaderError};
    /// let octets = b"PROXY TCP4 192.0.2.7 198.51.100.1 51000 443\r\nGET / HTTP/1.1\r\n";
    /// let Progress::Complete { header, length } = ProxyHeader::parse(octets)? else { panic!("incomplete") };
    /// assert_eq!(header.source(), Some("192.0.2.7:51000".parse().unwrap()));
    /// assert_eq!(&octets[length..], b"GET / HTTP/1.1\r\n");
    /// assert_eq!(ProxyHeader::parse(&octets[..20])?, Progress::Incomplete);
    /// # Ok::<(), ProxyHeaderError>(())
    /// ```
    pub fn parse(octets: &[u8]) -> Result<Progress, ProxyHeaderError> {
        if begins(octets, v2::SIGNATURE) {
            v2::parse(octets)
        } else if begins(octets, v1::SIGNATURE) {
            v1::parse(octets)
        } else {
            Err(ProxyHeaderError::Signature)
        }
    }

    /// Who made the connection; `None` if the header does not say.
    pub const fn source(&self) -> Option<SocketAddr> {
        match self {
            Self::Proxied { source, .. } => Some(*source),
            Self::Own => None,
        }
    }
}

/// Whether octets begin with others, as far as they go.
fn begins(octets: &[u8], with: &[u8]) -> bool {
    octets.iter().zip(with).all(|(octet, with)| octet == with)
}

/// Those whose connections begin with a header.
#[derive(Clone, Debug, Default)]
pub(crate) struct ProxySources(Vec<IpNet>);

impl ProxySources {
    pub(crate) const fn new(ranges: Vec<IpNet>) -> Self {
        Self(ranges)
    }

    /// Whether a connection from there begins with a header.
    pub(crate) fn contains(&self, peer: IpAddr) -> bool {
        let peer = peer.to_canonical();
        self.0.iter().any(|range| range.contains(&peer))
    }
}

#[cfg(test)]
mod tests;
