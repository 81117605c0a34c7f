use std::fmt;
use std::net::IpAddr;

use super::target::RequestTarget;

/// How the connection carries requests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(clippy::exhaustive_enums, reason = "RFC 9110 §4.2 has these two")]
pub enum Scheme {
    /// In clear text.
    #[default]
    Http,
    /// Over TLS.
    Https,
}

impl Scheme {
    /// The scheme as URIs spell it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }

    /// The port that is meant where none is written (RFC 9110 §4.2.1, §4.2.2).
    pub const fn default_port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
        }
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The version of HTTP by which a request came: it decides where the authority stands and whether it may be missing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Version {
    /// HTTP/1.0: needs no Host field.
    Http10,
    /// HTTP/1.1.
    #[default]
    Http11,
    /// HTTP/2: `:authority`, `:path`.
    Http2,
    /// HTTP/3: as HTTP/2.
    Http3,
}

impl Version {
    /// Whether the request line is one of HTTP/1.
    pub const fn is_http1(self) -> bool {
        matches!(self, Self::Http10 | Self::Http11)
    }
}

/// The values of a request's Host fields: as much of them as decides.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum HostValues<'a> {
    /// There is none.
    #[default]
    None,
    /// There is one.
    One(&'a [u8]),
    /// There are more, equal or not.
    Several,
}

impl<'a> FromIterator<&'a [u8]> for HostValues<'a> {
    fn from_iter<I: IntoIterator<Item = &'a [u8]>>(values: I) -> Self {
        let mut values = values.into_iter();
        match (values.next(), values.next()) {
            (None, _) => Self::None,
            (Some(one), None) => Self::One(one),
            _ => Self::Several,
        }
    }
}

/// What a request says of where it goes, as it came over the wire: nothing in it is checked or changed.
///
/// ```
/// use ingress_routing::{RequestBuffer, RequestHead, RequestOptions, Scheme};
/// let head = RequestHead::new("GET", "/%7Euser/./cart?x=1").with_host("Shop.example:8443").with_scheme(Scheme::Https);
/// let mut buffer = RequestBuffer::new();
/// let request = head.read(&RequestOptions::default(), &mut buffer)?;
/// assert_eq!(request.host().map(|host| host.to_string()).as_deref(), Some("shop.example"));
/// assert_eq!(request.path().as_str(), "/~user/cart");
/// assert!(request.path().changed());
/// assert_eq!(request.query(), Some(&b"x=1"[..]));
/// # Ok::<(), ingress_routing::Unroutable>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct RequestHead<'a> {
    /// The method, letter case kept (RFC 9110 §9.1).
    pub method: &'a str,
    /// The request target: that of the request line, or `:path`.
    pub target: RequestTarget<'a>,
    /// `:authority`, of HTTP/2 and HTTP/3 only.
    pub authority: Option<&'a [u8]>,
    /// The Host fields.
    pub hosts: HostValues<'a>,
    /// How the connection carries requests, for all that the embedder knows of proxies before it. What the target says of it is not believed.
    pub scheme: Scheme,
    /// The version.
    pub version: Version,
    /// The server name of the TLS handshake (RFC 6066 §3).
    pub server_name: Option<&'a [u8]>,
    /// The client's address, for affinity to it.
    pub peer: Option<IpAddr>,
}

impl<'a> RequestHead<'a> {
    /// A request of HTTP/1.1 in clear text, so far without Host field.
    pub fn new<T: AsRef<[u8]> + ?Sized>(method: &'a str, target: &'a T) -> Self {
        Self {
            method,
            target: RequestTarget::Raw(target.as_ref()),
            authority: None,
            hosts: HostValues::None,
            scheme: Scheme::Http,
            version: Version::Http11,
            server_name: None,
            peer: None,
        }
    }

    /// With one more Host field.
    #[must_use]
    pub fn with_host<T: AsRef<[u8]> + ?Sized>(self, value: &'a T) -> Self {
        let hosts = match self.hosts {
            HostValues::None => HostValues::One(value.as_ref()),
            _ => HostValues::Several,
        };
        Self { hosts, ..self }
    }

    /// With `:authority`.
    #[must_use]
    pub fn with_authority<T: AsRef<[u8]> + ?Sized>(self, authority: &'a T) -> Self {
        Self { authority: Some(authority.as_ref()), ..self }
    }

    /// Over clear text or TLS.
    #[must_use]
    pub const fn with_scheme(self, scheme: Scheme) -> Self {
        Self { scheme, ..self }
    }

    /// By another version of HTTP.
    #[must_use]
    pub const fn with_version(self, version: Version) -> Self {
        Self { version, ..self }
    }

    /// After a handshake for this server name.
    #[must_use]
    pub fn with_server_name<T: AsRef<[u8]> + ?Sized>(self, server_name: &'a T) -> Self {
        Self { server_name: Some(server_name.as_ref()), ..self }
    }

    /// From this client.
    #[must_use]
    pub const fn with_peer(self, peer: IpAddr) -> Self {
        Self { peer: Some(peer), ..self }
    }
}
