use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

use crate::scan::{any_pair, find};

/// Longest host name in octets, without a final dot: a DNS name of 255 octets in wire form (RFC 1035 §2.3.4), as Kubernetes counts it
/// (DNS-1123 subdomain).
pub const MAX_HOST: usize = 253;

/// Where a host name that has upper-case letters is written in lower case. One serves any number of names, one after another.
#[derive(Clone, Debug)]
pub struct HostBuffer([u8; MAX_HOST]);

impl HostBuffer {
    /// An empty buffer.
    pub const fn new() -> Self {
        Self([0; MAX_HOST])
    }
}

impl Default for HostBuffer {
    fn default() -> Self {
        Self::new()
    }
}

/// A host as it is compared: a DNS name in lower case without a final dot, or an IP address.
///
/// The same code reads the host of a request (RFC 9110 §7.2) and the server name of a TLS handshake (RFC 6066 §3), so both
/// find the same [`HostPattern`](crate::HostPattern).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(clippy::exhaustive_enums, reason = "RFC 3986 §3.2.2 knows these three; IPvFuture is refused")]
pub enum Host<'a> {
    /// A DNS name.
    Name(HostName<'a>),
    /// An IPv4 address.
    Ipv4(Ipv4Addr),
    /// An IPv6 address.
    Ipv6(Ipv6Addr),
}

impl<'a> Host<'a> {
    /// Reads a host without a port: a name, an IPv4 address or an IPv6 address in brackets.
    ///
    /// Letters are folded to lower case (RFC 9110 §4.2.3), one final dot is dropped: `example.com.` is `example.com` (RFC 1034 §3.1).
    /// Names consist of ASCII letters, digits, `-`, `_` and dots: internationalised names come as A-labels (RFC 5890 §2.3.2.1), and
    /// nothing is percent-decoded. What is written as an IPv4 address is one (RFC 3986 §3.2.2), never a name.
    /// Only a name with upper-case letters is copied, into `buffer`.
    ///
    /// # Errors
    /// When the text is none of these.
    ///
    /// ```
    /// use ingress_routing::{Host, HostBuffer};
    /// let mut buffer = HostBuffer::new();
    /// let host = Host::parse("Shop.Example.COM.", &mut buffer)?;
    /// assert_eq!(host.name().map(|name| name.as_str()), Some("shop.example.com"));
    /// assert_eq!(Host::parse("[::1]", &mut buffer)?.to_string(), "[::1]");
    /// assert!(Host::parse("bücher.example", &mut buffer).is_err());
    /// # Ok::<(), ingress_routing::HostError>(())
    /// ```
    pub fn parse<T: AsRef<[u8]> + ?Sized>(text: &'a T, buffer: &'a mut HostBuffer) -> Result<Self, HostError> {
        let text = text.as_ref();
        if let Some(name) = HostName::plain(text) {
            return Ok(Self::Name(name));
        }
        if let Some(bracketed) = text.strip_prefix(b"[") {
            let inner = bracketed.strip_suffix(b"]").ok_or(HostError::Ipv6)?;
            let inner = std::str::from_utf8(inner).map_err(|_| HostError::Ipv6)?;
            // Zone identifiers have no place in a request: they mean nothing but on the host that names them (RFC 9844).
            return inner.parse().map(Self::Ipv6).map_err(|_| HostError::Ipv6);
        }
        let text = text.strip_suffix(b".").unwrap_or(text);
        let upper_case = check_name(text)?;
        let folded: &'a [u8] = if upper_case {
            let room = buffer.0.get_mut(..text.len()).ok_or(HostError::TooLong)?;
            for (to, from) in room.iter_mut().zip(text) {
                *to = from.to_ascii_lowercase();
            }
            room
        } else {
            text
        };
        let name = HostName(folded);
        // Hardly any name ends in a digit: the others are spared the parser of addresses.
        let address = folded.last().is_some_and(u8::is_ascii_digit).then(|| name.as_str().parse().ok()).flatten();
        Ok(address.map_or(Self::Name(name), Self::Ipv4))
    }

    /// The DNS name; `None` for an address.
    pub const fn name(&self) -> Option<HostName<'a>> {
        match self {
            Self::Name(name) => Some(*name),
            _ => None,
        }
    }
}

impl fmt::Display for Host<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => name.fmt(f),
            Self::Ipv4(address) => address.fmt(f),
            Self::Ipv6(address) => write!(f, "[{address}]"),
        }
    }
}

/// A DNS name in lower case, without a final dot, no label of it empty, at most [`MAX_HOST`] octets long.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct HostName<'a>(
    /// Letters, digits, `-`, `_` and dots. Routing compares octets and is spared the check that they are UTF-8.
    &'a [u8],
);

impl<'a> HostName<'a> {
    /// The text as a name, where nothing has to be changed and it cannot be an address; `None` also where a closer look has to tell.
    pub(crate) fn plain(text: &'a [u8]) -> Option<Self> {
        is_plain(text).then_some(Self(text))
    }

    /// The text. Unlike [`as_bytes`](Self::as_bytes), it is read once more.
    pub const fn as_str(&self) -> &'a str {
        match std::str::from_utf8(self.0) {
            Ok(text) => text,
            // There is no such name: all octets are ASCII.
            Err(_) => "",
        }
    }

    /// The octets of the text.
    pub const fn as_bytes(&self) -> &'a [u8] {
        self.0
    }

    /// The name without its first label, which is what a wildcard has after `*.`; `None` for a name of one label.
    ///
    /// ```
    /// use ingress_routing::{Host, HostBuffer};
    /// let mut buffer = HostBuffer::new();
    /// let Host::Name(name) = Host::parse("a.shop.example", &mut buffer)? else { unreachable!() };
    /// assert_eq!(name.parent(), Some("shop.example"));
    /// # Ok::<(), ingress_routing::HostError>(())
    /// ```
    pub fn parent(&self) -> Option<&'a str> {
        self.as_str().split_once('.').map(|(_, parent)| parent)
    }

    /// The octets of [`parent`](Self::parent).
    pub(crate) fn parent_bytes(&self) -> Option<&'a [u8]> {
        let dot = find(self.0, b'.')?;
        self.0.get(dot + 1..)
    }
}

impl fmt::Debug for HostName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("HostName").field(&self.as_str()).finish()
    }
}

impl fmt::Display for HostName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why a text is no host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum HostError {
    /// Nothing there. An http URI's host is never empty (RFC 9110 §4.2.1).
    Empty,
    /// Two dots in a row, a dot in front, or more than one at the end.
    EmptyLabel,
    /// Longer than [`MAX_HOST`].
    TooLong,
    /// An octet that no host name has.
    Octet {
        /// Its place, counted from 0.
        at: usize,
    },
    /// What stands in brackets is no IPv6 address (RFC 3986 §3.2.2), or a bracket is missing.
    Ipv6,
}

impl fmt::Display for HostError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("the host is empty"),
            Self::EmptyLabel => f.write_str("the host has an empty label"),
            Self::TooLong => write!(f, "the host is longer than {MAX_HOST} octets"),
            Self::Octet { at } => write!(
                f,
                "octet {at} of the host is none of ASCII letters, digits, `-`, `_` and `.`; internationalised names are written as A-labels"
            ),
            Self::Ipv6 => f.write_str("the brackets do not hold an IPv6 address"),
        }
    }
}

impl std::error::Error for HostError {}

/// Whether the text is a name as it is compared, as nearly all are: [`check_name`] would find nothing, nothing has to be changed, and it is no
/// address.
fn is_plain(text: &[u8]) -> bool {
    let (Some(first), Some(last)) = (text.first(), text.last()) else { return false };
    let dot = |octet: u8| octet == b'.';
    text.len() <= MAX_HOST
        && is_plain_octet(*first)
        && !dot(*first)
        && !dot(*last)
        && !last.is_ascii_digit()
        && !any_pair(text, |octet, next| !is_plain_octet(next) | (dot(octet) & dot(next)))
}

/// Whether names that need no change have the octet. Without branches, so that many are looked at in one step.
#[inline(always)]
fn is_plain_octet(octet: u8) -> bool {
    // From `-` to `9` are `-`, `.`, `/` and the digits.
    (octet.wrapping_sub(b'a') < 26) | ((octet.wrapping_sub(b'-') < 13) & (octet != b'/')) | (octet == b'_')
}

/// Whether the name has upper-case letters.
fn check_name(text: &[u8]) -> Result<bool, HostError> {
    if text.is_empty() {
        return Err(HostError::Empty);
    }
    if text.len() > MAX_HOST {
        return Err(HostError::TooLong);
    }
    let mut upper_case = false;
    // A dot where a label would begin ends an empty one.
    let mut label_begins = true;
    for (at, octet) in text.iter().enumerate() {
        match octet {
            b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' => label_begins = false,
            b'A'..=b'Z' => (upper_case, label_begins) = (true, false),
            b'.' if label_begins => return Err(HostError::EmptyLabel),
            b'.' => label_begins = true,
            _ => return Err(HostError::Octet { at }),
        }
    }
    if label_begins { Err(HostError::EmptyLabel) } else { Ok(upper_case) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: impl AsRef<[u8]>) -> Result<String, HostError> {
        Host::parse(text.as_ref(), &mut HostBuffer::new()).map(|host| host.to_string())
    }

    #[test]
    fn names_are_folded_and_lose_one_final_dot() {
        for (text, expected) in [
            ("shop.example", "shop.example"),
            ("Shop.EXAMPLE", "shop.example"),
            // RFC 1034 §3.1: the final dot is the root's.
            ("shop.example.", "shop.example"),
            ("localhost", "localhost"),
            // DNS has them (RFC 2181 §11), and ingress-nginx' wildcards match them.
            ("_dmarc.shop.example", "_dmarc.shop.example"),
            ("-a-.shop.example", "-a-.shop.example"),
            ("XN--Bcher-KVA.example", "xn--bcher-kva.example"),
            // RFC 3986 §3.2.2: what is no IPv4address is a name.
            ("1.2.3", "1.2.3"),
            ("256.1.1.1", "256.1.1.1"),
            ("1.2.3.4.5", "1.2.3.4.5"),
            ("01.2.3.4", "01.2.3.4"),
        ] {
            assert_eq!(parsed(text).as_deref(), Ok(expected), "{text}");
            assert!(Host::parse(text, &mut HostBuffer::new()).unwrap().name().is_some(), "{text}");
        }
    }

    #[test]
    fn addresses_are_no_names() {
        for (text, expected) in [
            ("192.0.2.1", "192.0.2.1"),
            ("192.0.2.1.", "192.0.2.1"),
            ("[::1]", "[::1]"),
            ("[2001:DB8:0::1]", "[2001:db8::1]"),
            ("[::ffff:192.0.2.1]", "[::ffff:192.0.2.1]"),
        ] {
            assert_eq!(parsed(text).as_deref(), Ok(expected), "{text}");
            assert_eq!(Host::parse(text, &mut HostBuffer::new()).unwrap().name(), None, "{text}");
        }
    }

    #[test]
    fn what_is_no_host_is_refused() {
        for (text, error) in [
            ("", HostError::Empty),
            (".", HostError::Empty),
            ("..", HostError::EmptyLabel),
            (".a", HostError::EmptyLabel),
            ("a..b", HostError::EmptyLabel),
            ("a..", HostError::EmptyLabel),
            ("::1", HostError::Octet { at: 0 }),
            ("[::1", HostError::Ipv6),
            ("[::1]x", HostError::Ipv6),
            ("[::1].", HostError::Ipv6),
            ("[]", HostError::Ipv6),
            ("[192.0.2.1]", HostError::Ipv6),
            // RFC 6874's zone identifiers are withdrawn (RFC 9844), IPvFuture never came.
            ("[fe80::1%25eth0]", HostError::Ipv6),
            ("[v1.a]", HostError::Ipv6),
            ("a, b", HostError::Octet { at: 1 }),
            ("a b", HostError::Octet { at: 1 }),
            ("a\0b", HostError::Octet { at: 1 }),
            ("user@a", HostError::Octet { at: 4 }),
            ("a%2eb", HostError::Octet { at: 1 }),
            ("a\\b", HostError::Octet { at: 1 }),
            ("a/b", HostError::Octet { at: 1 }),
            ("*.a", HostError::Octet { at: 0 }),
            ("bücher.example", HostError::Octet { at: 1 }),
            // U+212A KELVIN SIGN folds to an ASCII letter in Unicode: not here.
            ("\u{212a}.example", HostError::Octet { at: 0 }),
        ] {
            assert_eq!(parsed(text), Err(error), "{text:?}");
        }
        assert_eq!(parsed(b"a\xff"), Err(HostError::Octet { at: 1 }));
    }

    #[test]
    fn the_longest_name_has_253_octets() {
        let longest = "A.".repeat(126) + "A";
        assert_eq!(longest.len(), MAX_HOST);
        assert!(parsed(&longest).is_ok());
        assert!(parsed(longest.clone() + ".").is_ok());
        assert_eq!(parsed(longest + "a"), Err(HostError::TooLong));
    }

    /// What [`is_plain`] takes as it is, the parser that goes octet by octet would.
    #[test]
    fn plain_names_are_names() {
        let octets = (0..=u8::MAX).flat_map(|octet| [vec![octet], vec![b'a', octet, b'a'], vec![b'-', octet]]);
        let ends = ["a", "a.", "a..", ".a", "0", "a.0", "0.0.0.0"].map(|end| end.as_bytes().to_vec());
        for end in octets.chain(ends) {
            for length in 0..40 {
                for text in [[&vec![b'x'; length][..], &end].concat(), [&end[..], &vec![b'x'; length]].concat()] {
                    let address = std::str::from_utf8(&text).is_ok_and(|text| text.parse::<Ipv4Addr>().is_ok());
                    let plain = check_name(&text) == Ok(false) && !address;
                    let digit = text.last().is_some_and(u8::is_ascii_digit);
                    assert_eq!(is_plain(&text), plain && !digit, "{}", text.escape_ascii());
                }
            }
        }
    }
}
