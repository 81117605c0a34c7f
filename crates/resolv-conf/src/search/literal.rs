//! Texts that are addresses: no program asks a server for them, but the programs differ in what they take for one.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::walk::{AresError, Eai, Failure, Families, GoError};
use crate::{MuslVersion, StubResolver};

/// What a text is to a resolver.
pub(super) enum Literal {
    /// Not an address: a name.
    Name,
    /// An address, which is the answer.
    Address(IpAddr),
    /// An address that can't be the answer, or a faulty one.
    Refused(Failure),
}

pub(super) fn literal(resolver: StubResolver, text: &str, families: Families) -> Literal {
    match resolver {
        StubResolver::Glibc(_) => match libc(text, families, Failure::Getaddrinfo(Eai::AddressFamily)) {
            // __nss_hostname_digits_dots, on the way of IPv4 alone.
            Literal::Name if families == Families::V4 && is_numeric(text) => {
                Literal::Refused(Failure::Getaddrinfo(Eai::NoName))
            }
            literal => literal,
        },
        StubResolver::Musl(MuslVersion::V1_2_3) => libc(text, families, Failure::Getaddrinfo(Eai::NoName)),
        StubResolver::Musl(_) => libc(text, families, Failure::Getaddrinfo(Eai::NoData)),
        StubResolver::Go => go(text, families),
        StubResolver::CAres => c_ares(text, families),
        // IntoName::to_ip: std's parser, whatever the families; no scope.
        StubResolver::Hickory => text.parse().map_or(Literal::Name, Literal::Address),
    }
}

/// glibc's gaih_inet and musl's __lookup_ipliteral: inet_aton's forms, and IPv6 with a scope.
fn libc(text: &str, families: Families, other_family: Failure) -> Literal {
    let address = match inet_aton(text) {
        Some(address) => IpAddr::V4(address),
        None => match scoped(text) {
            Some((address, _)) => IpAddr::V6(address),
            None => return Literal::Name,
        },
    };
    if families.hold(address) { Literal::Address(address) } else { Literal::Refused(other_family) }
}

/// Go's netip.ParseAddr: four decimal numbers without leading zeros, or IPv6 with any zone. The other family is filtered afterwards.
fn go(text: &str, families: Families) -> Literal {
    let address = match text.parse::<Ipv4Addr>() {
        Ok(address) => IpAddr::V4(address),
        Err(_) => match scoped(text) {
            Some((_, Some(""))) | None => return Literal::Name,
            Some((address, Some(_))) if address.to_ipv4_mapped().is_some() => return Literal::Name,
            Some((address, _)) => IpAddr::V6(address),
        },
    };
    if families.hold(address.to_canonical()) {
        Literal::Address(address)
    } else {
        Literal::Refused(Failure::Go(GoError::NoSuitableAddress))
    }
}

/// Digits and dots, a digit first and last.
fn is_numeric(text: &str) -> bool {
    let numeric = text.bytes().all(|octet| octet.is_ascii_digit() || octet == b'.');
    numeric && text.starts_with(|first: char| first.is_ascii_digit()) && !text.ends_with('.')
}

/// c-ares' fake_addrinfo: three dots and nothing but digits, with leading zeros read as decimal, whatever the families; or IPv6 without a scope, which is an error.
fn c_ares(text: &str, families: Families) -> Literal {
    let dotted = text.bytes().all(|octet| octet.is_ascii_digit() || octet == b'.');
    if dotted && text.matches('.').count() == 3 {
        let mut numbers = text.split('.').map(|part| if part.len() > 3 { None } else { part.parse::<u8>().ok() });
        if let (Some(Some(a)), Some(Some(b)), Some(Some(c)), Some(Some(d))) =
            (numbers.next(), numbers.next(), numbers.next(), numbers.next())
        {
            return Literal::Address(Ipv4Addr::new(a, b, c, d).into());
        }
    }
    match text.parse::<Ipv6Addr>() {
        Ok(address) if families != Families::V4 => Literal::Address(address.into()),
        _ if text.contains(':') => Literal::Refused(Failure::CAres(AresError::BadName)),
        _ => Literal::Name,
    }
}

/// An IPv6 address and what follows its `%`. Which interfaces there are is the host's affair: any scope is taken.
fn scoped(text: &str) -> Option<(Ipv6Addr, Option<&str>)> {
    let (address, scope) = match text.split_once('%') {
        Some((address, scope)) => (address, Some(scope)),
        None => (text, None),
    };
    Some((address.parse().ok()?, scope))
}

/// inet_aton(3): one to four numbers, each decimal, octal after `0` or hexadecimal after `0x`; the last fills the octets that are left.
fn inet_aton(text: &str) -> Option<Ipv4Addr> {
    let mut value = 0_u64;
    let mut parts = text.split('.').peekable();
    let mut octets_left = 4_u32;
    while let Some(part) = parts.next() {
        let number = aton_number(part)?;
        octets_left = octets_left.checked_sub(1)?;
        if parts.peek().is_none() {
            let room = 8 * (octets_left + 1);
            return (number >> room == 0).then(|| Ipv4Addr::from(((value << room) | number) as u32));
        }
        if number > 255 {
            return None;
        }
        value = (value << 8) | number;
    }
    None
}

fn aton_number(part: &str) -> Option<u64> {
    let (digits, radix) = match part.strip_prefix("0x").or_else(|| part.strip_prefix("0X")) {
        Some(digits) => (digits, 16),
        None if part.len() > 1 && part.starts_with('0') => (part, 8),
        None => (part, 10),
    };
    // from_str_radix takes a sign, strtoul's callers here do not.
    if !digits.bytes().all(|octet| octet.is_ascii_hexdigit()) {
        return None;
    }
    u64::from_str_radix(digits, radix).ok().filter(|number| *number <= u64::from(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inet_aton_takes_its_forms() {
        // inet_aton(3); `010.0.0.1` as measured with glibc 2.36 and musl 1.2.6.
        let cases: [(&str, Option<[u8; 4]>); 13] = [
            ("1.2.3.4", Some([1, 2, 3, 4])),
            ("1.2.3", Some([1, 2, 0, 3])),
            ("1234", Some([0, 0, 4, 210])),
            ("0x7f.1", Some([127, 0, 0, 1])),
            ("010.0.0.1", Some([8, 0, 0, 1])),
            ("4294967295", Some([255; 4])),
            ("4294967296", None),
            ("1.2.3.256", None),
            ("1.2.3.4.", None),
            ("08.1.1.1", None),
            ("+1.2.3.4", None),
            ("", None),
            ("1.2.3.4.5", None),
        ];
        for (text, expected) in cases {
            assert_eq!(inet_aton(text), expected.map(Ipv4Addr::from), "{text}");
        }
    }
}
