//! Addresses as C libraries read them.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6};

use crate::Nameserver;

use super::number::digits;

/// The port of DNS.
const DNS: u16 = 53;

/// A server at an IPv4 address.
pub(super) fn v4(address: Ipv4Addr) -> Nameserver {
    Nameserver::new(SocketAddr::new(IpAddr::V4(address), DNS))
}

/// A server at an IPv6 address with a scope, 0 for none.
pub(super) fn v6(address: Ipv6Addr, scope: u32) -> Nameserver {
    Nameserver::new(SocketAddrV6::new(address, DNS, 0, scope).into())
}

/// An IPv6 address; `inet_pton` and the standard library agree on its forms.
pub(super) fn parse_v6(text: &[u8]) -> Option<Ipv6Addr> {
    str::from_utf8(text).ok()?.parse().ok()
}

/// `inet_aton` over the whole text: one to four numbers, decimal, octal (`010`) or hexadecimal (`0x7f`), of which the last fills
/// what is left.
pub(super) fn inet_aton(text: &[u8]) -> Option<Ipv4Addr> {
    let parts: Vec<u64> = text.split(|&octet| octet == b'.').map(c_number).collect::<Option<_>>()?;
    let (&last, first) = parts.split_last()?;
    if first.len() > 3 || first.iter().any(|&part| part > 255) {
        return None;
    }
    let room = 32 - 8 * u32::try_from(first.len()).ok()?;
    if last >= 1 << room {
        return None;
    }
    let high = first.iter().fold(0, |sum, part| sum << 8 | part) << room;
    Some(Ipv4Addr::from_bits(u32::try_from(high | last).ok()?))
}

/// C's `strtoul` with base 0 over the whole text, which has to begin with a digit.
fn c_number(text: &[u8]) -> Option<u64> {
    let (radix, number) = match text {
        [b'0', b'x' | b'X', number @ ..] => (16, number),
        [b'0', number @ ..] if !number.is_empty() => (8, number),
        _ => (10, text),
    };
    if number.is_empty() {
        return None;
    }
    number.iter().try_fold(0_u64, |sum, &octet| {
        let digit = char::from(octet).to_digit(radix)?;
        Some(sum.saturating_mul(u64::from(radix)).saturating_add(u64::from(digit)))
    })
}

/// Whether an address needs a scope: link-local, unicast or multicast.
pub(super) fn is_link_local(address: Ipv6Addr) -> bool {
    address.is_unicast_link_local() || address.segments().first().is_some_and(|high| high & 0xff0f == 0xff02)
}

/// An IPv4 address as c-ares reads one without a mask: up to four decimal octets, leading zeros allowed, missing ones 0.
pub(super) fn c_ares_v4(text: &[u8]) -> Option<Ipv4Addr> {
    let mut octets = [0; 4];
    let mut places = octets.iter_mut();
    for part in text.split(|&octet| octet == b'.') {
        match digits(part) {
            (value, []) if !part.is_empty() => *places.next()? = u8::try_from(value).ok()?,
            _ => return None,
        }
    }
    Some(octets.into())
}
