//! Version 2: a binary header (§2.2).

use std::net::{IpAddr, SocketAddr};

use super::{Progress, ProxyHeader, ProxyHeaderError};

pub(super) const SIGNATURE: &[u8] = b"\r\n\r\n\0\r\nQUIT\n";
/// The signature, version and command, family and protocol, length.
const FIXED: usize = 16;
/// §2.2.1.
const TYPE_CRC32C: u8 = 0x03;

pub(super) fn parse(octets: &[u8]) -> Result<Progress, ProxyHeaderError> {
    let Some(&version_and_command) = octets.get(12) else { return Ok(Progress::Incomplete) };
    let proxied = match version_and_command {
        0x20 => false,
        0x21 => true,
        _ => return Err(ProxyHeaderError::Command),
    };
    let Some(&family_and_protocol) = octets.get(13) else { return Ok(Progress::Incomplete) };
    // Octets of one address, ports included, twice.
    let addresses = match (family_and_protocol >> 4, family_and_protocol & 0x0f) {
        (0, 0..=2) => 0,
        (1, 0..=2) => 12,
        (2, 0..=2) => 36,
        (3, 0..=2) => 216,
        _ => return Err(ProxyHeaderError::Family),
    };
    let Some(&[high, low]) = octets.get(14..FIXED) else { return Ok(Progress::Incomplete) };
    let length = FIXED + usize::from(u16::from_be_bytes([high, low]));
    if length > ProxyHeader::MAX || (proxied && length < FIXED + addresses) {
        return Err(ProxyHeaderError::Length);
    }
    let Some(header) = octets.get(..length) else { return Ok(Progress::Incomplete) };
    // §2.2: of a LOCAL connection "the receiver must … discard the protocol block", and of an unspecified family the addresses too.
    if !proxied || addresses == 0 {
        return Ok(Progress::Complete { header: ProxyHeader::Own, length });
    }
    check_values(header, FIXED + addresses)?;
    let said = match family_and_protocol {
        0x11 => header.get(FIXED..FIXED + 12).and_then(endpoints::<4>),
        0x21 => header.get(FIXED..FIXED + 36).and_then(endpoints::<16>),
        _ => None,
    };
    let header = said.map_or(ProxyHeader::Own, |(source, destination)| ProxyHeader::Proxied { source, destination });
    Ok(Progress::Complete { header, length })
}

/// Two addresses, then two ports, all in network order.
fn endpoints<const OCTETS: usize>(block: &[u8]) -> Option<(SocketAddr, SocketAddr)>
where
    IpAddr: From<[u8; OCTETS]>,
{
    let (from, rest) = block.split_first_chunk::<OCTETS>()?;
    let (to, rest) = rest.split_first_chunk::<OCTETS>()?;
    let (from_port, rest) = rest.split_first_chunk()?;
    let (to_port, _) = rest.split_first_chunk()?;
    let address = |octets: &[u8; OCTETS], port: &[u8; 2]| {
        SocketAddr::new(IpAddr::from(*octets).to_canonical(), u16::from_be_bytes(*port))
    };
    Some((address(from, from_port), address(to, to_port)))
}

/// Goes through the values, which begin at an offset, and checks the checksum if there is one.
fn check_values(header: &[u8], begin: usize) -> Result<(), ProxyHeaderError> {
    let mut offset = begin;
    while let Some(&[kind, high, low]) = header.get(offset..offset + 3) {
        let value_begin = offset + 3;
        let end = value_begin + usize::from(u16::from_be_bytes([high, low]));
        let value = header.get(value_begin..end).ok_or(ProxyHeaderError::Values)?;
        if kind == TYPE_CRC32C {
            let stated: [u8; 4] = value.try_into().map_err(|_| ProxyHeaderError::Values)?;
            let computed = crc32c(header.iter().enumerate().map(|(place, octet)| {
                // §2.2.4: computed over the header with the checksum's own octets as zero.
                if (value_begin..end).contains(&place) { 0 } else { *octet }
            }));
            if u32::from_be_bytes(stated) != computed {
                return Err(ProxyHeaderError::Checksum);
            }
        }
        offset = end;
    }
    if offset == header.len() { Ok(()) } else { Err(ProxyHeaderError::Values) }
}

/// CRC-32C (RFC 9260 Appendix A). Once for a connection, over some hundred octets: no table.
fn crc32c(octets: impl Iterator<Item = u8>) -> u32 {
    !octets.fold(u32::MAX, |crc, octet| {
        (0..8).fold(crc ^ u32::from(octet), |crc, _| (crc >> 1) ^ if crc & 1 == 1 { 0x82f6_3b78 } else { 0 })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums() {
        // RFC 3720 §B.4.
        assert_eq!(crc32c([0u8; 32].into_iter()), 0x8a91_36aa);
        assert_eq!(crc32c([0xffu8; 32].into_iter()), 0x62a8_ab43);
        assert_eq!(crc32c(0..32u8), 0x46dd_794e);
    }
}
