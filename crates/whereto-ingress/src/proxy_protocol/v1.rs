//! Version 1: a line for people (§2.1).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use super::{Progress, ProxyHeader, ProxyHeaderError};

pub(super) const SIGNATURE: &[u8] = b"PROXY ";
/// §2.1: "the maximum line lengths the receiver must support including the CRLF": 107.
const LONGEST: usize = 107;

pub(super) fn parse(octets: &[u8]) -> Result<Progress, ProxyHeaderError> {
    let window = octets.get(..LONGEST).unwrap_or(octets);
    let end = window.iter().position(|octet| matches!(octet, b'\r' | b'\n'));
    let end = match end.map(|end| (end, window.get(end..end + 2))) {
        Some((end, Some(b"\r\n"))) => end,
        // Neither ends a line alone, and waiting for more would not help.
        Some((end, _)) if window.get(end..) != Some(b"\r") => return Err(ProxyHeaderError::Line),
        _ if octets.len() < LONGEST => return Ok(Progress::Incomplete),
        _ => return Err(ProxyHeaderError::TooLong),
    };
    let line = window.get(SIGNATURE.len()..end).and_then(|line| std::str::from_utf8(line).ok());
    let header = line.and_then(read).ok_or(ProxyHeaderError::Line)?;
    Ok(Progress::Complete { header, length: end + 2 })
}

fn read(line: &str) -> Option<ProxyHeader> {
    // §2.1: after UNKNOWN "the receiver must ignore anything presented before the CRLF".
    if line == "UNKNOWN" || line.starts_with("UNKNOWN ") {
        return Some(ProxyHeader::Own);
    }
    let mut words = line.split(' ');
    let address: fn(&str) -> Option<IpAddr> = match words.next()? {
        "TCP4" => |text| text.parse::<Ipv4Addr>().ok().map(IpAddr::V4),
        "TCP6" => |text| text.parse::<Ipv6Addr>().ok().map(|address| address.to_canonical()),
        _ => return None,
    };
    let (from, to) = (address(words.next()?)?, address(words.next()?)?);
    let (from_port, to_port) = (port(words.next()?)?, port(words.next()?)?);
    if words.next().is_some() {
        return None;
    }
    Some(ProxyHeader::Proxied { source: SocketAddr::new(from, from_port), destination: SocketAddr::new(to, to_port) })
}

/// §2.1: "represented as a decimal integer … heading zeroes are not permitted".
fn port(text: &str) -> Option<u16> {
    let plain = text.bytes().all(|octet| octet.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    if plain { text.parse().ok() } else { None }
}
