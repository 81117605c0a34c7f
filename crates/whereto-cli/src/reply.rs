//! Replies read back from the wire: what is printed is what a client would get.

mod query;
mod read;

use std::fmt::Write as _;

use dns_records::{Name, Rcode, RecordType};

pub(crate) use query::query;
use read::Reader;

/// A reply as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reply {
    pub(crate) rcode: Rcode,
    /// AA.
    pub(crate) is_authoritative: bool,
    /// Records as zone text, as those of the other sections.
    pub(crate) answers: Vec<String>,
    pub(crate) authority: Vec<String>,
    pub(crate) additional: Vec<String>,
}

impl Reply {
    /// Reads a reply; `None` when it is malformed.
    pub(crate) fn read(message: &[u8]) -> Option<Self> {
        let mut reader = Reader::new(message);
        let [_id, flags, questions, answers, authority, additional] = reader.header()?;
        for _ in 0..questions {
            reader.name()?;
            reader.take(4)?;
        }
        let mut section = |count| (0..count).map(|_| record(&mut reader)).collect::<Option<Vec<_>>>();
        let (answers, authority, additional) = (section(answers)?, section(authority)?, section(additional)?);
        let shown = |records: Vec<Option<String>>| records.into_iter().flatten().collect();
        Some(Self {
            rcode: Rcode(flags & 0xf),
            is_authoritative: flags & 0x400 != 0,
            answers: shown(answers),
            authority: shown(authority),
            additional: shown(additional),
        })
    }

    /// Whether the question has an answer.
    pub(crate) fn is_positive(&self) -> bool {
        self.rcode == Rcode::NOERROR && !self.answers.is_empty()
    }
}

/// One record as zone text; nothing for an OPT record, which is none.
fn record(reader: &mut Reader<'_>) -> Option<Option<String>> {
    let owner = reader.name()?;
    let record_type = RecordType(reader.u16()?);
    let _class = reader.u16()?;
    let ttl = reader.u32()?;
    let length = reader.u16()?;
    let mut data = reader.part(usize::from(length))?;
    if record_type == RecordType::OPT {
        return Some(None);
    }
    let data = data_text(record_type, &mut data)?;
    Some(Some(format!("{owner} {ttl} IN {record_type} {data}")))
}

fn data_text(record_type: RecordType, data: &mut Reader<'_>) -> Option<String> {
    Some(match record_type {
        RecordType::A => std::net::Ipv4Addr::from(data.array::<4>()?).to_string(),
        RecordType::AAAA => std::net::Ipv6Addr::from(data.array::<16>()?).to_string(),
        RecordType::CNAME | RecordType::NS | RecordType::PTR => data.name()?.to_string(),
        RecordType::SRV => format!("{} {} {} {}", data.u16()?, data.u16()?, data.u16()?, data.name()?),
        RecordType::SOA => {
            let names: [Name; 2] = [data.name()?, data.name()?];
            let mut text = format!("{} {}", names[0], names[1]);
            for _ in 0..5 {
                // Writing to a String can't fail.
                let _ = write!(text, " {}", data.u32()?);
            }
            text
        }
        RecordType::TXT => {
            let mut texts = Vec::new();
            while let Some(length) = data.u8() {
                texts.push(character_string(data.take(usize::from(length))?));
            }
            texts.join(" ")
        }
        // RFC 3597 §5: content of a type that is not known.
        _ => {
            let rest = data.rest();
            let mut text = format!("\\# {}", rest.len());
            if !rest.is_empty() {
                text.push(' ');
            }
            rest.iter().for_each(|octet| {
                let _ = write!(text, "{octet:02x}");
            });
            text
        }
    })
}

/// A character-string in quotes (RFC 1035 §5.1).
fn character_string(octets: &[u8]) -> String {
    let mut text = String::from("\"");
    for &octet in octets {
        match octet {
            b'"' | b'\\' => text.extend(['\\', char::from(octet)]),
            b' '..=b'~' => text.push(char::from(octet)),
            _ => {
                let _ = write!(text, "\\{octet:03}");
            }
        }
    }
    text.push('"');
    text
}

#[cfg(test)]
mod tests;
