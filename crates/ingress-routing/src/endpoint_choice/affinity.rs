use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use super::hash::{mix, of_endpoint, of_ip};
use super::view::EndpointView;
use crate::table::UpstreamEndpoint;

/// The key of a client's address for [`Balance::ConsistentHash`](crate::Balance::ConsistentHash): affinity to the client without remembering
/// clients (Service, `sessionAffinity: ClientIP`).
///
/// ```
/// use ingress_routing::{Balance, EndpointView, HashBound, UpstreamEndpoint, client_key};
/// let endpoints = [
///     UpstreamEndpoint::new("10.1.0.1:80".parse()?, None),
///     UpstreamEndpoint::new("10.1.0.2:80".parse()?, None),
/// ];
/// let sticky = Balance::ConsistentHash(HashBound::None);
/// let of = |client: &str| client.parse().map(|client| sticky.choose(&EndpointView::new(&endpoints), client_key(client)));
/// assert_eq!(of("192.0.2.1")?, of("::ffff:192.0.2.1")?);
/// # Ok::<(), std::net::AddrParseError>(())
/// ```
pub fn client_key(client: IpAddr) -> u64 {
    of_ip(client)
}

/// The value of a cookie that keeps a client at an endpoint: sixteen hexadecimal digits that do not show the endpoint's address.
///
/// ```
/// use ingress_routing::{AffinityCookie, EndpointView, UpstreamEndpoint};
/// let endpoints = [
///     UpstreamEndpoint::new("10.1.0.1:80".parse()?, None),
///     UpstreamEndpoint::new("10.1.0.2:80".parse()?, None),
/// ];
/// let secret = 0x5eed;
/// let cookie = AffinityCookie::of(&endpoints[1], secret).to_string();
/// let view = EndpointView::new(&endpoints);
/// assert_eq!(cookie.parse().ok().and_then(|cookie: AffinityCookie| cookie.endpoint(&view, secret)), Some(1));
/// // The endpoint is gone: choose another and set a new cookie.
/// let fewer = EndpointView::new(&endpoints[..1]);
/// assert_eq!(cookie.parse().ok().and_then(|cookie: AffinityCookie| cookie.endpoint(&fewer, secret)), None);
/// # Ok::<(), std::net::AddrParseError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AffinityCookie(u64);

impl AffinityCookie {
    /// The cookie of an endpoint. All proxies that share clients need the same `secret`.
    pub fn of(endpoint: &UpstreamEndpoint, secret: u64) -> Self {
        Self(mix(of_endpoint(endpoint.address) ^ mix(secret)))
    }

    /// The index of the endpoint that the cookie is of; `None` if it is gone or excluded, or its weight is 0. Zones do not matter: affinity
    /// is for what an endpoint remembers.
    pub fn endpoint(&self, view: &EndpointView<'_>, secret: u64) -> Option<usize> {
        let index = view.endpoints.iter().position(|endpoint| Self::of(endpoint, secret) == *self)?;
        view.is_usable(index).then_some(index)
    }
}

impl fmt::Display for AffinityCookie {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// A text that is no [`AffinityCookie`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoAffinityCookie;

impl fmt::Display for NoAffinityCookie {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not sixteen hexadecimal digits in lower case")
    }
}

impl std::error::Error for NoAffinityCookie {}

impl FromStr for AffinityCookie {
    type Err = NoAffinityCookie;

    /// Reads what `Display` writes and nothing else.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits = text.len() == 16 && text.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'));
        let value = u64::from_str_radix(text, 16).map_err(|_| NoAffinityCookie)?;
        if digits { Ok(Self(value)) } else { Err(NoAffinityCookie) }
    }
}
