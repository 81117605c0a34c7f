use dns_records::Rcode;

use super::Answer;
use crate::client::Client;
use crate::message::{
    EMPTY_OPT, FLAG_AA, FLAG_AD, FLAG_CD, FLAG_QR, FLAG_RA, FLAG_RD, FLAG_TC, HEADER, QueryView, Records, copy_rdata,
    expand_name, opt, put,
};
use crate::question::Question;

/// An answer as it is now.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Aged<'a> {
    pub(crate) answer: &'a Answer,
    /// Whole seconds since it came.
    pub(crate) age: u32,
    /// Whether it comes from the cache: then it is not authoritative.
    pub(crate) cached: bool,
}

impl Answer {
    pub(super) fn cap_ttls(&mut self, cap: u32) {
        if cap < u32::MAX {
            self.rewrite_ttls(|ttl| ttl.min(cap));
        }
    }

    fn rewrite_ttls(&mut self, change: impl Fn(u32) -> u32) {
        let total = self.total();
        let mut records = std::mem::take(&mut self.records);
        patch_ttls(&mut records, total, change);
        self.records = records;
    }

    fn total(&self) -> u32 {
        self.counts.iter().map(|count| u32::from(*count)).sum()
    }
}

/// Applies `change` to the TTLs of the first `count` records.
fn patch_ttls(records: &mut [u8], count: u32, change: impl Fn(u32) -> u32) {
    let mut at = 0;
    for _ in 0..count {
        let Some(Ok(record)) = Records::new(records, at, 1).next() else { return };
        at = record.rdata.end;
        put(records, record.ttl_at, &change(record.ttl).to_be_bytes());
    }
}

impl Aged<'_> {
    /// Writes the reply to `query`, which asks the question that this answers, and returns its length; 0 when it does not fit.
    ///
    /// Records are left out whole. TC says so, unless only additional ones are missing (RFC 2181 §9).
    pub(crate) fn write(&self, query: &QueryView<'_>, client: &Client, out: &mut [u8]) -> usize {
        let answer = self.answer;
        if usize::from(answer.question_len) != query.question.len() {
            return 0;
        }
        let limit = client.max_reply(query).min(out.len());
        let opt_len = if query.edns.is_some() { EMPTY_OPT } else { 0 };
        let start = HEADER + query.question.len();
        let Some(room) = limit.checked_sub(start + opt_len) else { return 0 };

        let (len, counts, cut) = answer.fit(room);
        put(out, HEADER, query.question);
        if let Some(body) = out.get_mut(start..start + len) {
            body.copy_from_slice(answer.records.get(..len).unwrap_or_default());
            if self.age > 0 {
                let total = counts.iter().map(|count| u32::from(*count)).sum();
                patch_ttls(body, total, |ttl| ttl.saturating_sub(self.age));
            }
        }
        let mut rcode = answer.rcode;
        let mut additional = counts[2];
        if let Some(edns) = query.edns {
            let extended = u8::try_from(rcode >> 4).unwrap_or(0);
            put(out, start + len, &opt(client.limits().max_payload(), extended, edns.dnssec_ok));
            additional += 1;
        } else if rcode > 0xf {
            rcode = Rcode::SERVFAIL.0;
        }
        let flags = self.flags(query) | if cut { FLAG_TC } else { 0 } | rcode & 0xf;
        for (at, word) in [(0, query.id), (2, flags), (4, 1), (6, counts[0]), (8, counts[1]), (10, additional)] {
            put(out, at, &word.to_be_bytes());
        }
        start + len + opt_len
    }

    fn flags(&self, query: &QueryView<'_>) -> u16 {
        let mut flags = FLAG_QR | query.flags & (FLAG_RD | FLAG_CD) | self.answer.flags & (FLAG_RA | FLAG_TC);
        if !self.cached {
            flags |= self.answer.flags & FLAG_AA;
        }
        if query.wants_authentic_data() {
            flags |= self.answer.flags & FLAG_AD;
        }
        flags
    }

    /// The records of the answer section and of the authority section, without compressed names.
    pub(crate) fn plain_sections(&self, question: &Question) -> (Vec<u8>, Vec<u8>) {
        let answer = self.answer;
        let mut message = vec![0; HEADER];
        message.extend_from_slice(&question.section());
        let start = message.len();
        message.extend_from_slice(&answer.records);
        let mut records = Records::new(&message, start, answer.total()).map_while(Result::ok);
        let mut section = |count: u16| {
            let mut out = Vec::new();
            for record in records.by_ref().take(usize::from(count)) {
                let written = out.len();
                if self.push_plain(&message, &record, &mut out).is_none() {
                    out.truncate(written);
                }
            }
            out
        };
        let answers = section(answer.counts[0]);
        (answers, section(answer.counts[1]))
    }

    fn push_plain(&self, message: &[u8], record: &crate::message::RawRecord, out: &mut Vec<u8>) -> Option<()> {
        expand_name(message, record.owner_at, out)?;
        out.extend_from_slice(&record.record_type.0.to_be_bytes());
        out.extend_from_slice(&record.class.to_be_bytes());
        out.extend_from_slice(&record.ttl.saturating_sub(self.age).to_be_bytes());
        let length_at = out.len();
        out.extend_from_slice(&[0, 0]);
        copy_rdata(message, record, out).ok()?;
        let length = u16::try_from(out.len() - length_at - 2).ok()?;
        put(out, length_at, &length.to_be_bytes());
        Some(())
    }
}

impl Answer {
    /// How much of the records fits into `room`: octets, records per section, and whether something needed is missing.
    fn fit(&self, room: usize) -> (usize, [u16; 3], bool) {
        if self.records.len() <= room {
            return (self.records.len(), self.counts, false);
        }
        let [answers, authorities, _] = self.counts;
        let required = u32::from(answers) + if answers == 0 { u32::from(authorities) } else { 0 };
        let mut len = 0;
        let mut whole = 0;
        for record in Records::new(&self.records, 0, self.total()).map_while(Result::ok) {
            if record.rdata.end > room {
                break;
            }
            len = record.rdata.end;
            whole += 1;
        }
        let mut left = whole;
        let mut take = |count: u16| {
            let taken = left.min(u32::from(count));
            left -= taken;
            u16::try_from(taken).unwrap_or(count)
        };
        let counts = [take(answers), take(authorities), take(u16::MAX)];
        (len, counts, whole < required)
    }
}
