use std::fmt;

use super::unroutable::Malformed;
use crate::host::{Host, HostBuffer, HostName};

/// Where a request's authority was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AuthoritySource {
    /// The Host field.
    HostField,
    /// The target in absolute form; what the Host field said was ignored (RFC 9112 §3.2.2).
    AbsoluteForm,
    /// `:authority`.
    PseudoHeader,
}

impl fmt::Display for AuthoritySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::HostField => "the Host field",
            Self::AbsoluteForm => "the request target",
            Self::PseudoHeader => ":authority",
        })
    }
}

/// A host and maybe a port. It displays in normal form: lower case, no final dot, the port as a plain number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Authority<'a> {
    /// The host.
    pub host: Host<'a>,
    /// The port, where one is written. Routing does not look at it.
    pub port: Option<u16>,
}

impl<'a> Authority<'a> {
    /// Reads `host[:port]` (RFC 9110 §7.2). A colon with nothing behind it counts as no port (RFC 3986 §6.2.3).
    ///
    /// # Errors
    /// When the host is none, the port is no number up to 65535, or there is user information (RFC 9110 §4.2.4).
    ///
    /// ```
    /// use ingress_routing::{Authority, HostBuffer, Malformed};
    /// let mut buffer = HostBuffer::new();
    /// assert_eq!(Authority::parse("[2001:DB8::1]:0443", &mut buffer)?.to_string(), "[2001:db8::1]:443");
    /// assert_eq!(Authority::parse("user@shop.example", &mut buffer), Err(Malformed::UserInfo));
    /// # Ok::<(), Malformed>(())
    /// ```
    pub fn parse<T: AsRef<[u8]> + ?Sized>(text: &'a T, buffer: &'a mut HostBuffer) -> Result<Self, Malformed> {
        let text = text.as_ref();
        // A name without port, as most are.
        if let Some(name) = HostName::plain(text) {
            return Ok(Self { host: Host::Name(name), port: None });
        }
        if text.contains(&b'@') {
            return Err(Malformed::UserInfo);
        }
        // The colons of an IPv6 address stand before its bracket.
        let colon =
            text.iter().rposition(|octet| matches!(octet, b':' | b']')).filter(|&at| text.get(at) == Some(&b':'));
        let (host, port) = match colon.and_then(|at| text.split_at_checked(at)) {
            // Two colons without brackets: the host's octets are what is wrong.
            Some((host, _)) if !host.starts_with(b"[") && host.contains(&b':') => (text, None),
            Some((host, port)) => (host, read_port(port.get(1..).unwrap_or_default())?),
            None => (text, None),
        };
        Ok(Self { host: Host::parse(host, buffer)?, port })
    }

    /// Whether both mean the same where `port` is meant unless another is written.
    pub(super) fn same(&self, other: &Self, port: u16) -> bool {
        self.host == other.host && self.port.unwrap_or(port) == other.port.unwrap_or(port)
    }
}

impl fmt::Display for Authority<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.host.fmt(f)?;
        self.port.map_or(Ok(()), |port| write!(f, ":{port}"))
    }
}

fn read_port(digits: &[u8]) -> Result<Option<u16>, Malformed> {
    if digits.is_empty() {
        return Ok(None);
    }
    let mut port = 0u16;
    for digit in digits {
        if !digit.is_ascii_digit() {
            return Err(Malformed::Port);
        }
        port = port.checked_mul(10).and_then(|port| port.checked_add((digit - b'0').into())).ok_or(Malformed::Port)?;
    }
    Ok(Some(port))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::HostError;

    #[test]
    fn authorities() {
        for (text, expected) in [
            ("shop.example", Ok("shop.example")),
            ("Shop.Example.:8080", Ok("shop.example:8080")),
            // RFC 3986 §6.2.3: "http://example.com:/" is "http://example.com/".
            ("shop.example:", Ok("shop.example")),
            ("shop.example:00080", Ok("shop.example:80")),
            ("shop.example:65535", Ok("shop.example:65535")),
            ("shop.example:65536", Err(Malformed::Port)),
            ("shop.example:99999999", Err(Malformed::Port)),
            ("shop.example:abc", Err(Malformed::Port)),
            ("shop.example:+80", Err(Malformed::Port)),
            ("shop.example: 80", Err(Malformed::Port)),
            ("192.0.2.1:80", Ok("192.0.2.1:80")),
            ("[::1]", Ok("[::1]")),
            ("[::1]:80", Ok("[::1]:80")),
            ("[::1]:", Ok("[::1]")),
            ("[::1]80", Err(Malformed::Host(HostError::Ipv6))),
            ("[::1:80", Err(Malformed::Host(HostError::Ipv6))),
            ("::1", Err(Malformed::Host(HostError::Octet { at: 0 }))),
            ("a:80:80", Err(Malformed::Host(HostError::Octet { at: 1 }))),
            ("", Err(Malformed::Host(HostError::Empty))),
            (":80", Err(Malformed::Host(HostError::Empty))),
            ("user@a", Err(Malformed::UserInfo)),
            ("user:word@a:80", Err(Malformed::UserInfo)),
            ("@a", Err(Malformed::UserInfo)),
        ] {
            let mut buffer = HostBuffer::new();
            let read = Authority::parse(text, &mut buffer).map(|authority| authority.to_string());
            assert_eq!(read.as_deref().map_err(|error| *error), expected, "{text}");
        }
    }
}
