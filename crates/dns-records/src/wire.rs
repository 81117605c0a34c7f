//! The DNS wire format (RFC 1035 §4, RFC 6891), as far as a server's hot path needs it.

mod edns;
mod query;
mod reply;

pub(crate) use edns::Edns;
pub use query::Query;
pub(crate) use query::{Header, Malformed, Question, expand};
pub(crate) use reply::{Flags, Reply, Section};

use crate::config::Conformance;
use crate::name::FoldedName;
use crate::respond::bare;
use crate::verdict::{Limits, Rcode, Verdict};

/// Octets of a message header.
pub(crate) const HEADER: usize = 12;
/// Class IN.
pub(crate) const CLASS_IN: u16 = 1;
/// Length of a datagram without EDNS (RFC 1035 §4.2.1).
pub(crate) const MIN_PAYLOAD: u16 = 512;

/// Writes a reply without records: the question, `rcode`, and an OPT record if the query had one.
///
/// A query whose question can't be repeated, as where its name is compressed, gets FORMERR and the header alone.
///
/// Returns the number of octets written, 0 when `query` is no query or `out` is shorter than 512 octets.
///
/// ```
/// use dns_records::wire::error_reply;
/// use dns_records::{Limits, Rcode};
/// let query = b"\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x01a\x00\x00\x01\x00\x01";
/// let mut out = [0; 512];
/// let len = error_reply(query, Rcode::REFUSED, Limits::udp(), &mut out);
/// assert_eq!(out[..len], *b"\x12\x34\x81\x05\x00\x01\x00\x00\x00\x00\x00\x00\x01a\x00\x00\x01\x00\x01");
/// ```
pub fn error_reply(query: &[u8], rcode: Rcode, limits: Limits, out: &mut [u8]) -> usize {
    let mut name = FoldedName::empty();
    let Ok(header) = Header::read(query) else { return 0 };
    let Ok(question) = Question::read(query, header, &mut name) else {
        return match bare(header, Rcode::FORMERR, limits, out) {
            Verdict::Reply(len) => len,
            _ => 0,
        };
    };
    error_to(&question, rcode, limits, Conformance::Rfc, out)
}

/// As [`error_reply`], for a query that was read.
pub(crate) fn error_to(
    question: &Question<'_>,
    rcode: Rcode,
    limits: Limits,
    conformance: Conformance,
    out: &mut [u8],
) -> usize {
    let Some(mut reply) = Reply::start(out, question, limits, conformance) else { return 0 };
    reply.set_rcode(rcode);
    reply.finish(Flags::default())
}
