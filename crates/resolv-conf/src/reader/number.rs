//! Numbers as C and Go read them.

use crate::file::is_c_space;

/// The digits at the beginning, as far as they go, and what follows; saturates.
pub(super) fn digits(text: &[u8]) -> (u64, &[u8]) {
    let length = text.iter().take_while(|octet| octet.is_ascii_digit()).count();
    let (number, rest) = text.split_at_checked(length).unwrap_or((text, &[]));
    let value = number.iter().fold(0_u64, |sum, digit| sum.saturating_mul(10).saturating_add(u64::from(digit - b'0')));
    (value, rest)
}

/// C's `atoi` where `long` has 64 bits: blanks, a sign, digits; `strtol` saturates and the cast to `int` keeps the low half.
pub(super) fn atoi(text: &[u8]) -> i32 {
    let blanks = text.iter().take_while(|&&octet| is_c_space(octet)).count();
    let text = text.get(blanks..).unwrap_or_default();
    let (negative, text) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    };
    let (value, _) = digits(text);
    let value = i64::try_from(value).unwrap_or(i64::MAX);
    let long = match (negative, value) {
        (true, i64::MAX) => i64::MIN,
        (true, value) => -value,
        (false, value) => value,
    };
    long as i32
}

/// Go's `net.dtoi`: the digits at the beginning, at most 0xFFFFFF; none is 0.
pub(super) fn dtoi(text: &[u8]) -> u32 {
    u32::try_from(digits(text).0).unwrap_or(u32::MAX).min(0xFF_FFFF)
}

/// The whole text as a decimal number of 32 bits.
pub(super) fn whole(text: &[u8]) -> Option<u32> {
    match digits(text) {
        (value, []) if !text.is_empty() => u32::try_from(value).ok(),
        _ => None,
    }
}
