//! Names in a reply, compressed where they may be (RFC 1035 §4.1.4).

use super::{BEFORE_TARGET, POINTER, Reply};
use crate::name::MAX_NAME;
use crate::record::RecordName;
use crate::store::EndpointLabel;
use crate::wire::HEADER;

/// Offsets that a pointer can hold are below this.
const REACH: usize = 0x4000;
/// Labels remembered for names to come; more than the names of a datagram's records have. In longer replies the latest take the place of
/// the first.
const REMEMBERED: usize = 96;

/// Where labels of earlier names stand in the message.
pub(super) struct Labels {
    offsets: [u16; REMEMBERED],
    /// How many there are.
    len: usize,
    next: usize,
}

impl Labels {
    pub(super) const NONE: Self = Self { offsets: [0; REMEMBERED], len: 0, next: 0 };

    /// Offsets of labels; those that were forgotten are 0.
    fn known(&self) -> &[u16] {
        self.offsets.get(..self.len).unwrap_or_default()
    }

    fn remember(&mut self, offset: usize) {
        // What lies further on can't be pointed to.
        if offset < REACH
            && let Some(slot) = self.offsets.get_mut(self.next)
        {
            *slot = offset as u16;
            self.len = self.len.max(self.next + 1);
            self.next = (self.next + 1) % REMEMBERED;
        }
    }

    /// Forgets what stands from an offset on.
    pub(super) fn forget(&mut self, from: usize) {
        for offset in self.offsets.iter_mut().take(self.len).filter(|offset| usize::from(**offset) >= from) {
            *offset = 0;
        }
    }
}

impl Reply<'_, '_> {
    /// Writes a name; compressed ones end with a pointer where their end stands in the message already.
    pub(super) fn put_name(&mut self, name: &RecordName<'_>, compress: bool) -> Option<()> {
        if let ([b"", b"", b"", b"", whole], true) = (name.parts, compress) {
            return self.put_compressed(whole);
        }
        if compress {
            let mut wire = [0; MAX_NAME];
            let mut len = 0;
            name.write_wire(&mut |piece| {
                if let Some(room) = wire.get_mut(len..len + piece.len()) {
                    room.copy_from_slice(piece);
                    len += piece.len();
                }
            });
            return self.put_compressed(wire.get(..len)?);
        }
        self.labels.remember(self.at);
        if let Some(address) = name.dashed {
            let label = EndpointLabel::of(address);
            self.put(&[label.as_bytes().len() as u8])?;
            self.put(label.as_bytes())?;
        }
        name.parts.iter().try_for_each(|part| self.put(part))
    }

    /// Writes a name in wire form, compressed. Letter case is kept, so only an end in the same case serves.
    pub(super) fn put_compressed(&mut self, name: &[u8]) -> Option<()> {
        if let Some(offset) = self.offset_in_question(name) {
            return self.put_u16(POINTER | offset);
        }
        let start = self.at;
        let mut rest = name;
        loop {
            let len = usize::from(*rest.first()?);
            let end = self.at;
            if len == 0 {
                self.put(&[0])?;
            } else if let Some(offset) = self.find_end(rest) {
                self.put_u16(POINTER | offset)?;
            } else {
                let (label, tail) = rest.split_at_checked(len + 1)?;
                self.put(label)?;
                rest = tail;
                continue;
            }
            // Only now: an unfinished name must not be found.
            self.remember_labels(start, end);
            return Some(());
        }
    }

    /// Remembers the labels that were written between two offsets.
    fn remember_labels(&mut self, start: usize, end: usize) {
        let mut at = start;
        while at < end {
            self.labels.remember(at);
            at += self.out.get(at).map_or(end, |len| usize::from(*len) + 1);
        }
    }

    /// Where the end of a name stands in the message: in the question, or in a name after it.
    fn find_end(&self, rest: &[u8]) -> Option<u16> {
        let question = self.question.name;
        let at = question.len().checked_sub(rest.len()).filter(|at| question.get(*at..) == Some(rest));
        let in_question = at.map(|at| (HEADER + at) as u16);
        in_question.or_else(|| {
            let known = self.labels.known().iter().copied().filter(|offset| *offset > 0);
            known.into_iter().find(|offset| self.stands_at(usize::from(*offset), rest))
        })
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

    /// The offset of a name that is the end of the question's, recognised by where it lies in memory.
    pub(super) fn offset_in_question(&self, part: &[u8]) -> Option<u16> {
        let question = self.question.name;
        let offset = (part.as_ptr() as usize).checked_sub(question.as_ptr() as usize)?;
        (offset + part.len() == question.len()).then_some((HEADER + offset) as u16)
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
                return u16::try_from(target).ok().filter(|offset| usize::from(*offset) < REACH);
            }
            record = end;
        }
        None
    }
}
