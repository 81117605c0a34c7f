//! Searches in texts, many octets at a time: what is compared in arrays of a fixed length becomes vector instructions.

/// Octets that are looked at in one step.
const BLOCK: usize = 16;
/// A block, and the octet after it.
const WHOLE: usize = BLOCK + 1;
/// Follows a text that is shorter than a block: an octet that is never looked for, neither alone nor after another.
const FILLER: u8 = b'a';

/// Whether `found` holds for an octet and the one that follows it, which it does for no letter that follows.
#[inline(always)]
pub(crate) fn any_pair(text: &[u8], found: impl Fn(u8, u8) -> bool + Copy) -> bool {
    if let Some(last) = text.last_chunk::<WHOLE>() {
        let mut rest = text;
        while let Some(block) = rest.first_chunk::<WHOLE>() {
            if in_block(block, found) {
                return true;
            }
            rest = rest.get(BLOCK..).unwrap_or_default();
        }
        // The end, with some octets that were looked at before.
        in_block(last, found)
    } else {
        let mut block = [FILLER; WHOLE];
        for (to, from) in block.iter_mut().zip(text) {
            *to = *from;
        }
        in_block(&block, found)
    }
}

/// A function of its own, in which the loop does become vector instructions, whatever stands around the call.
#[inline(never)]
fn in_block(block: &[u8; WHOLE], found: impl Fn(u8, u8) -> bool) -> bool {
    block.iter().zip(block.iter().skip(1)).fold(false, |any, (octet, next)| any | found(*octet, *next))
}

/// Where the first `wanted` is.
#[inline(always)]
pub(crate) fn find(text: &[u8], wanted: u8) -> Option<usize> {
    let mut rest = text;
    while let Some(block) = rest.first_chunk::<BLOCK>() {
        if block.iter().fold(false, |any, octet| any | (*octet == wanted)) {
            break;
        }
        rest = rest.get(BLOCK..).unwrap_or_default();
    }
    rest.iter().position(|octet| *octet == wanted).map(|at| text.len() - rest.len() + at)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn as_octet_by_octet(text in prop::collection::vec(0u8..4, 0..80), wanted in 0u8..5, next in 0u8..5) {
            prop_assert_eq!(find(&text, wanted), text.iter().position(|octet| *octet == wanted));
            let pair = text.windows(2).any(|pair| pair == [wanted, next]);
            prop_assert_eq!(any_pair(&text, |octet, after| octet == wanted && after == next), pair);
        }
    }
}
