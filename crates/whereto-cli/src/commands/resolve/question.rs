use std::fmt;
use std::net::IpAddr;

use dns_records::{Name, NameError, RecordType};

/// A name and a type.
#[derive(Clone, Debug)]
pub(super) struct Question {
    pub(super) name: Name,
    pub(super) record_type: RecordType,
}

/// Why a text is not a name to ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Unaskable {
    /// It is no name at all.
    Name(String, NameError),
    /// It has no final dot, so that it depends on a Pod what is asked for.
    Relative(String),
    /// It is an address.
    Address(IpAddr),
}

impl fmt::Display for Unaskable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(text, error) => write!(f, "{text:?} is not a domain name: {error}"),
            Self::Relative(text) => write!(
                f,
                "{text:?} is relative: what it leads to depends on the search list of who asks. Tell who asks with \
                 --pod NAMESPACE/NAME or --namespace NAMESPACE. Add a final dot to ask for it as it is, {text}. or write \
                 it in full, such as {text}.NAMESPACE.svc.cluster.local."
            ),
            Self::Address(address) => {
                write!(f, "{address} is an address: ask for the PTR records of {}", reverse_name(*address))
            }
        }
    }
}

impl Question {
    /// Whether a text has a final dot. One that is escaped is part of the last label.
    pub(super) fn is_absolute(text: &str) -> bool {
        let dots_escaped = text.strip_suffix('.').map(|rest| rest.len() - rest.trim_end_matches('\\').len());
        dots_escaped.is_some_and(|backslashes| backslashes.is_multiple_of(2))
    }

    /// Reads an absolute name.
    pub(super) fn read(text: &str, record_type: RecordType) -> Result<Self, Unaskable> {
        if let Ok(address) = text.parse() {
            return Err(Unaskable::Address(address));
        }
        let name: Name = text.parse().map_err(|error| Unaskable::Name(text.to_owned(), error))?;
        if Self::is_absolute(text) { Ok(Self { name, record_type }) } else { Err(Unaskable::Relative(text.to_owned())) }
    }
}

fn reverse_name(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => {
            let [a, b, c, d] = address.octets();
            format!("{d}.{c}.{b}.{a}.in-addr.arpa.")
        }
        IpAddr::V6(address) => {
            let nibbles = address.octets().into_iter().rev().map(|octet| format!("{:x}.{:x}.", octet & 15, octet >> 4));
            nibbles.collect::<String>() + "ip6.arpa."
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_absolute_names_are_asked_for() {
        let read = |text| Question::read(text, RecordType::A).map(|question| question.name.to_string());
        assert_eq!(read("web.shop.svc.cluster.local."), Ok("web.shop.svc.cluster.local.".to_owned()));
        assert_eq!(read("."), Ok(".".to_owned()));
        assert_eq!(read("web"), Err(Unaskable::Relative("web".to_owned())));
        assert_eq!(read(r"web\."), Err(Unaskable::Relative(r"web\.".to_owned())));
        assert!(matches!(read("a..b."), Err(Unaskable::Name(..))));
        assert!(matches!(read(""), Err(Unaskable::Name(..))));
        let told = read("10.96.0.1").unwrap_err().to_string();
        assert!(told.ends_with(" 1.0.96.10.in-addr.arpa."), "{told}");
        let told = read("fd00::1").unwrap_err().to_string();
        assert!(told.ends_with(" 1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.d.f.ip6.arpa."), "{told}");
    }
}
