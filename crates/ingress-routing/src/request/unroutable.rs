use std::fmt;

use crate::host::HostError;

/// Why a request goes to no backend, whatever the routes are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Unroutable {
    /// It breaks the rules of HTTP, or may mean different things to different readers. This is not "no such route".
    Malformed(Malformed),
    /// Its host is not the server name of its connection ([`ServerNamePolicy::Misdirect`](crate::ServerNamePolicy::Misdirect)).
    Misdirected,
    /// It is for the server as a whole, `OPTIONS *` (RFC 9110 §9.3.7), which is whoever received it.
    ServerWide,
    /// It asks for a tunnel (RFC 9110 §9.3.6), which gateways do not give.
    Connect,
}

impl Unroutable {
    /// The status to answer with.
    pub const fn status(&self) -> u16 {
        match self {
            Self::Malformed(_) => 400,
            Self::Misdirected => 421,
            Self::ServerWide => 204,
            // RFC 9110 §9.1: not implemented, for any resource.
            Self::Connect => 501,
        }
    }
}

impl From<Malformed> for Unroutable {
    fn from(malformed: Malformed) -> Self {
        Self::Malformed(malformed)
    }
}

impl fmt::Display for Unroutable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed(malformed) => malformed.fmt(f),
            Self::Misdirected => f.write_str("the request's host is not the server name of its TLS connection"),
            Self::ServerWide => f.write_str("the request is for the server as a whole"),
            Self::Connect => f.write_str("the request asks for a tunnel"),
        }
    }
}

impl std::error::Error for Unroutable {}

/// What makes a request malformed. All answer 400.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Malformed {
    /// The target has none of the forms that its method and version allow (RFC 9112 §3.2, RFC 9113 §8.3.1).
    Target,
    /// The scheme of an absolute-form target is neither `http` nor `https`.
    Scheme,
    /// The path cannot be normalised.
    Path(PathError),
    /// The query has a control character, a space or `#`.
    Query,
    /// No authority: no Host field in HTTP/1.1 (RFC 9112 §3.2), neither `:authority` nor Host later (RFC 9113 §8.3.1).
    MissingHost,
    /// More than one Host field, equal or not (RFC 9112 §3.2).
    SeveralHosts,
    /// The authority names no host.
    Host(HostError),
    /// The authority has user information (RFC 9110 §4.2.4).
    UserInfo,
    /// What follows the host's colon is no port number.
    Port,
    /// Two authorities that differ: `:authority` and Host (RFC 9113 §8.3.1), or, with
    /// [`AbsoluteFormHost::Refuse`](crate::AbsoluteFormHost::Refuse), target and Host.
    AuthoritiesDiffer,
}

impl From<PathError> for Malformed {
    fn from(error: PathError) -> Self {
        Self::Path(error)
    }
}

impl From<HostError> for Malformed {
    fn from(error: HostError) -> Self {
        Self::Host(error)
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Path(error) => return error.fmt(f),
            Self::Host(error) => return error.fmt(f),
            Self::Target => "the request target has no form that its method and version allow",
            Self::Scheme => "the scheme of the request target is neither http nor https",
            Self::Query => "the query has a control character, a space or `#`",
            Self::MissingHost => "the request names no host",
            Self::SeveralHosts => "there is more than one Host field",
            Self::UserInfo => "the authority has user information",
            Self::Port => "what follows the host's colon is no port number",
            Self::AuthoritiesDiffer => "the request names two authorities",
        })
    }
}

impl std::error::Error for Malformed {}

/// Why a path has no normal form. Places are counted in octets from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PathError {
    /// It does not begin with `/`.
    NotAbsolute,
    /// `%` without two hexadecimal digits.
    Escape {
        /// Where the `%` is.
        at: usize,
    },
    /// NUL, as it is or as `%00`.
    Nul {
        /// Where it is.
        at: usize,
    },
    /// A control character, a space or `?`.
    Octet {
        /// Where it is.
        at: usize,
    },
    /// `#`: a request target has no fragment (RFC 9112 §3.2).
    Fragment,
    /// `..` where no element is left to remove.
    AboveRoot,
    /// `%2F`, which an option refuses.
    EncodedSlash,
    /// `\` or `%5C`, which an option refuses.
    Backslash,
    /// `%3B`, which an option refuses.
    EncodedSemicolon,
    /// An element that begins with `.;` or `..;`, which an option refuses.
    DotSegmentParameters,
    /// An octet outside ASCII, which an option refuses.
    NonAscii {
        /// Where it is.
        at: usize,
    },
}

impl fmt::Display for PathError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Escape { at } => return write!(f, "octet {at} of the path is `%` without two hexadecimal digits"),
            Self::Nul { at } => return write!(f, "octet {at} of the path is NUL"),
            Self::Octet { at } => return write!(f, "octet {at} of the path is a control character, a space or `?`"),
            Self::NonAscii { at } => return write!(f, "octet {at} of the path is not ASCII"),
            Self::NotAbsolute => "the path does not begin with `/`",
            Self::Fragment => "the request target has a fragment",
            Self::AboveRoot => "the path leads above its root",
            Self::EncodedSlash => "the path has an encoded slash",
            Self::Backslash => "the path has a backslash",
            Self::EncodedSemicolon => "the path has an encoded semicolon",
            Self::DotSegmentParameters => "the path has a dot segment with parameters",
        })
    }
}

impl std::error::Error for PathError {}
