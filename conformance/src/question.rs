//! A DNS question and its wire form.

use anyhow::{Result, bail, ensure};
use serde::{Deserialize, Serialize};

/// What is asked. Serialized as in the recorded rows: what has its usual value is left out.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Question {
    /// The name as zone text, with the final dot; `\.` and `\DDD` stand for special bytes in a label.
    pub qname: String,
    /// The type's mnemonic, or `TYPE` and a number.
    pub qtype: String,
    /// The class where it is not IN.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub qclass: Option<String>,
    /// Recursion desired.
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    pub rd: bool,
    /// DNSSEC OK, in the query with EDNS.
    #[serde(default, rename = "do", skip_serializing_if = "is_no")]
    pub dnssec_ok: bool,
}

const fn yes() -> bool {
    true
}
#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature is serde's")]
const fn is_yes(value: &bool) -> bool {
    *value
}
#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature is serde's")]
const fn is_no(value: &bool) -> bool {
    !*value
}

impl Question {
    /// A question of class IN with RD set and without DO.
    #[must_use]
    pub fn new(qname: impl Into<String>, qtype: &str) -> Self {
        Self { qname: qname.into(), qtype: qtype.to_owned(), qclass: None, rd: true, dnssec_ok: false }
    }

    /// The query message. `edns` is the payload size to advertise in an OPT record, if there is to be one.
    ///
    /// # Errors
    /// Where name, type or class has no wire form.
    pub fn to_wire(&self, id: u16, edns: Option<u16>) -> Result<Vec<u8>> {
        let mut out = Vec::with_capacity(64);
        out.extend(id.to_be_bytes());
        out.extend(if self.rd { [1, 0] } else { [0, 0] });
        out.extend([0, 1, 0, 0, 0, 0, 0, u8::from(edns.is_some())]);
        out.extend(name_to_wire(&self.qname)?);
        out.extend(type_number(&self.qtype)?.to_be_bytes());
        out.extend(class_number(self.qclass.as_deref().unwrap_or("IN"))?.to_be_bytes());
        if let Some(payload) = edns {
            out.extend([0, 0, 41]);
            out.extend(payload.to_be_bytes());
            out.extend([0, 0, if self.dnssec_ok { 0x80 } else { 0 }, 0, 0, 0]);
        }
        Ok(out)
    }
}

/// The uncompressed wire form of a name in zone text.
///
/// # Errors
/// Where a label is empty or over 63 bytes, the name is over 255, or an escape is incomplete.
pub fn name_to_wire(text: &str) -> Result<Vec<u8>> {
    let mut wire = Vec::with_capacity(text.len() + 2);
    let mut label = Vec::new();
    let mut bytes = text.bytes();
    let finish = |label: &mut Vec<u8>, wire: &mut Vec<u8>| -> Result<()> {
        ensure!((1..=63).contains(&label.len()), "label of {} bytes in {text:?}", label.len());
        wire.push(label.len() as u8);
        wire.append(label);
        Ok(())
    };
    if text != "." {
        while let Some(byte) = bytes.next() {
            match byte {
                b'.' => finish(&mut label, &mut wire)?,
                b'\\' => match bytes.next() {
                    Some(first @ b'0'..=b'9') => {
                        let (Some(second @ b'0'..=b'9'), Some(third @ b'0'..=b'9')) = (bytes.next(), bytes.next())
                        else {
                            bail!("incomplete escape in {text:?}");
                        };
                        let digits = [first, second, third];
                        let value = digits.iter().fold(0, |sum, digit| sum * 10 + u16::from(digit - b'0'));
                        label.push(u8::try_from(value)?);
                    }
                    Some(other) => label.push(other),
                    None => bail!("incomplete escape in {text:?}"),
                },
                other => label.push(other),
            }
        }
        if !label.is_empty() {
            finish(&mut label, &mut wire)?;
        }
    }
    wire.push(0);
    ensure!(wire.len() <= 255, "name of {} bytes: {text:?}", wire.len());
    Ok(wire)
}

const TYPES: [(&str, u16); 22] = [
    ("A", 1),
    ("NS", 2),
    ("CNAME", 5),
    ("SOA", 6),
    ("PTR", 12),
    ("HINFO", 13),
    ("MX", 15),
    ("TXT", 16),
    ("AAAA", 28),
    ("SRV", 33),
    ("NAPTR", 35),
    ("DNAME", 39),
    ("OPT", 41),
    ("DS", 43),
    ("RRSIG", 46),
    ("DNSKEY", 48),
    ("SVCB", 64),
    ("HTTPS", 65),
    ("IXFR", 251),
    ("AXFR", 252),
    ("ANY", 255),
    ("CAA", 257),
];

/// The number of a record type by its mnemonic or `TYPE` form.
///
/// # Errors
/// Where the type is not known.
pub fn type_number(name: &str) -> Result<u16> {
    if let Some(&(_, number)) = TYPES.iter().find(|(known, _)| *known == name) {
        return Ok(number);
    }
    match name.strip_prefix("TYPE").and_then(|digits| digits.parse().ok()) {
        Some(number) => Ok(number),
        None => bail!("no such record type: {name:?}"),
    }
}

/// The mnemonic of a record type, or its `TYPE` form.
#[must_use]
pub fn type_name(number: u16) -> String {
    match TYPES.iter().find(|(_, known)| *known == number) {
        Some((name, _)) => (*name).to_owned(),
        None => format!("TYPE{number}"),
    }
}

/// The number of a class by its mnemonic or `CLASS` form.
///
/// # Errors
/// Where the class is not known.
pub fn class_number(name: &str) -> Result<u16> {
    Ok(match name {
        "IN" => 1,
        "CH" => 3,
        "HS" => 4,
        "NONE" => 254,
        "ANY" => 255,
        other => match other.strip_prefix("CLASS").and_then(|digits| digits.parse().ok()) {
            Some(number) => number,
            None => bail!("no such class: {name:?}"),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        assert_eq!(name_to_wire(".").unwrap(), [0]);
        assert_eq!(name_to_wire("a.bc.").unwrap(), b"\x01a\x02bc\x00");
        assert_eq!(name_to_wire(r"x\.y\000.").unwrap(), b"\x04x.y\x00\x00");
        for bad in ["a..b.", ".a.", r"a\1", r"a\999.", &"a".repeat(64)] {
            assert!(name_to_wire(bad).is_err(), "{bad}");
        }
        assert!(name_to_wire(&"abc.".repeat(64)).is_err());
    }

    #[test]
    fn message() {
        let mut question = Question::new("a.", "TYPE65280");
        assert_eq!(question.to_wire(7, None).unwrap(), b"\0\x07\x01\0\0\x01\0\0\0\0\0\0\x01a\0\xff\0\0\x01");
        question.dnssec_ok = true;
        assert!(question.to_wire(7, Some(1232)).unwrap().ends_with(b"\0\0\x29\x04\xd0\0\0\x80\0\0\0"));
    }
}
