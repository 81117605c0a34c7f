//! The DNS wire format as far as forwarding needs it: queries read without copies, records copied between messages.

mod compress;
mod names;
mod query;
mod records;

pub(crate) use compress::Compressor;
pub(crate) use names::expand_name;
pub(crate) use query::QueryView;
pub(crate) use records::{RawRecord, RecordSink, Records, copy_rdata};

/// Octets of a message header.
pub(crate) const HEADER: usize = 12;
/// Octets of an OPT record without options.
pub(crate) const EMPTY_OPT: usize = 11;

/// QR: a reply.
pub(crate) const FLAG_QR: u16 = 0x8000;
/// AA: from an authority.
pub(crate) const FLAG_AA: u16 = 0x0400;
/// TC: truncated.
pub(crate) const FLAG_TC: u16 = 0x0200;
/// RD: recursion desired.
pub(crate) const FLAG_RD: u16 = 0x0100;
/// RA: recursion available.
pub(crate) const FLAG_RA: u16 = 0x0080;
/// AD: authentic data.
pub(crate) const FLAG_AD: u16 = 0x0020;
/// CD: checking disabled.
pub(crate) const FLAG_CD: u16 = 0x0010;
/// The opcode's bits.
pub(crate) const OPCODE: u16 = 0x7800;

pub(crate) fn u16_at(message: &[u8], at: usize) -> Option<u16> {
    message.get(at..)?.first_chunk::<2>().map(|octets| u16::from_be_bytes(*octets))
}

pub(crate) fn u32_at(message: &[u8], at: usize) -> Option<u32> {
    message.get(at..)?.first_chunk::<4>().map(|octets| u32::from_be_bytes(*octets))
}

/// Overwrites octets in place; out of range does nothing.
pub(crate) fn put(message: &mut [u8], at: usize, octets: &[u8]) {
    if let Some(slot) = message.get_mut(at..).and_then(|rest| rest.get_mut(..octets.len())) {
        slot.copy_from_slice(octets);
    }
}

/// An OPT record without options (RFC 6891 §6.1.2).
pub(crate) const fn opt(payload: u16, extended_rcode: u8, dnssec_ok: bool) -> [u8; EMPTY_OPT] {
    let [high, low] = payload.to_be_bytes();
    [0, 0, 41, high, low, extended_rcode, 0, if dnssec_ok { 0x80 } else { 0 }, 0, 0, 0]
}

#[cfg(test)]
mod tests;
