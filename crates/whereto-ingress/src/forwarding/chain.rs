//! The addresses that a message has passed, as `X-Forwarded-For` lists them.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use http::HeaderMap;

use super::survey::X_FORWARDED_FOR;

/// The members of all `X-Forwarded-For` fields, last first; `None` for one that is no address.
pub(super) fn from_last(headers: &HeaderMap) -> impl Iterator<Item = Option<IpAddr>> + '_ {
    let mut values: Vec<&[u8]> = headers.get_all(&X_FORWARDED_FOR).iter().map(http::HeaderValue::as_bytes).collect();
    values.reverse();
    values.into_iter().flat_map(|value| value.rsplit(|octet| *octet == b',')).map(|member| {
        let text = std::str::from_utf8(member).ok()?;
        node(text.trim_matches([' ', '\t']))
    })
}

/// An address as proxies write it: with or without a port, IPv6 with or without brackets.
pub(super) fn node(text: &str) -> Option<IpAddr> {
    let address = text.parse::<IpAddr>().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|both| both.ip()));
    let bracketed = || text.strip_prefix('[')?.strip_suffix(']')?.parse::<Ipv6Addr>().ok().map(IpAddr::V6);
    address.or_else(bracketed).map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes() {
        for (text, expected) in [
            ("192.0.2.43", Some("192.0.2.43")),
            ("192.0.2.43:4711", Some("192.0.2.43")),
            ("2001:db8::17", Some("2001:db8::17")),
            ("[2001:db8::17]", Some("2001:db8::17")),
            ("[2001:db8::17]:4711", Some("2001:db8::17")),
            // RFC 4291 §2.5.5.2: the same node.
            ("::ffff:192.0.2.43", Some("192.0.2.43")),
            ("192.0.2.043", None),
            ("192.0.2.43:99999", None),
            ("unknown", None),
            ("_hidden", None),
            ("", None),
        ] {
            assert_eq!(node(text), expected.map(|address| address.parse().unwrap()), "{text}");
        }
    }
}
