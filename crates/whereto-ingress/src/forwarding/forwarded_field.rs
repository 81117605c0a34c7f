//! The field `Forwarded` (RFC 7239).

use std::fmt::Write;
use std::net::IpAddr;

use http::{HeaderMap, HeaderValue, header};
use ingress_routing::Scheme;

use super::chain::node;

/// What one proxy says of how it was called.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Element {
    pub(super) address: Option<IpAddr>,
    pub(super) scheme: Option<Scheme>,
}

/// Reads all elements, in their order; `None` if any of them breaks the grammar (RFC 7239 §4): where one element ends is a guess then.
pub(super) fn read(headers: &HeaderMap) -> Option<Vec<Element>> {
    let mut elements = Vec::new();
    for value in headers.get_all(header::FORWARDED) {
        let mut rest = value.to_str().ok()?;
        loop {
            let (element, after) = read_element(rest)?;
            elements.push(element);
            match after.strip_prefix(',') {
                Some(next) => rest = next,
                None if after.is_empty() => break,
                None => return None,
            }
        }
    }
    Some(elements)
}

/// Reads pairs up to a comma or the end.
fn read_element(mut rest: &str) -> Option<(Element, &str)> {
    let mut element = Element::default();
    loop {
        rest = rest.trim_start_matches([' ', '\t']);
        // An empty pair is allowed: `[ forwarded-pair ] *( ";" [ forwarded-pair ] )`.
        if !rest.starts_with([';', ',']) && !rest.is_empty() {
            let (name, after) = rest.split_once('=')?;
            if name.is_empty() || !name.bytes().all(|octet| octet.is_ascii_alphanumeric() || octet == b'-') {
                return None;
            }
            let (value, after) = read_value(after)?;
            if name.eq_ignore_ascii_case("for") {
                element.address = node(&value);
            } else if name.eq_ignore_ascii_case("proto") {
                element.scheme = scheme(&value);
            }
            rest = after.trim_start_matches([' ', '\t']);
        }
        match rest.strip_prefix(';') {
            Some(next) => rest = next,
            None => return Some((element, rest)),
        }
    }
}

/// Reads a token or a quoted string (RFC 9110 §5.6.4).
fn read_value(text: &str) -> Option<(String, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        // Wider than a token by what nodes have without quotes in practice: colons and brackets.
        let end = text.find([';', ',', ' ', '\t', '"', '=']).unwrap_or(text.len());
        let (token, rest) = text.split_at_checked(end)?;
        return (!token.is_empty()).then(|| (token.to_owned(), rest));
    };
    let mut value = String::new();
    let mut characters = quoted.chars();
    loop {
        match characters.next()? {
            '"' => return Some((value, characters.as_str())),
            '\\' => value.push(characters.next()?),
            character => value.push(character),
        }
    }
}

/// A scheme by its name in any case (RFC 3986 §3.1).
pub(super) fn scheme(name: &str) -> Option<Scheme> {
    [Scheme::Http, Scheme::Https].into_iter().find(|scheme| scheme.as_str().eq_ignore_ascii_case(name))
}

/// Writes one element for each address; the first is the client's, with what it asked for.
pub(super) fn write(addresses: &[IpAddr], scheme: Scheme, host: &str) -> Option<HeaderValue> {
    let mut out = String::new();
    for (place, address) in addresses.iter().enumerate() {
        let separator = if place == 0 { "" } else { ", " };
        // RFC 7239 §6: colons and brackets want quotes.
        let _ = match address {
            IpAddr::V4(address) => write!(out, "{separator}for={address}"),
            IpAddr::V6(address) => write!(out, "{separator}for=\"[{address}]\""),
        };
        if place == 0 {
            let _ = write!(out, ";proto={}", scheme.as_str());
            // A host in normal form has neither quotes nor backslashes.
            if !host.is_empty() && !host.contains(['"', '\\']) {
                let _ = write!(out, ";host=\"{host}\"");
            }
        }
    }
    HeaderValue::try_from(out).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses(values: &[&str]) -> Option<Vec<Option<String>>> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(header::FORWARDED, value.parse().unwrap());
        }
        Some(read(&headers)?.into_iter().map(|element| element.address.map(|address| address.to_string())).collect())
    }

    #[test]
    fn elements() {
        let some = |list: &[&str]| {
            Some(list.iter().map(|text| (!text.is_empty()).then(|| (*text).to_owned())).collect::<Vec<_>>())
        };
        for (values, expected) in [
            // RFC 7239 §4 has these.
            (&["for=\"_gazonk\""][..], some(&[""])),
            (&["For=\"[2001:db8:cafe::17]:4711\""], some(&["2001:db8:cafe::17"])),
            (&["for=192.0.2.60;proto=http;by=203.0.113.43"], some(&["192.0.2.60"])),
            (&["for=192.0.2.43, for=198.51.100.17"], some(&["192.0.2.43", "198.51.100.17"])),
            // RFC 7239 §7.1: several fields are one list.
            (
                &["for=192.0.2.43,for=\"[2001:db8:cafe::17]\"", "for=unknown"],
                some(&["192.0.2.43", "2001:db8:cafe::17", ""]),
            ),
            (&["proto=https;;for=192.0.2.1"], some(&["192.0.2.1"])),
            // A comma in a quoted string ends no element.
            (&["secret=\"a,for=192.0.2.9\";for=192.0.2.1"], some(&["192.0.2.1"])),
            (&["for=\"192.0.2.\\1\""], some(&["192.0.2.1"])),
            (&["for=\"192.0.2.1"], None),
            (&["for"], None),
            (&["for=a b=c"], None),
            (&["=a"], None),
        ] {
            assert_eq!(addresses(values), expected, "{values:?}");
        }
    }

    #[test]
    fn written_as_it_is_read() {
        let addresses: Vec<IpAddr> = ["192.0.2.43", "2001:db8::17"].iter().map(|text| text.parse().unwrap()).collect();
        let value = write(&addresses, Scheme::Https, "shop.example:8443").unwrap();
        assert_eq!(value, "for=192.0.2.43;proto=https;host=\"shop.example:8443\", for=\"[2001:db8::17]\"");
        let headers = HeaderMap::from_iter([(header::FORWARDED, value)]);
        let read = read(&headers).unwrap();
        assert!(read.iter().map(|element| element.address).eq(addresses.into_iter().map(Some)));
        assert_eq!(read[0].scheme, Some(Scheme::Https));
    }
}
