use dns_records::{MAX_LABEL, MAX_NAME};

use super::u16_at;

/// Where a name that starts at `at` ends, pointers not followed.
pub(crate) fn skip_name(message: &[u8], mut at: usize) -> Option<usize> {
    loop {
        match *message.get(at)? {
            0 => return Some(at + 1),
            len if usize::from(len) <= MAX_LABEL => at += 1 + usize::from(len),
            len if len >= 0xc0 => return message.get(at + 1).map(|_| at + 2),
            _ => return None,
        }
    }
}

/// Appends the name that starts at `at`, pointers followed, and returns where it ends.
///
/// A pointer must lead to before the part of the name that holds it, so this ends for every input.
pub(crate) fn expand_name(message: &[u8], start: usize, out: &mut Vec<u8>) -> Option<usize> {
    let first = out.len();
    let mut at = start;
    let mut part = start;
    let mut end = None;
    loop {
        let len = *message.get(at)?;
        if len >= 0xc0 {
            let target = usize::from(u16_at(message, at)? & 0x3fff);
            end.get_or_insert(at + 2);
            if target >= part {
                return None;
            }
            at = target;
            part = target;
            continue;
        }
        if usize::from(len) > MAX_LABEL {
            return None;
        }
        let next = at + 1 + usize::from(len);
        out.extend_from_slice(message.get(at..next)?);
        if out.len() - first > MAX_NAME {
            return None;
        }
        at = next;
        if len == 0 {
            return Some(end.unwrap_or(at));
        }
    }
}
