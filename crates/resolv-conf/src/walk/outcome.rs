//! How a lookup ends, in the words of each resolver.

use std::fmt;
use std::net::IpAddr;

use crate::{NameFault, QueryName};

/// The end of a lookup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Addresses.
    Found {
        /// In the order of the answers, the resolver's first type first; no resolver's sorting (RFC 6724) is applied.
        addresses: Vec<IpAddr>,
        /// The name that had them; `None` for a text that is an address, and for the host's own names.
        name: Option<QueryName>,
    },
    /// Neither an address nor an error: Go, for `….onion.`
    Nothing,
    /// None, and why.
    Failed(Failure),
}

impl Outcome {
    /// The addresses; none unless [`Found`](Self::Found).
    pub fn addresses(&self) -> &[IpAddr] {
        match self {
            Self::Found { addresses, .. } => addresses,
            _ => &[],
        }
    }
}

/// An error as the program's caller sees it.
///
/// ```
/// use k8s_resolv_conf::{AresError, Eai, Failure};
/// assert_eq!(Failure::Getaddrinfo(Eai::NoName).to_string(), "EAI_NONAME (-2)");
/// assert_eq!(Failure::CAres(AresError::NotFound).to_string(), "ENOTFOUND");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Failure {
    /// getaddrinfo(3) of glibc or musl.
    Getaddrinfo(Eai),
    /// Go's net.DNSError.
    Go(GoError),
    /// c-ares' status.
    CAres(AresError),
    /// hickory-resolver's error.
    Hickory(HickoryError),
    /// The program dies: musl divides by `attempts:0` (SIGFPE).
    Crash,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Getaddrinfo(error) => error.fmt(f),
            Self::Go(error) => error.fmt(f),
            Self::CAres(error) => error.fmt(f),
            Self::Hickory(error) => error.fmt(f),
            Self::Crash => f.write_str("SIGFPE"),
        }
    }
}

impl std::error::Error for Failure {}

/// Errors of getaddrinfo(3), with the numbers of glibc's and musl's netdb.h.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Eai {
    /// -2: no such name; for glibc also a server that answered FORMERR.
    NoName,
    /// -3: try again.
    Again,
    /// -4: a failure for good.
    Fail,
    /// -5: the name exists, without an address.
    NoData,
    /// -9: an address of another family than asked for.
    AddressFamily,
}

impl Eai {
    /// The number that getaddrinfo returns.
    pub fn code(self) -> i32 {
        match self {
            Self::NoName => -2,
            Self::Again => -3,
            Self::Fail => -4,
            Self::NoData => -5,
            Self::AddressFamily => -9,
        }
    }
}

impl fmt::Display for Eai {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self {
            Self::NoName => "EAI_NONAME",
            Self::Again => "EAI_AGAIN",
            Self::Fail => "EAI_FAIL",
            Self::NoData => "EAI_NODATA",
            Self::AddressFamily => "EAI_ADDRFAMILY",
        };
        write!(f, "{name} ({})", self.code())
    }
}

/// The texts of net.DNSError.Err.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum GoError {
    /// The name does not exist, or has no address.
    NoSuchHost,
    /// A server answered with an error.
    ServerMisbehaving {
        /// SERVFAIL: DNSError.IsTemporary.
        temporary: bool,
    },
    /// No answer in time.
    Timeout,
    /// No server listens (ICMP, or a reset connection).
    ConnectionRefused,
    /// An answer with neither records nor authority nor recursion.
    LameReferral,
    /// An address of the wrong family was typed.
    NoSuitableAddress,
    /// The name can't be written into a query.
    CannotMarshal,
}

impl fmt::Display for GoError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoSuchHost => "no such host",
            Self::ServerMisbehaving { .. } => "server misbehaving",
            Self::Timeout => "i/o timeout",
            Self::ConnectionRefused => "connection refused",
            Self::LameReferral => "lame referral",
            Self::NoSuitableAddress => "no suitable address found",
            Self::CannotMarshal => "cannot marshal DNS message",
        })
    }
}

/// c-ares' status, by the name that Node shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AresError {
    /// No such name.
    NotFound,
    /// The name exists, without an address.
    NoData,
    /// A server answered SERVFAIL.
    ServFail,
    /// A server answered REFUSED.
    Refused,
    /// A server answered FORMERR.
    FormErr,
    /// A server answered NOTIMP.
    NotImp,
    /// No answer in time.
    Timeout,
    /// "Could not contact DNS servers".
    ConnectionRefused,
    /// "Misformatted domain name".
    BadName,
    /// There is no server.
    NoServer,
}

impl fmt::Display for AresError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotFound => "ENOTFOUND",
            Self::NoData => "ENODATA",
            Self::ServFail => "ESERVFAIL",
            Self::Refused => "EREFUSED",
            Self::FormErr => "EFORMERR",
            Self::NotImp => "ENOTIMP",
            Self::Timeout => "ETIMEOUT",
            Self::ConnectionRefused => "ECONNREFUSED",
            Self::BadName => "EBADNAME",
            Self::NoServer => "ENOSERVER",
        })
    }
}

/// hickory-resolver's NetError, as far as a stub meets it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum HickoryError {
    /// No records, with NXDOMAIN.
    NxDomain,
    /// No records, with NOERROR.
    NoRecordsFound,
    /// A server answered SERVFAIL.
    ServFail,
    /// A server answered REFUSED.
    Refused,
    /// A server answered FORMERR.
    FormErr,
    /// A server answered NOTIMP.
    NotImp,
    /// A server answered with another error.
    Other,
    /// No answer in time.
    Timeout,
    /// The replies of both servers that were asked at once were truncated.
    Truncated,
    /// A connection failed.
    Io,
    /// There is no server.
    NoConnections,
    /// The text is no name.
    Name(NameFault),
}

impl fmt::Display for HickoryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NxDomain => "no records found: NXDomain",
            Self::NoRecordsFound => "no records found: NoError",
            Self::ServFail => "ServFail",
            Self::Refused => "Refused",
            Self::FormErr => "FormErr",
            Self::NotImp => "NotImp",
            Self::Other => "an error response",
            Self::Timeout => "request timed out",
            Self::Truncated => "response was truncated; TCP already tried or no other transport available",
            Self::Io => "io error",
            Self::NoConnections => "no connections available",
            Self::Name(fault) => return fault.fmt(f),
        })
    }
}
