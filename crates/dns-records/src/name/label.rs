/// Whether two wire sequences are equal but for the case of ASCII letters (RFC 4343 §3).
///
/// Length octets are at most 63 and so never letters: whole names may be compared at once.
pub(crate) fn eq_ignore_case(a: &[u8], b: &[u8]) -> bool {
    a.eq_ignore_ascii_case(b)
}

/// Copies `from` into the front of `to` in lower case; `None` when it does not fit.
pub(crate) fn fold_into<'b>(from: &[u8], to: &'b mut [u8]) -> Option<&'b [u8]> {
    let to = to.get_mut(..from.len())?;
    to.copy_from_slice(from);
    to.make_ascii_lowercase();
    Some(to)
}
