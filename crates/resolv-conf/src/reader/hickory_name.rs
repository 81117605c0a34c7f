//! Names as hickory-proto 0.26.3 parses them, `Name::from_str_relaxed`: first by IDNA, then as ASCII.

use crate::SearchDomain;

/// The name, in lower case where IDNA had its way; nothing where a label is no label.
///
/// A label that is not ASCII is taken, and stays as it is: the original makes punycode of it. A backslash is refused, where the original
/// reads an escape.
pub(super) fn name(text: &str) -> Option<SearchDomain> {
    if text == "." {
        return Some(SearchDomain::new(b"."));
    }
    let relative = text.strip_suffix('.').unwrap_or(text);
    if relative.split('.').map(str::len).map(|length| length + 1).sum::<usize>() + 1 > 255 {
        return None;
    }
    let labels = |one: fn(&str) -> Option<String>| relative.split('.').map(one).collect::<Option<Vec<String>>>();
    let labels = labels(by_idna).or_else(|| labels(ascii))?;
    Some(SearchDomain(labels.join(".").into_bytes().into()))
}

/// `Label::from_utf8`: an ASCII label has letters, digits and hyphens, and becomes lower case.
fn by_idna(label: &str) -> Option<String> {
    if label == "*" || label.starts_with('_') || !label.is_ascii() {
        return if label.is_ascii() { ascii(label) } else { idna(label) };
    }
    let std3 = label.bytes().all(|octet| octet.is_ascii_alphanumeric() || octet == b'-');
    std3.then(|| label.to_ascii_lowercase()).and_then(|label| ascii(&label))
}

fn idna(label: &str) -> Option<String> {
    label.chars().all(|c| !c.is_control() && !c.is_whitespace() && c != '\\').then(|| label.to_owned())
}

/// `Label::from_ascii`.
fn ascii(label: &str) -> Option<String> {
    let safe = |(place, octet): (usize, u8)| {
        octet.is_ascii_alphanumeric() || octet == b'_' || (octet == b'-' && place > 0) || (octet == b'*' && place == 0)
    };
    ((1..=63).contains(&label.len()) && label.bytes().enumerate().all(safe)).then(|| label.to_owned())
}
