//! Message identifiers: the low bits are the length of the right reply, the rest numbers what is outstanding.
//!
//! So a program that answers nothing sends replies as long as those of one that does, without looking anything up.

/// Bits of an identifier that are a length.
const LENGTH_BITS: u32 = 10;
/// How many queries can be outstanding.
pub const SLOTS: usize = 1 << (u16::BITS - LENGTH_BITS);
/// The longest reply that can be asked for.
pub const MAX_REPLY: usize = (1 << LENGTH_BITS) - 1;

/// The identifier of an outstanding query whose reply has `len` octets.
#[must_use]
pub fn id(slot: usize, len: usize) -> u16 {
    let tag = (slot % SLOTS) << LENGTH_BITS | len.min(MAX_REPLY);
    u16::try_from(tag).unwrap_or_default()
}

/// The number of the outstanding query that a message belongs to.
#[must_use]
pub fn slot(message: &[u8]) -> Option<usize> {
    Some(usize::from(read(message)?) >> LENGTH_BITS)
}

/// The length that the reply to a message should have.
#[must_use]
pub fn reply_len(message: &[u8]) -> Option<usize> {
    Some(usize::from(read(message)?) & MAX_REPLY)
}

fn read(message: &[u8]) -> Option<u16> {
    message.first_chunk().map(|octets| u16::from_be_bytes(*octets))
}
