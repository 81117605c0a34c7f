use std::io::Write as _;
use std::net::IpAddr;

/// The longest dashed address: eight groups of four digits and seven dashes.
const LONGEST: usize = 39;

/// The label of an endpoint that has no name of its own: its address with dashes, on the stack.
///
/// IPv4 dots and IPv6 colons become dashes; an IPv6 address that would end in a dash gets a `0` appended, as no
/// label may (`fd00::` is `fd00--0`).
#[derive(Clone, Copy, Debug)]
pub(crate) struct EndpointLabel {
    octets: [u8; LONGEST],
    len: u8,
}

impl EndpointLabel {
    pub(crate) fn of(address: IpAddr) -> Self {
        let mut label = Self { octets: [0; LONGEST], len: 0 };
        match address {
            IpAddr::V4(v4) => {
                for (index, octet) in v4.octets().into_iter().enumerate() {
                    if index > 0 {
                        label.push(b'-');
                    }
                    label.push_decimal(octet);
                }
            }
            IpAddr::V6(v6) => {
                let mut rest: &mut [u8] = &mut label.octets;
                let written = write!(rest, "{v6}").map(|()| LONGEST - rest.len());
                label.len = written.unwrap_or(LONGEST) as u8;
                let used = usize::from(label.len);
                for octet in label.octets.iter_mut().take(used) {
                    if matches!(*octet, b':' | b'.') {
                        *octet = b'-';
                    }
                }
                if label.as_bytes().last() == Some(&b'-') {
                    label.push(b'0');
                }
            }
        }
        label
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.octets.get(..usize::from(self.len)).unwrap_or_default()
    }

    fn push(&mut self, octet: u8) {
        if let Some(slot) = self.octets.get_mut(usize::from(self.len)) {
            *slot = octet;
            self.len += 1;
        }
    }

    fn push_decimal(&mut self, octet: u8) {
        if octet >= 100 {
            self.push(b'0' + octet / 100);
        }
        if octet >= 10 {
            self.push(b'0' + octet / 10 % 10);
        }
        self.push(b'0' + octet % 10);
    }
}

/// The address that a lower-case label spells as [`EndpointLabel`] would.
pub(crate) fn address_of_label(label: &[u8]) -> Option<IpAddr> {
    let address = parse_dashed(label)?;
    (EndpointLabel::of(address).as_bytes() == label).then_some(address)
}

/// Reads an address whose dots or colons were replaced by dashes: three single dashes make it IPv4, as CoreDNS decides.
pub(crate) fn parse_dashed(label: &[u8]) -> Option<IpAddr> {
    let dashes = label.iter().filter(|octet| **octet == b'-').count();
    let double = label.windows(2).any(|pair| pair == b"--");
    // Only dashes stand for dots: to the original a dot within a label is an escaped one.
    if label.contains(&b'.') {
        return None;
    }
    let separator = if dashes == 3 && !double { b'.' } else { b':' };
    let mut text = [0; 64];
    let text = text.get_mut(..label.len())?;
    for (to, from) in text.iter_mut().zip(label) {
        *to = if *from == b'-' { separator } else { *from };
    }
    let address: IpAddr = std::str::from_utf8(text).ok()?.parse().ok()?;
    Some(address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_addresses_with_dashes() {
        for (address, label) in [
            ("10.244.0.7", "10-244-0-7"),
            ("255.255.255.255", "255-255-255-255"),
            ("0.0.0.0", "0-0-0-0"),
            ("2001:db8::1", "2001-db8--1"),
            ("fd00::", "fd00--0"),
            ("::", "--0"),
            ("1234:5678:9abc:def0:1234:5678:9abc:def0", "1234-5678-9abc-def0-1234-5678-9abc-def0"),
        ] {
            let address: IpAddr = address.parse().unwrap();
            assert_eq!(EndpointLabel::of(address).as_bytes(), label.as_bytes());
            assert_eq!(address_of_label(label.as_bytes()), Some(address), "{label}");
        }
    }

    #[test]
    fn other_spellings_of_an_address_are_no_labels() {
        for label in ["10-244-0", "010-0-0-1", "2001-db8-0-0-0-0-0-1", "2001-0db8--1", "web", "fd00--", ""] {
            assert_eq!(address_of_label(label.as_bytes()), None, "{label}");
        }
    }

    #[test]
    fn pod_labels_are_read_as_leniently_as_the_original_does() {
        for (label, address) in [
            ("1-2-3-4", Some("1.2.3.4")),
            ("1-2-3-999", None),
            ("2001-db8-0-0-0-0-0-1", Some("2001:db8::1")),
            ("--1", Some("::1")),
            ("--ffff-a00-1", Some("10.0.0.1")),
            ("1--2--3", None),
            ("blah", None),
            ("1.2.3.4", None),
            ("2001:db8::1", Some("2001:db8::1")),
        ] {
            assert_eq!(parse_dashed(label.as_bytes()), address.map(|a| a.parse().unwrap()), "{label}");
        }
    }
}
