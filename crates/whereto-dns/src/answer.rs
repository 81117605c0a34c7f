//! What an upstream answered, in a form that serves every later asker.

mod read;
mod reply;

use std::time::Duration;

pub use read::{TtlCaps, Unusable};
pub(crate) use reply::Aged;

/// An upstream's reply, checked, re-encoded and independent of who asked.
///
/// Records follow any spelling of the question in the same message layout, so a cached answer is sent by copying it behind
/// the asker's own question and lowering the TTLs.
#[derive(Clone, Debug)]
pub struct Answer {
    rcode: u16,
    flags: u16,
    counts: [u16; 3],
    question_len: u16,
    records: Box<[u8]>,
    kind: AnswerKind,
    ttl: u32,
}

/// What an answer says about its question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AnswerKind {
    /// Records.
    Success,
    /// The name, or the type at it, does not exist; with the SOA that says for how long (RFC 2308).
    Denial,
    /// The upstream could not answer: SERVFAIL or NOTIMP.
    Failure,
    /// Anything that is not to be remembered: truncated, refused, referrals, denials without an SOA.
    Other,
}

impl Answer {
    /// The response code, extended ones included.
    pub const fn rcode(&self) -> u16 {
        self.rcode
    }

    /// What it says.
    pub const fn kind(&self) -> AnswerKind {
        self.kind
    }

    /// Whether the upstream cut it short.
    pub const fn is_truncated(&self) -> bool {
        self.flags & crate::message::FLAG_TC != 0
    }

    /// For how long records and denials may be remembered: the smallest TTL. Zero for failures and others.
    pub const fn lifetime(&self) -> Duration {
        Duration::from_secs(self.ttl as u64)
    }

    /// Octets that it occupies.
    pub(crate) const fn size(&self) -> usize {
        self.records.len() + size_of::<Self>()
    }
}

#[cfg(test)]
mod tests;
