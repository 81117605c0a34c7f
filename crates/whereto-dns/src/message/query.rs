use dns_records::{MAX_LABEL, MAX_NAME, NameRef, RecordType};

use super::records::Records;
use super::{EMPTY_OPT, FLAG_AD, FLAG_CD, HEADER, opt, u16_at, u32_at};

/// What of a query's OPT record matters here (RFC 6891).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Edns {
    /// The largest datagram that the client takes.
    pub(crate) payload: u16,
    /// The EDNS version.
    pub(crate) version: u8,
    /// DO: DNSSEC records are wanted.
    pub(crate) dnssec_ok: bool,
}

/// A message's header and its one question, borrowed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct QueryView<'q> {
    /// Message identifier.
    pub(crate) id: u16,
    /// The header's second word.
    pub(crate) flags: u16,
    /// The question: name, type and class.
    pub(crate) question: &'q [u8],
    name: &'q [u8],
    /// The type asked for.
    pub(crate) record_type: RecordType,
    /// The class asked for.
    pub(crate) class: u16,
    /// The OPT record.
    pub(crate) edns: Option<Edns>,
}

impl<'q> QueryView<'q> {
    /// Reads header, question and OPT record; `None` when there is not exactly one question with a plain name.
    pub(crate) fn parse(message: &'q [u8]) -> Option<Self> {
        if u16_at(message, 4)? != 1 {
            return None;
        }
        let name_end = plain_name_end(message)?;
        let end = name_end + 4;
        let others = u32::from(u16_at(message, 6)?) + u32::from(u16_at(message, 8)?);
        let additional = u32::from(u16_at(message, 10)?);
        let edns = if additional == 0 { None } else { find_opt(message, end, others + additional) };
        Some(Self {
            id: u16_at(message, 0)?,
            flags: u16_at(message, 2)?,
            question: message.get(HEADER..end)?,
            name: message.get(HEADER..name_end)?,
            record_type: RecordType(u16_at(message, name_end)?),
            class: u16_at(message, name_end + 2)?,
            edns,
        })
    }

    /// The name asked for, as written.
    pub(crate) fn name(&self) -> NameRef<'q> {
        NameRef::from_wire(self.name).unwrap_or(NameRef::ROOT)
    }

    /// DO: DNSSEC records are wanted.
    pub(crate) fn dnssec_ok(&self) -> bool {
        self.edns.is_some_and(|edns| edns.dnssec_ok)
    }

    /// The same query without EDNS options and anything else that may be long.
    pub(crate) fn without_options(&self) -> Vec<u8> {
        let mut query = Vec::with_capacity(HEADER + self.question.len() + EMPTY_OPT);
        for word in [self.id, self.flags, 1, 0, 0, u16::from(self.edns.is_some())] {
            query.extend_from_slice(&word.to_be_bytes());
        }
        query.extend_from_slice(self.question);
        if let Some(edns) = self.edns {
            query.extend_from_slice(&opt(edns.payload, 0, edns.dnssec_ok));
        }
        query
    }

    /// CD: DNSSEC checking is disabled.
    pub(crate) const fn checking_disabled(&self) -> bool {
        self.flags & FLAG_CD != 0
    }

    /// Whether the AD bit means something to the client (RFC 6840 §5.7).
    pub(crate) fn wants_authentic_data(&self) -> bool {
        self.flags & FLAG_AD != 0 || self.dnssec_ok()
    }
}

fn plain_name_end(message: &[u8]) -> Option<usize> {
    let mut at = HEADER;
    loop {
        let len = usize::from(*message.get(at)?);
        if len > MAX_LABEL {
            return None;
        }
        at += 1 + len;
        if at - HEADER > MAX_NAME {
            return None;
        }
        if len == 0 {
            return Some(at);
        }
    }
}

fn find_opt(message: &[u8], at: usize, count: u32) -> Option<Edns> {
    let opt =
        Records::new(message, at, count).map_while(Result::ok).find(|record| record.record_type == RecordType::OPT)?;
    let [_, version, flags, _] = u32_at(message, opt.ttl_at)?.to_be_bytes();
    Some(Edns { payload: opt.class, version, dnssec_ok: flags & 0x80 != 0 })
}
