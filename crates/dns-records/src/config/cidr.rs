//! Address ranges as reverse zones.

use std::fmt;
use std::net::IpAddr;

use crate::name::Name;

/// Why a text is no address range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CidrError {
    /// What stands before the slash is no IP address.
    Address,
    /// What stands after it is no prefix length of the family.
    PrefixLength,
}

impl fmt::Display for CidrError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Address => "not an IP address before the slash",
            Self::PrefixLength => "not a prefix length after the slash (0–32 for IPv4, 0–128 for IPv6)",
        })
    }
}

impl std::error::Error for CidrError {}

/// The reverse zones that cover `cidr`: one where the prefix ends at an octet (IPv4, RFC 1035 §3.5) or nibble
/// (IPv6, RFC 3596 §2.5) border, else one for each value of the started octet or nibble. A prefix longer than
/// the last border but one is served as a whole zone of that border (`/25` as its `/24`), as CoreDNS does.
pub(super) fn reverse_zones(cidr: &str) -> Result<Vec<Name>, CidrError> {
    let (address, prefix) = cidr.split_once('/').ok_or(CidrError::PrefixLength)?;
    let address: IpAddr = address.parse().map_err(|_| CidrError::Address)?;
    let prefix: usize = prefix.parse().map_err(|_| CidrError::PrefixLength)?;
    let (digits, bits, suffix): (Vec<u8>, usize, &[&[u8]]) = match address {
        IpAddr::V4(v4) => (v4.octets().to_vec(), 8, &[b"in-addr", b"arpa"]),
        IpAddr::V6(v6) => {
            (v6.octets().iter().flat_map(|octet| [octet >> 4, octet & 15]).collect(), 4, &[b"ip6", b"arpa"])
        }
    };
    if prefix > digits.len() * bits {
        return Err(CidrError::PrefixLength);
    }
    // The host part always keeps one digit: PTR owners lie below the apex.
    let whole = (prefix / bits).min(digits.len() - 1);
    let started = if whole == digits.len() - 1 { 0 } else { prefix % bits };
    let fixed = digits.get(..whole).unwrap_or_default();
    if started == 0 {
        return Ok(vec![zone(fixed, None, bits, suffix)]);
    }
    let free = bits - started;
    let base = digits.get(whole).copied().unwrap_or_default() >> free << free;
    Ok((0..1u8 << free).map(|low| zone(fixed, Some(base | low), bits, suffix)).collect())
}

fn zone(fixed: &[u8], last: Option<u8>, bits: usize, suffix: &[&[u8]]) -> Name {
    let mut wire = Vec::new();
    let mut push = |label: &[u8]| {
        wire.push(label.len() as u8);
        wire.extend_from_slice(label);
    };
    for digit in last.iter().chain(fixed.iter().rev()) {
        let text = if bits == 8 { digit.to_string() } else { format!("{digit:x}") };
        push(text.as_bytes());
    }
    for label in suffix {
        push(label);
    }
    wire.push(0);
    Name::from_trusted_wire(wire)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zones(cidr: &str) -> Vec<String> {
        reverse_zones(cidr).unwrap().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn ranges_at_a_border_are_one_zone() {
        assert_eq!(zones("10.0.0.0/8"), ["10.in-addr.arpa."]);
        assert_eq!(zones("10.96.0.0/16"), ["96.10.in-addr.arpa."]);
        assert_eq!(zones("0.0.0.0/0"), ["in-addr.arpa."]);
        assert_eq!(zones("fd00:96::/32"), ["6.9.0.0.0.0.d.f.ip6.arpa."]);
    }

    #[test]
    fn ranges_between_borders_are_several_zones() {
        assert_eq!(zones("10.0.0.0/15"), ["0.10.in-addr.arpa.", "1.10.in-addr.arpa."]);
        assert_eq!(zones("10.1.4.0/22").len(), 4);
        assert_eq!(zones("10.1.4.0/22").first().unwrap(), "4.1.10.in-addr.arpa.");
        assert_eq!(zones("fd00::/7").len(), 2);
    }

    #[test]
    fn ranges_within_the_last_digit_are_served_by_their_parent_zone() {
        assert_eq!(zones("192.0.2.128/25"), ["2.0.192.in-addr.arpa."]);
        assert_eq!(zones("192.0.2.1/32"), ["2.0.192.in-addr.arpa."]);
    }

    #[test]
    fn what_is_no_range_is_refused() {
        assert_eq!(reverse_zones("10.0.0.0/33"), Err(CidrError::PrefixLength));
        assert_eq!(reverse_zones("10.0.0.0/x"), Err(CidrError::PrefixLength));
        assert_eq!(reverse_zones("10.0.0/8"), Err(CidrError::Address));
    }
}
