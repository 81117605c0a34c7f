//! Replies in one canonical text form, so that two can be compared and a person can read the difference.

use std::fmt::Write as _;

use anyhow::{Context as _, Result};
use hickory_proto::op::{Edns, Message};
use hickory_proto::rr::rdata::opt::{EdnsCode, EdnsOption};
use hickory_proto::rr::{Name, RData, Record};
use hickory_proto::serialize::binary::{BinEncodable as _, BinEncoder};
use serde::{Deserialize, Serialize};

use crate::question::type_name;

/// A reply. Sections are sorted lines `OWNER TTL CLASS TYPE RDATA`, duplicates kept; a SOA's serial is 0.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reply {
    /// The response code's mnemonic, extended bits included.
    pub rcode: String,
    /// Those set among aa tc rd ra ad cd.
    pub flags: Vec<String>,
    /// The answer section.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub answer: Vec<String>,
    /// The authority section.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub authority: Vec<String>,
    /// The additional section without OPT.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub additional: Vec<String>,
    /// The OPT record, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opt: Option<Opt>,
}

/// An OPT record.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opt {
    /// The payload size.
    pub udp: u16,
    /// DNSSEC OK.
    #[serde(rename = "do")]
    pub dnssec_ok: bool,
    /// Options as `CODE:HEX`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<String>,
}

impl Reply {
    /// Decodes a message.
    ///
    /// # Errors
    /// Where it is no DNS message, or a record's data cannot be decoded.
    pub fn from_wire(wire: &[u8]) -> Result<Self> {
        let message = Message::from_vec(wire).context("undecodable message")?;
        let head = &message.metadata;
        let flags = [
            (head.authoritative, "aa"),
            (head.truncation, "tc"),
            (head.recursion_desired, "rd"),
            (head.recursion_available, "ra"),
            (head.authentic_data, "ad"),
            (head.checking_disabled, "cd"),
        ];
        Ok(Self {
            rcode: rcode(u16::from(head.response_code)),
            flags: flags.iter().filter(|(set, _)| *set).map(|(_, name)| (*name).to_owned()).collect(),
            answer: section(&message.answers)?,
            authority: section(&message.authorities)?,
            additional: section(&message.additionals)?,
            opt: message.edns.as_ref().map(opt),
        })
    }

    /// Whether the flag of this name is set.
    #[must_use]
    pub fn has(&self, flag: &str) -> bool {
        self.flags.iter().any(|set| set == flag)
    }

    /// NOERROR without an answer.
    #[must_use]
    pub fn is_no_data(&self) -> bool {
        self.rcode == "NOERROR" && self.answer.is_empty()
    }

    /// The sections with their names.
    #[must_use]
    pub fn sections(&self) -> [(&'static str, &[String]); 3] {
        [("answer", &self.answer), ("authority", &self.authority), ("additional", &self.additional)]
    }
}

/// A line taken apart: owner, TTL, and the rest (class, type, data).
///
/// # Errors
/// Where the line has no such parts.
pub fn parts(line: &str) -> Result<(&str, u32, &str)> {
    let mut words = line.splitn(3, ' ');
    let (Some(owner), Some(ttl), Some(rest)) = (words.next(), words.next(), words.next()) else {
        anyhow::bail!("no record: {line:?}");
    };
    Ok((owner, ttl.parse().with_context(|| format!("TTL in {line:?}"))?, rest))
}

fn rcode(number: u16) -> String {
    const NAMES: [&str; 11] = [
        "NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED", "YXDOMAIN", "YXRRSET", "NXRRSET", "NOTAUTH",
        "NOTZONE",
    ];
    match number {
        16 => "BADVERS".to_owned(),
        23 => "BADCOOKIE".to_owned(),
        other => NAMES.get(usize::from(other)).map_or_else(|| format!("RCODE{other}"), |name| (*name).to_owned()),
    }
}

fn section(records: &[Record]) -> Result<Vec<String>> {
    let mut lines = records.iter().map(line).collect::<Result<Vec<_>>>()?;
    lines.sort_unstable();
    Ok(lines)
}

fn line(record: &Record) -> Result<String> {
    let class = match u16::from(record.dns_class) {
        1 => "IN".to_owned(),
        3 => "CH".to_owned(),
        255 => "ANY".to_owned(),
        other => format!("CLASS{other}"),
    };
    let kind = type_name(u16::from(record.record_type()));
    Ok(format!("{} {} {class} {kind} {}", name(&record.name), record.ttl, data(&record.data)?))
}

fn data(data: &RData) -> Result<String> {
    Ok(match data {
        RData::A(address) => address.0.to_string(),
        RData::AAAA(address) => address.0.to_string(),
        RData::CNAME(target) => name(&target.0),
        RData::NS(target) => name(&target.0),
        RData::PTR(target) => name(&target.0),
        RData::MX(mx) => format!("{} {}", mx.preference, name(&mx.exchange)),
        RData::SRV(srv) => format!("{} {} {} {}", srv.priority, srv.weight, srv.port, name(&srv.target)),
        // The serial is the time of the last change and differs between any two servers.
        RData::SOA(soa) => format!(
            "{} {} 0 {} {} {} {}",
            name(&soa.mname),
            name(&soa.rname),
            soa.refresh,
            soa.retry,
            soa.expire,
            soa.minimum
        ),
        RData::TXT(txt) => {
            txt.txt_data.iter().map(|string| format!("\"{}\"", escaped(string, b"\"\\"))).collect::<Vec<_>>().join(" ")
        }
        other => {
            let mut wire = Vec::new();
            other.emit(&mut BinEncoder::new(&mut wire)).context("record data")?;
            format!("\\# {} {}", wire.len(), hex(&wire))
        }
    })
}

fn opt(edns: &Edns) -> Opt {
    let options = edns.options().options.iter().map(|(code, option): &(EdnsCode, EdnsOption)| {
        let bytes: Vec<u8> = Vec::try_from(option).unwrap_or_default();
        format!("{}:{}", u16::from(*code), hex(&bytes))
    });
    Opt { udp: edns.max_payload(), dnssec_ok: edns.flags().dnssec_ok, options: options.collect() }
}

/// A name as zone text. Escaped is what a zone file's reader would take for something else.
fn name(name: &Name) -> String {
    let mut text = String::new();
    for label in name.iter() {
        text.push_str(&escaped(label, b".\"\\();@ "));
        text.push('.');
    }
    if text.is_empty() { ".".to_owned() } else { text }
}

fn escaped(bytes: &[u8], special: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for &byte in bytes {
        match byte {
            _ if special.contains(&byte) => {
                text.push('\\');
                text.push(char::from(byte));
            }
            b' '..=b'~' => text.push(char::from(byte)),
            _ => {
                let _ = write!(text, "\\{byte:03}");
            }
        }
    }
    text
}

/// Bytes as hex digits.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Hex digits as bytes.
///
/// # Errors
/// Where the text is something else.
pub fn unhex(text: &str) -> Result<Vec<u8>> {
    anyhow::ensure!(text.len().is_multiple_of(2) && text.is_ascii(), "no hex text: {text:?}");
    (0..text.len()).step_by(2).map(|at| Ok(u8::from_str_radix(&text[at..at + 2], 16)?)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recorded_message() {
        let wire = unhex(concat!(
            "1234850000010001000000000a6b756265726e657465730764656661756c740373766307636c7573746572056c6f63616c000001",
            "00010a6b756265726e657465730764656661756c740373766307636c7573746572056c6f63616c00000100010000000500040a6f0001"
        ))
        .unwrap();
        let reply = Reply::from_wire(&wire).unwrap();
        assert_eq!(reply.rcode, "NOERROR");
        assert_eq!(reply.flags, ["aa", "rd"]);
        assert_eq!(reply.answer, ["kubernetes.default.svc.cluster.local. 5 IN A 10.111.0.1"]);
        assert_eq!(reply.opt, None);
    }

    #[test]
    fn special_bytes() {
        assert_eq!(escaped(b"a.b\x00\xff", b"."), r"a\.b\000\255");
        assert_eq!(parts("a. 5 IN A 1.2.3.4").unwrap(), ("a.", 5, "IN A 1.2.3.4"));
        assert!(parts("a. x IN").is_err());
    }
}
