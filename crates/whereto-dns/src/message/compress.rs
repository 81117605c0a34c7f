use dns_records::MAX_LABEL;

use super::records::RecordSink;
use super::{HEADER, put};

/// How many names later ones may point at. Bounds the work per name, not what is written.
const MAX_REMEMBERED: usize = 24;

/// Writes records that follow a header and one question, compressing names against the question and earlier ones.
///
/// An owner equal to the question's name but for letter case becomes a pointer to it: whoever gets the records with
/// his own question in front sees his own spelling.
pub(crate) struct Compressor<'q> {
    question_name: &'q [u8],
    base: usize,
    octets: Vec<u8>,
    /// Uncompressed names, one after another, and where each label's suffix starts here and in the message.
    texts: Vec<u8>,
    suffixes: Vec<Suffix>,
}

struct Suffix {
    start: usize,
    end: usize,
    offset: u16,
}

impl<'q> Compressor<'q> {
    pub(crate) fn new(question_name: &'q [u8]) -> Self {
        let mut this = Self {
            question_name,
            base: HEADER + question_name.len() + 4,
            octets: Vec::new(),
            texts: Vec::new(),
            suffixes: Vec::new(),
        };
        this.remember(question_name, question_name.len(), HEADER);
        this
    }

    /// Octets written so far.
    pub(crate) const fn len(&self) -> usize {
        self.octets.len()
    }

    /// Forgets what was written after the first `len` octets. Names in it must not be pointed at any more.
    pub(crate) fn truncate(&mut self, len: usize) {
        self.octets.truncate(len);
        let end = self.base + len;
        self.suffixes.retain(|suffix| usize::from(suffix.offset) < end);
    }

    pub(crate) fn into_octets(self) -> Vec<u8> {
        self.octets
    }

    /// Writes two octets at a place that was written before.
    pub(crate) fn patch(&mut self, at: usize, octets: [u8; 2]) {
        put(&mut self.octets, at, &octets);
    }

    /// Writes an owner name.
    pub(crate) fn owner(&mut self, name: &[u8]) {
        if name.len() > 1 && name.eq_ignore_ascii_case(self.question_name) {
            self.pointer(HEADER);
        } else {
            self.name(name, true);
        }
    }

    fn pointer(&mut self, offset: usize) {
        let offset = u16::try_from(offset).unwrap_or(0) | 0xc000;
        self.octets.extend_from_slice(&offset.to_be_bytes());
    }

    fn find(&self, suffix: &[u8]) -> Option<u16> {
        self.suffixes
            .iter()
            .find(|known| self.texts.get(known.start..known.end) == Some(suffix))
            .map(|known| known.offset)
    }

    /// Remembers the suffixes that start in the first `written` octets of a name that is at `offset` in the message.
    fn remember(&mut self, name: &[u8], written: usize, offset: usize) {
        if self.suffixes.len() >= MAX_REMEMBERED {
            return;
        }
        let text = self.texts.len();
        self.texts.extend_from_slice(name);
        let mut at = 0;
        while at < written && self.suffixes.len() < MAX_REMEMBERED {
            let len = usize::from(name.get(at).copied().unwrap_or(0));
            let Ok(here) = u16::try_from(offset + at) else { return };
            if len == 0 || len > MAX_LABEL || here >= 0x4000 {
                return;
            }
            self.suffixes.push(Suffix { start: text + at, end: text + name.len(), offset: here });
            at += 1 + len;
        }
    }
}

impl RecordSink for Compressor<'_> {
    fn octets(&mut self, octets: &[u8]) {
        self.octets.extend_from_slice(octets);
    }

    fn name(&mut self, name: &[u8], compressible: bool) {
        let offset = self.base + self.octets.len();
        let mut at = 0;
        loop {
            let rest = name.get(at..).unwrap_or_default();
            let len = usize::from(rest.first().copied().unwrap_or(0));
            if len == 0 || !compressible {
                break;
            }
            if let Some(known) = self.find(rest) {
                self.octets.extend_from_slice(name.get(..at).unwrap_or_default());
                self.pointer(usize::from(known));
                self.remember(name, at, offset);
                return;
            }
            at += 1 + len;
        }
        self.octets.extend_from_slice(name);
        self.remember(name, name.len(), offset);
    }
}
