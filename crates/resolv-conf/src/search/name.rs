//! Names that can be asked for: within the limits of RFC 1035 §3.1, whatever octets they hold.

use std::fmt;

/// Octets of the longest name on the wire, the root's length octet included (RFC 1035 §3.1).
pub const MAX_NAME: usize = 255;
/// Octets of the longest label (RFC 1035 §3.1).
pub const MAX_LABEL: usize = 63;

/// An absolute name in a query, in wire form: labels of 1 to 63 octets, 255 octets in all.
///
/// Letters keep their case; equality ignores it in ASCII (RFC 4343 §3), as every resolver's does.
///
/// ```
/// use k8s_resolv_conf::QueryName;
/// let name: QueryName = "Web.shop.svc.cluster.local".parse()?;
/// assert_eq!(name.to_string(), "Web.shop.svc.cluster.local.");
/// assert_eq!(name, "web.shop.svc.cluster.local.".parse()?);
/// assert!("a..b".parse::<QueryName>().is_err());
/// # Ok::<(), k8s_resolv_conf::NameFault>(())
/// ```
#[derive(Clone, Debug)]
pub struct QueryName(Box<[u8]>);

/// Why a text is no name that can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NameFault {
    /// Two dots in a row, or one at the start.
    EmptyLabel,
    /// A label of more than 63 octets.
    LongLabel,
    /// More than 255 octets in all.
    LongName,
    /// An octet that the resolver does not take, or not there.
    Character,
    /// A reserved name, which the resolver answers with "no such name" itself.
    Reserved,
    /// musl before 1.2.4 writes this name as a packet that no server can read.
    Unreadable,
}

impl fmt::Display for NameFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::EmptyLabel => "an empty label",
            Self::LongLabel => "a label of more than 63 octets",
            Self::LongName => "a name of more than 255 octets",
            Self::Character => "a character that the resolver does not take",
            Self::Reserved => "a reserved name, which is not asked for",
            Self::Unreadable => "written as a packet that no server can read",
        })
    }
}

impl std::error::Error for NameFault {}

impl QueryName {
    /// The root.
    pub fn root() -> Self {
        Self(Box::new([0]))
    }

    /// The name whose labels are `text` split at its dots. One final dot is no label; `.` and the empty text are the root. Nothing is an
    /// escape: every octet stands for itself.
    ///
    /// # Errors
    /// An empty label, or one of RFC 1035's limits.
    pub fn from_text(text: &[u8]) -> Result<Self, NameFault> {
        let text = text.strip_suffix(b".").unwrap_or(text);
        if text.is_empty() {
            return Ok(Self::root());
        }
        Self::from_labels(text.split(|&octet| octet == b'.'))
    }

    /// The name of these labels, the root's excluded.
    ///
    /// # Errors
    /// An empty label, or one of RFC 1035's limits.
    pub fn from_labels<'a>(labels: impl IntoIterator<Item = &'a [u8]>) -> Result<Self, NameFault> {
        let mut wire = Vec::new();
        for label in labels {
            match u8::try_from(label.len()) {
                Ok(0) => return Err(NameFault::EmptyLabel),
                Ok(length) if label.len() <= MAX_LABEL => wire.push(length),
                _ => return Err(NameFault::LongLabel),
            }
            wire.extend_from_slice(label);
            if wire.len() >= MAX_NAME {
                return Err(NameFault::LongName);
            }
        }
        wire.push(0);
        Ok(Self(wire.into()))
    }

    /// The wire form without compression, the root's zero octet included.
    pub fn wire(&self) -> &[u8] {
        &self.0
    }

    /// The labels, the root's excluded.
    pub fn labels(&self) -> impl Iterator<Item = &[u8]> {
        let mut rest = &*self.0;
        std::iter::from_fn(move || {
            let (&length, after) = rest.split_first().filter(|(length, _)| **length > 0)?;
            let (label, left) = after.split_at_checked(length.into())?;
            rest = left;
            Some(label)
        })
    }

    /// Whether it is `zone` or below it.
    pub(crate) fn is_within(&self, zone: &[&str]) -> bool {
        let labels: Vec<_> = self.labels().collect();
        let tail = labels.len().checked_sub(zone.len()).and_then(|from| labels.get(from..));
        tail.is_some_and(|tail| {
            tail.iter().zip(zone).all(|(label, wanted)| label.eq_ignore_ascii_case(wanted.as_bytes()))
        })
    }
}

impl std::str::FromStr for QueryName {
    type Err = NameFault;

    /// [`from_text`](Self::from_text).
    fn from_str(text: &str) -> Result<Self, NameFault> {
        Self::from_text(text.as_bytes())
    }
}

impl PartialEq for QueryName {
    fn eq(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }
}

impl Eq for QueryName {}

impl std::hash::Hash for QueryName {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        for octet in &self.0 {
            state.write_u8(octet.to_ascii_lowercase());
        }
    }
}

impl fmt::Display for QueryName {
    /// Absolute, with a final dot; octets outside printable ASCII, dots and backslashes within labels are escaped (RFC 1035 §5.1).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.wire().len() <= 1 {
            return f.write_str(".");
        }
        for label in self.labels() {
            for &octet in label {
                match octet {
                    b'.' | b'\\' => write!(f, "\\{}", char::from(octet))?,
                    0x21..=0x7e => write!(f, "{}", char::from(octet))?,
                    _ => write!(f, "\\{octet:03}")?,
                }
            }
            f.write_str(".")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_hold() {
        // RFC 1035 §3.1: 63 octets a label, 255 a name.
        assert_eq!(QueryName::from_text(&[b'a'; 64]), Err(NameFault::LongLabel));
        assert!(QueryName::from_text(&[b'a'; 63]).is_ok());
        let longest = [[b'a'; 63].as_slice(), &[b'b'; 63], &[b'c'; 63], &[b'd'; 61]];
        assert_eq!(QueryName::from_labels(longest).expect("fits").wire().len(), MAX_NAME);
        let longer = [[b'a'; 63].as_slice(), &[b'b'; 63], &[b'c'; 63], &[b'd'; 62]];
        assert_eq!(QueryName::from_labels(longer), Err(NameFault::LongName));
        for text in ["a..b", ".a", "a..", ".."] {
            assert_eq!(text.parse::<QueryName>(), Err(NameFault::EmptyLabel), "{text}");
        }
        assert_eq!(".".parse::<QueryName>(), Ok(QueryName::root()));
        assert_eq!(QueryName::root().to_string(), ".");
    }

    #[test]
    fn octets_are_escaped_when_shown() {
        let name = QueryName::from_labels([b"a.b\\".as_slice(), b"\r \xc3"]).expect("any octets");
        assert_eq!(name.to_string(), "a\\.b\\\\.\\013\\032\\195.");
    }
}
