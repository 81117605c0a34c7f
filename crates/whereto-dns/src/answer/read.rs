use std::fmt;

use dns_records::{Rcode, RecordType};

use super::{Answer, AnswerKind};
use crate::message::{
    Compressor, FLAG_AA, FLAG_AD, FLAG_QR, FLAG_RA, FLAG_TC, HEADER, OPCODE, QueryView, RecordSink, Records,
    copy_rdata, expand_name, u16_at, u32_at,
};
use crate::question::Question;

/// The largest TTLs that are handed out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TtlCaps {
    positive: u32,
    negative: u32,
}

impl TtlCaps {
    /// TTLs stay as they are.
    pub const NONE: Self = Self { positive: u32::MAX, negative: u32::MAX };

    /// Seconds for answers with records and for denials.
    pub const fn new(positive: u32, negative: u32) -> Self {
        Self { positive, negative }
    }
}

/// Why a message is no answer to a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unusable {
    /// It is no reply.
    NotAReply,
    /// It answers another question.
    OtherQuestion,
    /// Its sections can't be read.
    Malformed,
}

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotAReply => "the message is no reply",
            Self::OtherQuestion => "the message answers another question",
            Self::Malformed => "the message's sections can't be read",
        })
    }
}

impl std::error::Error for Unusable {}

impl Answer {
    /// Reads a reply to `question`; the identifier is the caller's to check.
    ///
    /// OPT, TSIG and SIG(0) records are left out: they belong to the hop between us and the upstream.
    ///
    /// # Errors
    /// When it is no reply, answers another question, or is malformed.
    pub fn read(question: &Question, message: &[u8], caps: TtlCaps) -> Result<Self, Unusable> {
        let flags = u16_at(message, 2).ok_or(Unusable::NotAReply)?;
        if flags & FLAG_QR == 0 || flags & OPCODE != 0 {
            return Err(Unusable::NotAReply);
        }
        let view = QueryView::parse(message).ok_or(Unusable::OtherQuestion)?;
        if view.name() != question.name() || view.record_type != question.record_type || view.class != question.class {
            return Err(Unusable::OtherQuestion);
        }
        let mut sections = Sections::new(question.name.as_wire(), caps);
        let mut counts = [0; 3];
        let mut at = HEADER + view.question.len();
        for (slot, (section, count_at)) in counts.iter_mut().zip(Section::WITH_COUNTS) {
            let count = u16_at(message, count_at).ok_or(Unusable::Malformed)?;
            (*slot, at) = sections.copy(message, at, count, section, question).ok_or(Unusable::Malformed)?;
        }
        Ok(sections.finish(flags, counts, view.question.len()))
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Section {
    Answer,
    Authority,
    Additional,
}

impl Section {
    /// The sections in order, and where in the header their records are counted.
    const WITH_COUNTS: [(Self, usize); 3] = [(Self::Answer, 6), (Self::Authority, 8), (Self::Additional, 10)];
}

struct Sections<'q> {
    out: Compressor<'q>,
    caps: TtlCaps,
    ttl: u32,
    answers_type: bool,
    soa: bool,
    overflow: bool,
    extended_rcode: u16,
}

impl<'q> Sections<'q> {
    fn new(question_name: &'q [u8], caps: TtlCaps) -> Self {
        Self {
            out: Compressor::new(question_name),
            caps,
            ttl: u32::MAX,
            answers_type: false,
            soa: false,
            overflow: false,
            extended_rcode: 0,
        }
    }

    /// Copies one section; returns how many records of it count and where it ends.
    fn copy(
        &mut self,
        message: &[u8],
        mut at: usize,
        count: u16,
        section: Section,
        question: &Question,
    ) -> Option<(u16, usize)> {
        let mut copied = 0;
        let mut owner = Vec::new();
        for record in Records::new(message, at, u32::from(count)) {
            let record = record.ok()?;
            at = record.rdata.end;
            match record.record_type {
                RecordType::OPT => {
                    let [high, ..] = record.ttl.to_be_bytes();
                    self.extended_rcode = u16::from(high);
                    continue;
                }
                RecordType::TSIG => continue,
                RecordType::SIG if u16_at(message, record.rdata.start) == Some(0) => continue,
                _ => {}
            }
            owner.clear();
            expand_name(message, record.owner_at, &mut owner)?;
            // A TTL with the highest bit set counts as zero (RFC 2181 §8).
            let mut ttl = if record.ttl > u32::MAX >> 1 { 0 } else { record.ttl };
            let wanted = record.record_type == question.record_type || question.record_type == RecordType::ANY;
            match section {
                Section::Answer => self.answers_type |= wanted,
                Section::Authority if record.record_type == RecordType::SOA => {
                    self.soa = true;
                    // How long a denial holds is the smaller of both (RFC 2308 §5).
                    ttl = ttl.min(u32_at(message, record.rdata.end.checked_sub(4)?)?);
                }
                Section::Authority | Section::Additional => {}
            }
            self.ttl = self.ttl.min(ttl);
            let before = self.out.len();
            self.out.owner(&owner);
            self.out.octets(&record.record_type.0.to_be_bytes());
            self.out.octets(&record.class.to_be_bytes());
            self.out.octets(&ttl.to_be_bytes());
            let length_at = self.out.len();
            self.out.octets(&[0, 0]);
            copy_rdata(message, &record, &mut self.out).ok()?;
            let length = self.out.len() - length_at - 2;
            if self.overflow || self.out.len() > MAX_RECORDS {
                self.out.truncate(before);
                self.overflow = true;
                continue;
            }
            self.out.patch(length_at, u16::try_from(length).ok()?.to_be_bytes());
            copied += 1;
        }
        Some((copied, at))
    }

    fn finish(self, flags: u16, counts: [u16; 3], question_len: usize) -> Answer {
        let rcode = flags & 0x000f | self.extended_rcode << 4;
        let truncated = flags & FLAG_TC != 0 || self.overflow;
        let kind = match Rcode(rcode) {
            _ if truncated => AnswerKind::Other,
            Rcode::NOERROR if self.answers_type => AnswerKind::Success,
            Rcode::NOERROR | Rcode::NXDOMAIN if self.soa => AnswerKind::Denial,
            // An alias whose target's records live elsewhere: the client's own chase.
            Rcode::NOERROR if counts.first() != Some(&0) => AnswerKind::Success,
            Rcode::SERVFAIL | Rcode::NOTIMP => AnswerKind::Failure,
            _ => AnswerKind::Other,
        };
        let cap = match kind {
            AnswerKind::Denial => self.caps.negative,
            _ => self.caps.positive,
        };
        let ttl = match kind {
            AnswerKind::Success | AnswerKind::Denial => self.ttl.min(cap),
            _ => 0,
        };
        let mut answer = Answer {
            rcode,
            flags: flags & (FLAG_AA | FLAG_RA | FLAG_AD) | if truncated { FLAG_TC } else { 0 },
            counts,
            question_len: u16::try_from(question_len).unwrap_or(0),
            records: self.out.into_octets().into_boxed_slice(),
            kind,
            ttl,
        };
        answer.cap_ttls(cap);
        answer
    }
}

/// Records that fit behind a header, the longest question and in front of an OPT record.
const MAX_RECORDS: usize = u16::MAX as usize - 512;
