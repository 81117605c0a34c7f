//! Presentation form (RFC 1035 §5.1).

use std::fmt;
use std::str::FromStr;

use super::{Labels, MAX_LABEL, MAX_NAME, Name};

/// Why something is not a domain name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NameError {
    /// Two dots in a row, a leading dot, or no text at all.
    EmptyLabel,
    /// A label of more than 63 octets.
    LabelTooLong,
    /// More than 255 octets in wire form.
    TooLong,
    /// A backslash that no dot, character or three digits up to 255 follow.
    BadEscape,
    /// Wire form that ends before the root label.
    NotAbsolute,
}

impl fmt::Display for NameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::EmptyLabel => "empty label",
            Self::LabelTooLong => "a label has more than 63 octets",
            Self::TooLong => "more than 255 octets",
            Self::BadEscape => "bad escape after a backslash",
            Self::NotAbsolute => "ends before the root label",
        })
    }
}

impl std::error::Error for NameError {}

impl FromStr for Name {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        if text == "." {
            return Ok(Self::from_trusted_wire([0]));
        }
        let mut wire = Vec::with_capacity(text.len() + 2);
        let mut label = Vec::new();
        let mut octets = text.bytes();
        while let Some(octet) = octets.next() {
            match octet {
                b'.' => push_label(&mut wire, &mut label)?,
                b'\\' => label.push(escape(&mut octets)?),
                _ => label.push(octet),
            }
        }
        if !text.ends_with('.') || !label.is_empty() {
            push_label(&mut wire, &mut label)?;
        }
        wire.push(0);
        if wire.len() > MAX_NAME {
            return Err(NameError::TooLong);
        }
        Ok(Self::from_trusted_wire(wire))
    }
}

fn push_label(wire: &mut Vec<u8>, label: &mut Vec<u8>) -> Result<(), NameError> {
    if label.is_empty() {
        return Err(NameError::EmptyLabel);
    }
    let len = u8::try_from(label.len()).map_err(|_| NameError::LabelTooLong)?;
    if label.len() > MAX_LABEL {
        return Err(NameError::LabelTooLong);
    }
    wire.push(len);
    wire.append(label);
    Ok(())
}

fn escape(octets: &mut impl Iterator<Item = u8>) -> Result<u8, NameError> {
    let first = octets.next().ok_or(NameError::BadEscape)?;
    if !first.is_ascii_digit() {
        return Ok(first);
    }
    let mut value = u16::from(first - b'0');
    for _ in 0..2 {
        let digit = octets.next().filter(u8::is_ascii_digit).ok_or(NameError::BadEscape)?;
        value = value * 10 + u16::from(digit - b'0');
    }
    u8::try_from(value).map_err(|_| NameError::BadEscape)
}

pub(super) fn write(labels: Labels<'_>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut root = true;
    for label in labels {
        root = false;
        for &octet in label {
            match octet {
                b'.' | b'\\' | b'"' | b';' | b'(' | b')' | b'@' | b'$' => write!(f, "\\{}", char::from(octet))?,
                b'!'..=b'~' => write!(f, "{}", char::from(octet))?,
                _ => write!(f, "\\{octet:03}")?,
            }
        }
        f.write_str(".")?;
    }
    if root { f.write_str(".") } else { Ok(()) }
}
