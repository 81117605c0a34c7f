use object_change::Severity::Warning;

use super::address::inet_aton;
use super::{Notes, Place};
use crate::file::{is_blank, is_c_space};
use crate::{Line, SortEntry, SortMask, Span};

/// `MAXRESOLVSORT` of `resolv.h`.
const ENTRIES: usize = 10;

/// The `sortlist` line of glibc (`res_vinit_1`) in `text`; the place of an octet that its loop never gets past is an error.
///
/// The loop skips blanks, takes an address up to a `/`, `&`, `;`, space or octet beyond ASCII, and a mask after the first two. It has no
/// way around such an octet where an address should begin (measured with 2.36: a line with `\r\n` hangs).
pub(super) fn sortlist(line: &Line<'_>, text: &[u8], list: &mut Vec<SortEntry>, notes: &mut Notes) -> Result<(), Span> {
    let ends = |octet: u8| octet == b';' || !octet.is_ascii() || is_c_space(octet);
    let mut at = "sortlist".len();
    let run = |from: usize, stops: &dyn Fn(u8) -> bool| {
        let rest = text.get(from..).unwrap_or_default();
        rest.iter().position(|&octet| stops(octet)).map_or(text.len(), |length| from + length)
    };
    loop {
        at = run(at, &|octet| !is_blank(octet));
        match text.get(at) {
            None | Some(b';') => return Ok(()),
            Some(_) => {}
        }
        let start = at;
        at = run(at, &|octet| matches!(octet, b'/' | b'&') || ends(octet));
        let Some(address) = text.get(start..at).and_then(inet_aton) else {
            if at == start {
                return Err(line.span_of(at, 1));
            }
            let place = Place::File(line.span_of(start, at - start));
            notes.add(Warning, place, "the word has no effect: glibc does not take it for an IPv4 address");
            // What follows a bad address is where the next one should begin.
            continue;
        };
        let mut mask = None;
        if matches!(text.get(at), Some(b'/' | b'&')) {
            let from = at + 1;
            at = run(from, &|octet| ends(octet));
            mask = text.get(from..at).and_then(inet_aton);
        }
        if list.len() == ENTRIES {
            notes.add(
                Warning,
                Place::File(line.span_of(start, at - start)),
                "the word has no effect: glibc sorts by ten",
            );
            continue;
        }
        let mask = SortMask::Bits(mask.unwrap_or_else(|| class_mask(address)));
        list.push(SortEntry::new(address.into(), mask));
    }
}

/// `net_mask`: by the class of the address, C for all that are neither A nor B.
fn class_mask(address: std::net::Ipv4Addr) -> std::net::Ipv4Addr {
    match address.octets() {
        [..128, _, _, _] => [255, 0, 0, 0],
        [128..192, _, _, _] => [255, 255, 0, 0],
        _ => [255, 255, 255, 0],
    }
    .into()
}
