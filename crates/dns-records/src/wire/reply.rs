mod names;
mod opt;

use std::net::IpAddr;

use super::{HEADER, Question};
use crate::config::Conformance;
use crate::record::{RecordData, RecordRef};
use crate::record_set::{MAX_SOA_TTL, View};
use crate::record_type::RecordType;
use crate::verdict::{Limits, Rcode};

/// Octets of an OPT record without options.
const OPT: usize = 11;
/// Marks two octets as a pointer into the message (RFC 1035 §4.1.4).
const POINTER: u16 = 0xc000;
/// Octets of an SRV record before its target, when its owner is a pointer.
const BEFORE_TARGET: usize = 18;
/// The SOA record of every zone (see `View::soa`), with room for owner, TTL, two pointers, serial and minimum.
const SOA_FRAME: &[u8; 54] = b"\0\0\0\x06\0\x01\0\0\0\0\0\x2a\x02ns\x03dns\0\0\x0ahostmaster\0\0\
    \0\0\0\0\0\0\x1c\x20\0\0\x07\x08\0\x01\x51\x80\0\0\0\0";
/// Option code of extended errors (RFC 8914 §2).
const EXTENDED_ERROR: u16 = 15;

/// The sections after the question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Section {
    Answer,
    Authority,
    Additional,
}

/// Header bits that the answer decides.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Flags {
    pub(crate) authoritative: bool,
    pub(crate) truncated: bool,
}

/// A reply being written into the caller's buffer: whole records or none.
pub(crate) struct Reply<'o, 'q> {
    out: &'o mut [u8],
    at: usize,
    /// Where records must end: room for the OPT record is set aside.
    limit: usize,
    counts: [u16; 3],
    question: &'q Question<'q>,
    limits: Limits,
    conformance: Conformance,
    rcode: Rcode,
    extended_error: Option<(u16, &'static str)>,
    /// Names in the message that later ones may end with.
    labels: names::Labels,
    /// The SRV record whose target was last found to be the owner of an additional record.
    target_cursor: usize,
}

/// A place in a reply to go back to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mark {
    at: usize,
    counts: [u16; 3],
}

impl<'o, 'q> Reply<'o, 'q> {
    /// Writes header and question; `None` when not even those fit.
    #[inline(always)]
    pub(crate) fn start(
        out: &'o mut [u8],
        question: &'q Question<'q>,
        limits: Limits,
        conformance: Conformance,
    ) -> Option<Self> {
        let size = payload_size(question, limits, conformance).min(out.len());
        let at = HEADER + question.name.len() + 4;
        let opt = question.edns.map_or(0, |edns| {
            let echo = match conformance {
                Conformance::CoreDns => edns.echoed().map(|(_, content)| 4 + content.len()).sum(),
                Conformance::Rfc => 0,
            };
            OPT + echo
        });
        let limit = size.checked_sub(opt)?;
        if at > limit {
            return None;
        }
        let (_, body) = out.split_at_mut_checked(HEADER)?;
        let (name, rest) = body.split_at_mut_checked(question.name.len())?;
        name.copy_from_slice(question.name);
        let [type_high, type_low, class_high, class_low, ..] = rest else { return None };
        [*type_high, *type_low] = question.record_type.0.to_be_bytes();
        [*class_high, *class_low] = question.class.to_be_bytes();
        Some(Self {
            out,
            at,
            limit,
            counts: [0; 3],
            question,
            limits,
            conformance,
            rcode: Rcode::NOERROR,
            extended_error: None,
            labels: names::Labels::NONE,
            target_cursor: at,
        })
    }

    pub(crate) const fn set_rcode(&mut self, rcode: Rcode) {
        self.rcode = rcode;
    }

    /// Whether the reason of a negative answer has a place in the reply.
    pub(crate) const fn wants_reasons(&self) -> bool {
        self.limits.extended_errors && self.question.edns.is_some()
    }

    /// Adds the reason of a negative answer, where the caller wants such.
    pub(crate) const fn set_extended_error(&mut self, code: u16, text: &'static str) {
        if self.limits.extended_errors {
            self.extended_error = Some((code, text));
        }
    }

    pub(crate) const fn mark(&self) -> Mark {
        Mark { at: self.at, counts: self.counts }
    }

    pub(crate) fn back_to(&mut self, mark: Mark) {
        self.at = mark.at;
        self.counts = mark.counts;
        self.labels.forget(mark.at);
    }

    /// Whether a name is the question's, recognised by where it lies in memory.
    pub(crate) fn asks_for(&self, name: &[u8]) -> bool {
        std::ptr::eq(self.question.name, name)
    }

    /// Number of records written to the answer section.
    pub(crate) const fn answers(&self) -> u16 {
        let [answers, ..] = self.counts;
        answers
    }

    /// Writes one record; `false`, with nothing written, when it does not fit.
    #[inline(always)]
    pub(crate) fn push(&mut self, section: Section, record: &RecordRef<'_>) -> bool {
        let mark = self.mark();
        if self.push_record(record).is_none() {
            self.back_to(mark);
            return false;
        }
        self.count(section);
        true
    }

    /// Writes the SOA record of a negative answer, in one go where the zone ends the question's name.
    #[inline(always)]
    pub(crate) fn push_soa(&mut self, view: &View<'_, '_>) -> bool {
        let Some(offset) = self.offset_in_question(view.apex) else {
            return self.push(Section::Authority, &view.soa());
        };
        let pointer = (POINTER | offset).to_be_bytes();
        let ttl = view.ttl();
        let Some(octets) = self.room() else { return false };
        // In its place: a copy of a record that was just put together would wait for its pieces.
        *octets = *SOA_FRAME;
        octets[..2].copy_from_slice(&pointer);
        octets[6..10].copy_from_slice(&ttl.min(MAX_SOA_TTL).to_be_bytes());
        octets[19..21].copy_from_slice(&pointer);
        octets[32..34].copy_from_slice(&pointer);
        octets[34..38].copy_from_slice(&view.snapshot.serial.to_be_bytes());
        octets[50..].copy_from_slice(&ttl.to_be_bytes());
        self.count(Section::Authority);
        true
    }

    /// Writes an address of the question's name: most of what is ever asked, a fixed number of octets.
    #[inline(always)]
    pub(crate) fn push_own_address(&mut self, address: IpAddr, ttl: u32) -> bool {
        let [high, low] = (POINTER | HEADER as u16).to_be_bytes();
        let [ttl_0, ttl_1, ttl_2, ttl_3] = ttl.to_be_bytes();
        let fixed = |record_type: RecordType, len: u8| {
            [high, low, 0, record_type.0 as u8, 0, 1, ttl_0, ttl_1, ttl_2, ttl_3, 0, len]
        };
        let written = match address {
            IpAddr::V4(v4) => {
                let mut octets = [0; 16];
                octets[..12].copy_from_slice(&fixed(RecordType::A, 4));
                octets[12..].copy_from_slice(&v4.octets());
                self.put(&octets)
            }
            IpAddr::V6(v6) => {
                let mut octets = [0; 28];
                octets[..12].copy_from_slice(&fixed(RecordType::AAAA, 16));
                octets[12..].copy_from_slice(&v6.octets());
                self.put(&octets)
            }
        };
        if written.is_some() {
            self.count(Section::Answer);
        }
        written.is_some()
    }

    /// Copies those records in wire form without compressed names whose type `takes`; `false` when one does not fit,
    /// with those before it written.
    pub(crate) fn push_wire(
        &mut self,
        section: Section,
        mut records: &[u8],
        takes: impl Fn(RecordType) -> bool,
    ) -> bool {
        while let Some((record_type, len)) = first_wire_record(records) {
            let (record, rest) = records.split_at_checked(len).unwrap_or_default();
            if takes(record_type) {
                let mark = self.mark();
                if self.put_wire_record(record_type, record).is_none() {
                    self.back_to(mark);
                    return false;
                }
                self.count(section);
            }
            records = rest;
        }
        true
    }

    /// Copies a record, with its owner and an alias's target compressed.
    fn put_wire_record(&mut self, record_type: RecordType, record: &[u8]) -> Option<()> {
        let (owner, rest) = record.split_at_checked(wire_name_len(record)?)?;
        let (fixed, data) = rest.split_at_checked(10)?;
        self.put_compressed(owner)?;
        self.put(fixed)?;
        if record_type != RecordType::CNAME {
            return self.put(data);
        }
        let start = self.at;
        self.put_compressed(data)?;
        let len = (self.at - start) as u16;
        self.out.get_mut(start - 2..start)?.copy_from_slice(&len.to_be_bytes());
        Some(())
    }

    /// Writes the OPT record and the header; returns the message's length.
    #[inline(always)]
    pub(crate) fn finish(&mut self, flags: Flags) -> usize {
        let opt = self.question.edns.is_some() && self.push_opt().is_some();
        let header = &self.question.header;
        let mut bits = 0x8000 | header.copied_flags() | self.rcode.0 & 15;
        bits |= u16::from(header.checking_disabled()) << 4;
        bits |= u16::from(flags.authoritative) << 10;
        bits |= u16::from(flags.truncated) << 9;
        bits |= u16::from(self.limits.recursion_available) << 7;
        let [answers, authorities, additionals] = self.counts;
        let words = [header.id, bits, 1, answers, authorities, additionals + u16::from(opt)];
        if let Some(header) = self.out.first_chunk_mut::<HEADER>() {
            for (slot, word) in header.as_chunks_mut::<2>().0.iter_mut().zip(words) {
                *slot = word.to_be_bytes();
            }
        }
        self.at
    }

    fn count(&mut self, section: Section) {
        if let Some(count) = self.counts.get_mut(section as usize) {
            *count += 1;
        }
    }

    /// Writes an additional record, whose owner is the target of an SRV record in the answer section.
    ///
    /// Such records must come in the order of their targets.
    pub(crate) fn push_glue(&mut self, record: &RecordRef<'_>) -> bool {
        let mark = self.mark();
        let owner = self.find_target(&record.owner);
        let written = match owner {
            Some(offset) => self.put_u16(POINTER | offset),
            None => self.put_name(&record.owner, true),
        };
        if written.and_then(|()| self.push_after_owner(record)).is_none() {
            self.back_to(mark);
            return false;
        }
        self.count(Section::Additional);
        true
    }

    fn push_record(&mut self, record: &RecordRef<'_>) -> Option<()> {
        self.put_name(&record.owner, true)?;
        self.push_after_owner(record)
    }

    fn push_after_owner(&mut self, record: &RecordRef<'_>) -> Option<()> {
        self.put_u16(record.data.record_type().0)?;
        self.put_u16(super::CLASS_IN)?;
        self.put(&record.ttl.to_be_bytes())?;
        let len_at = self.at;
        self.put_u16(0)?;
        self.push_data(&record.data)?;
        let len = (self.at - len_at - 2) as u16;
        self.out.get_mut(len_at..len_at + 2)?.copy_from_slice(&len.to_be_bytes());
        Some(())
    }

    fn push_data(&mut self, data: &RecordData<'_>) -> Option<()> {
        match data {
            RecordData::A(v4) => self.put(&v4.octets()),
            RecordData::Aaaa(v6) => self.put(&v6.octets()),
            RecordData::Cname(name) | RecordData::Ns(name) | RecordData::Ptr(name) => self.put_name(name, true),
            RecordData::Srv { priority, weight, port, target } => {
                self.put_u16(*priority)?;
                self.put_u16(*weight)?;
                self.put_u16(*port)?;
                // RFC 2782: the target may not be compressed. Later names may point to it.
                self.put_name(target, false)
            }
            RecordData::Soa(soa) => {
                self.put_name(&soa.mname, true)?;
                self.put_name(&soa.rname, true)?;
                for number in [soa.serial, soa.refresh, soa.retry, soa.expire, soa.minimum] {
                    self.put(&number.to_be_bytes())?;
                }
                Some(())
            }
            RecordData::Txt(text) => self.put_string(text),
        }
    }

    fn put_string(&mut self, text: &str) -> Option<()> {
        self.put(&[u8::try_from(text.len()).ok()?])?;
        self.put(text.as_bytes())
    }

    fn put_u16(&mut self, number: u16) -> Option<()> {
        self.put(&number.to_be_bytes())
    }

    fn put(&mut self, octets: &[u8]) -> Option<()> {
        let end = self.at + octets.len();
        if end > self.limit {
            return None;
        }
        self.out.get_mut(self.at..end)?.copy_from_slice(octets);
        self.at = end;
        Some(())
    }

    /// The next octets, to be written where they are; `None` when they do not fit.
    #[inline(always)]
    fn room<const N: usize>(&mut self) -> Option<&mut [u8; N]> {
        let end = self.at + N;
        if end > self.limit {
            return None;
        }
        let room = self.out.get_mut(self.at..)?.first_chunk_mut()?;
        self.at = end;
        Some(room)
    }
}

/// The largest reply to a question.
#[inline]
fn payload_size(question: &Question<'_>, limits: Limits, conformance: Conformance) -> usize {
    let limits = match conformance {
        Conformance::Rfc => limits,
        Conformance::CoreDns => limits.with_max_payload(u16::MAX),
    };
    limits.max_reply(question.edns.map(|edns| edns.payload))
}

/// Type and length of the record at the front, whose owner is not compressed; `None` at the end.
fn first_wire_record(records: &[u8]) -> Option<(RecordType, usize)> {
    let owner = wire_name_len(records)?;
    let word = |at: usize| records.get(at..)?.first_chunk().copied().map(u16::from_be_bytes);
    let (record_type, len) = (RecordType(word(owner)?), word(owner + 8)?);
    let end = owner + 10 + usize::from(len);
    (end <= records.len()).then_some((record_type, end))
}

/// Length of the uncompressed name at the front.
fn wire_name_len(wire: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        match usize::from(*wire.get(at)?) {
            0 => return Some(at + 1),
            len => at += len + 1,
        }
    }
}
