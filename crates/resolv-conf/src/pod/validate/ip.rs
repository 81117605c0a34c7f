//! Addresses as apimachinery's `validation` package checks them (`IsValidIPForLegacyField`).

use std::net::{Ipv4Addr, Ipv6Addr};

/// What keeps a text from being an address.
pub(super) fn problems(text: &str, is_strict: bool) -> Vec<String> {
    let problem = match parse(text) {
        None => "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)",
        Some(Form::LeadingZeros) if is_strict => "must not have leading 0s",
        Some(Form::Mapped) if is_strict => "must not be an IPv4-mapped IPv6 address",
        Some(_) => return Vec::new(),
    };
    vec![problem.to_owned()]
}

enum Form {
    Usual,
    /// Octets such as `010`, which older parsers of Go take for 10 and the C library for 8.
    LeadingZeros,
    Mapped,
}

/// An address as `ParseIPSloppy` of k8s.io/utils takes it: no zone, no port.
fn parse(text: &str) -> Option<Form> {
    if text.contains(':') {
        let address: Ipv6Addr = text.parse().ok()?;
        return Some(if address.to_ipv4_mapped().is_some() { Form::Mapped } else { Form::Usual });
    }
    if text.parse::<Ipv4Addr>().is_ok() {
        return Some(Form::Usual);
    }
    let octets: Vec<&str> = text.split('.').collect();
    let is_octet = |octet: &&str| {
        !octet.is_empty()
            && octet.bytes().all(|digit| digit.is_ascii_digit())
            && octet.trim_start_matches('0').len() <= 3
            && octet.parse::<u64>().is_ok_and(|number| number <= 255)
    };
    (octets.len() == 4 && octets.iter().all(is_octet)).then_some(Form::LeadingZeros)
}
