//! The text that a user typed: which texts a resolver takes for a name at all, and what labels it reads from them.

use super::name::{MAX_LABEL, NameFault};
use super::punycode;
use crate::StubResolver;

/// A typed name as its resolver reads it.
pub(super) struct Typed {
    /// The labels, the root's excluded.
    pub(super) labels: Vec<Vec<u8>>,
    /// Dots in the text; for hickory, labels less one.
    pub(super) dots: u32,
    /// Whether the text ends with a dot.
    pub(super) absolute: bool,
}

impl Typed {
    /// `text` as `resolver` reads it.
    ///
    /// # Errors
    /// What keeps the resolver from asking for any name made of this text.
    pub(super) fn read(resolver: StubResolver, text: &str) -> Result<Self, NameFault> {
        let labels = match resolver {
            StubResolver::Glibc(_) => glibc(text)?,
            StubResolver::Musl(_) => musl(text)?,
            StubResolver::Go => go(text)?,
            StubResolver::CAres => c_ares(text)?,
            StubResolver::Hickory => hickory(text)?,
        };
        let mut dots = text.bytes().filter(|octet| *octet == b'.').count();
        if resolver == StubResolver::Hickory {
            // Name::num_labels leaves a first `*` out.
            let counted = labels.len() - usize::from(labels.first().is_some_and(|label| label == b"*"));
            dots = counted.saturating_sub(1);
        }
        Ok(Self { labels, dots: u32::try_from(dots).unwrap_or(u32::MAX), absolute: text.ends_with('.') })
    }
}

/// `text` split at its dots, as it stands. One final dot is no label.
fn split(text: &str) -> Result<Vec<Vec<u8>>, NameFault> {
    let text = text.strip_suffix('.').unwrap_or(text);
    if text.is_empty() {
        return Ok(Vec::new());
    }
    limited(text.split('.').map(|label| label.as_bytes().to_vec()).collect())
}

/// Labels within the limits of a name (RFC 1035 §3.1).
fn limited(labels: Vec<Vec<u8>>) -> Result<Vec<Vec<u8>>, NameFault> {
    super::QueryName::from_labels(labels.iter().map(Vec::as_slice))?;
    Ok(labels)
}

/// How `\DDD` is read.
#[derive(Clone, Copy, PartialEq)]
enum Escape {
    Decimal,
    Octal,
}

/// `text` split at its dots that are not escaped (RFC 1035 §5.1).
fn unescaped(text: &str, escape: Escape) -> Result<Vec<Vec<u8>>, NameFault> {
    let radix = if escape == Escape::Decimal { 10 } else { 8 };
    let mut labels = vec![Vec::new()];
    let mut octets = text.bytes();
    while let Some(octet) = octets.next() {
        let octet = match octet {
            b'.' => {
                labels.push(Vec::new());
                continue;
            }
            b'\\' => match octets.next().ok_or(NameFault::Character)? {
                first @ b'0'..=b'9' => {
                    let mut value = 0;
                    for digit in [Some(first), octets.next(), octets.next()] {
                        let digit =
                            digit.and_then(|digit| char::from(digit).to_digit(radix)).ok_or(NameFault::Character)?;
                        value = value * radix + digit;
                    }
                    u8::try_from(value).map_err(|_| NameFault::Character)?
                }
                other => other,
            },
            other => other,
        };
        if let Some(label) = labels.last_mut() {
            label.push(octet);
        }
    }
    // One final dot is no label; the root is a dot alone.
    if labels.last().is_some_and(Vec::is_empty) && labels.len() > 1 {
        labels.pop();
    }
    if labels.len() == 1 && labels.first().is_some_and(Vec::is_empty) && text == "." {
        labels.pop();
    }
    Ok(labels)
}

/// nss/nss_dns check_name: res_hnok. Letters, digits, `-` and `_`, no `-` first.
fn glibc(text: &str) -> Result<Vec<Vec<u8>>, NameFault> {
    if text.bytes().any(|octet| !octet.is_ascii_graphic()) {
        return Err(NameFault::Character);
    }
    let labels = limited(unescaped(text, Escape::Decimal)?)?;
    let host = |octet: &u8| octet.is_ascii_alphanumeric() || *octet == b'-' || *octet == b'_';
    if !labels.iter().flatten().all(host) || labels.first().is_some_and(|label| label.first() == Some(&b'-')) {
        return Err(NameFault::Character);
    }
    Ok(labels)
}

/// __lookup_name and name_from_dns_search: 1 to 254 octets and not a dot at the end after the final one; no rule about characters.
fn musl(text: &str) -> Result<Vec<Vec<u8>>, NameFault> {
    let without_dot = text.strip_suffix('.').unwrap_or(text);
    if text.len() > 254 {
        return Err(NameFault::LongName);
    }
    if without_dot.is_empty() || without_dot.ends_with('.') {
        return Err(NameFault::EmptyLabel);
    }
    split(text)
}

/// net.isDomainName: letters, digits, `_`, and `-` inside labels; something that is no digit; 253 octets without the final dot.
fn go(text: &str) -> Result<Vec<Vec<u8>>, NameFault> {
    if text == "." {
        return Ok(Vec::new());
    }
    let without_dot = text.strip_suffix('.').unwrap_or(text);
    if without_dot.len() > 253 {
        return Err(NameFault::LongName);
    }
    if without_dot.is_empty() {
        return Err(NameFault::EmptyLabel);
    }
    let labels = split(text)?;
    let host = |octet: &u8| octet.is_ascii_alphanumeric() || *octet == b'-' || *octet == b'_';
    let dashed = |label: &Vec<u8>| label.first() == Some(&b'-') || label.last() == Some(&b'-');
    let numeric = labels.iter().flatten().all(u8::is_ascii_digit);
    if numeric || labels.iter().any(dashed) || !labels.iter().flatten().all(host) {
        return Err(NameFault::Character);
    }
    Ok(labels)
}

/// ares_split_dns_name: letters, digits and `-._/*`.
fn c_ares(text: &str) -> Result<Vec<Vec<u8>>, NameFault> {
    let labels = limited(unescaped(text, Escape::Decimal)?)?;
    let host = |octet: &u8| octet.is_ascii_alphanumeric() || b"-._/*".contains(octet);
    if labels.iter().flatten().all(host) { Ok(labels) } else { Err(NameFault::Character) }
}

/// hickory-proto's Name::from_utf8: each label by UTS 46 with the STD3 rules, which lowers letters and makes Punycode; but `*` alone, and
/// labels that begin with `_`, stay as they are.
fn hickory(text: &str) -> Result<Vec<Vec<u8>>, NameFault> {
    if text == "." || text.is_empty() {
        return Ok(Vec::new());
    }
    if text.chars().any(|letter| letter.is_whitespace() || letter.is_control()) {
        return Err(NameFault::Character);
    }
    let mut labels = Vec::new();
    for label in unescaped(text, Escape::Octal)? {
        let label = String::from_utf8(label).map_err(|_| NameFault::Character)?;
        let ascii = match label.as_str() {
            "*" => label,
            text if text.starts_with('_') => label,
            text => {
                if text.bytes().any(|octet| octet.is_ascii() && !octet.is_ascii_alphanumeric() && octet != b'-') {
                    return Err(NameFault::Character);
                }
                punycode::to_ascii(text).ok_or(NameFault::LongLabel)?
            }
        };
        if ascii.len() > MAX_LABEL {
            return Err(NameFault::LongLabel);
        }
        let safe = |octet: u8| octet.is_ascii_alphanumeric() || b"-_.".contains(&octet);
        if ascii.is_empty() {
            return Err(NameFault::EmptyLabel);
        }
        if ascii != "*" && (ascii.starts_with('-') || !ascii.bytes().all(safe)) {
            return Err(NameFault::Character);
        }
        labels.push(ascii.into_bytes());
    }
    limited(labels)
}
