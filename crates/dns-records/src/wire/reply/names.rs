//! Names in a reply, compressed where they may be (RFC 1035 §4.1.4).

use super::{BEFORE_TARGET, POINTER, Reply};
use crate::record::RecordName;
use crate::store::EndpointLabel;
use crate::wire::HEADER;

/// A name that stands in the message, and that others may end with.
#[derive(Clone, Copy)]
pub(super) struct Base {
    pub(super) at: usize,
    /// Length of the whole name.
    len: usize,
    /// How many octets of it are written there; the others follow a pointer, at `tail`.
    written: usize,
    tail: usize,
}

impl Reply<'_, '_> {
    /// Writes a name; compressed ones end with a pointer where a part of them stands in the message already.
    pub(super) fn put_name(&mut self, name: &RecordName<'_>, compress: bool) -> Option<()> {
        let start = self.at;
        if let Some(address) = name.dashed {
            let label = EndpointLabel::of(address);
            self.put(&[label.as_bytes().len() as u8])?;
            self.put(label.as_bytes())?;
        }
        if let ([b"", b"", b"", b"", whole], true) = (name.parts, compress) {
            return self.put_whole(whole);
        }
        let parts = name.parts.iter().filter(|part| !part.is_empty());
        for part in parts {
            if compress && let Some(offset) = self.find(part) {
                return self.put_u16(POINTER | offset);
            }
            // Only the zone ends a name: what is remembered for a part is remembered for the rest of the name too,
            // as the parts after a Service's labels are the same for all names of one reply.
            self.remember(part);
            self.put(part)?;
        }
        debug_assert!(self.at > start, "a name has at least the root label");
        Some(())
    }

    /// Writes a name that lies in one piece: compressed against what was remembered, else against the question's name.
    pub(super) fn put_whole(&mut self, whole: &[u8]) -> Option<()> {
        if let Some(offset) = self.offset_in_question(whole).or_else(|| self.find_whole(whole)) {
            return self.put_u16(POINTER | offset);
        }
        self.remember(whole);
        let start = self.at;
        let mut rest = whole;
        loop {
            // Letter case is kept, so only a suffix in the same case serves.
            let len = self.question.name.len();
            let question = Base { at: HEADER, len, written: len, tail: 0 };
            let known = [Some(question), self.base].into_iter().flatten().find_map(|base| self.suffix(base, rest));
            if let Some(tail) = known {
                let written = self.at - start;
                if written > 0 {
                    self.base = self.base.or(Some(Base { at: start, len: whole.len(), written, tail }));
                }
                return self.put_u16(POINTER | tail as u16);
            }
            let len = usize::from(*rest.first()?);
            if len == 0 {
                self.put(&[0])?;
                let written = whole.len();
                self.base = self.base.or(Some(Base { at: start, len: written, written, tail: 0 }));
                return Some(());
            }
            let (label, tail) = rest.split_at_checked(len + 1)?;
            self.put(label)?;
            rest = tail;
        }
    }

    /// Where the name `rest` stands as the end of another.
    fn suffix(&self, base: Base, rest: &[u8]) -> Option<usize> {
        let skipped = base.len.checked_sub(rest.len())?;
        let (at, written) = (base.at + skipped, base.written.checked_sub(skipped)?);
        let (own, tail) = rest.split_at_checked(written)?;
        let same = self.out.get(at..at + written)? == own && self.out.get(base.tail..base.tail + tail.len())? == tail;
        (same && written > 0 && rest.len() > 1 && at < 0x4000).then_some(at)
    }

    /// The offset of a whole name among those remembered.
    fn find_whole(&self, whole: &[u8]) -> Option<u16> {
        let known = self.suffixes.iter().map(|(_, offset)| *offset).filter(|offset| *offset > 0);
        known.into_iter().find(|offset| self.stands_at(usize::from(*offset), whole))
    }

    /// Whether a name stands at an offset, in full or ending with a pointer.
    fn stands_at(&self, mut at: usize, mut name: &[u8]) -> bool {
        loop {
            let Some(&len) = self.out.get(at) else { return false };
            if len >= 0xc0 {
                let Some(&low) = self.out.get(at + 1) else { return false };
                // Pointers lead backwards, so this ends.
                at = usize::from(u16::from_be_bytes([len & 0x3f, low]));
                continue;
            }
            let Some(label) = self.out.get(at..=at + usize::from(len)) else { return false };
            let Some(rest) = name.strip_prefix(label) else { return false };
            if len == 0 {
                return rest.is_empty();
            }
            name = rest;
            at += label.len();
        }
    }

    /// The offset of a part that was written before, recognised by where it lies in memory.
    fn find(&self, part: &[u8]) -> Option<u16> {
        let address = part.as_ptr() as usize;
        if let Some(offset) = self.offset_in_question(part) {
            return Some(offset);
        }
        let (_, offset) = *self.suffixes.iter().find(|(known, _)| *known == address)?;
        // In a transfer names come and go, and another may lie where one lay.
        let start = usize::from(offset);
        (self.out.get(start..start + part.len())? == part).then_some(offset)
    }

    /// The offset of a name that is the end of the question's, recognised by where it lies in memory.
    pub(super) fn offset_in_question(&self, part: &[u8]) -> Option<u16> {
        let question = self.question.name;
        let offset = (part.as_ptr() as usize).checked_sub(question.as_ptr() as usize)?;
        (offset + part.len() == question.len()).then_some((HEADER + offset) as u16)
    }

    fn remember(&mut self, part: &[u8]) {
        let offset = self.at as u16;
        let address = part.as_ptr() as usize;
        let known = self.suffixes.iter().any(|(known, _)| *known == address);
        if self.at < 0x4000
            && !known
            && let Some(slot) = self.suffixes.get_mut(self.next_suffix)
        {
            *slot = (address, offset);
            self.next_suffix = (self.next_suffix + 1) % 4;
        }
    }

    /// The offset of a name among the SRV targets, from the one last found on.
    pub(super) fn find_target(&mut self, name: &RecordName<'_>) -> Option<u16> {
        let mut record = self.target_cursor;
        for _ in 0..self.answers() {
            let target = record + BEFORE_TARGET;
            let len = usize::from(u16::from_be_bytes(self.out.get(record + 10..record + 12)?.try_into().ok()?));
            let end = record + 12 + len;
            let mut rest = self.out.get(target..end.min(self.at))?;
            let mut same = true;
            name.write_wire(&mut |piece| match rest.strip_prefix(piece) {
                Some(tail) => rest = tail,
                None => same = false,
            });
            if same && rest.is_empty() {
                self.target_cursor = record;
                return u16::try_from(target).ok().filter(|offset| *offset < 0x4000);
            }
            record = end;
        }
        None
    }
}
