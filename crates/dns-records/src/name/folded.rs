use super::{MAX_NAME, NameRef};

/// Most labels that a name can have, the root label included.
const MAX_LABELS: usize = 128;

/// Octets that are turned into lower case at once: whole blocks leave no rest to go through one by one.
const BLOCK: usize = 16;
/// The longest name in whole blocks.
const LOWER: usize = MAX_NAME.next_multiple_of(BLOCK);

/// A name taken apart on the stack: lower case, with the start of each label.
pub(crate) struct FoldedName {
    lower: [u8; LOWER],
    len: u8,
    starts: [u8; MAX_LABELS],
    /// Number of labels without the root label.
    labels: u8,
}

impl FoldedName {
    /// Takes `name` apart; the names that this crate hands out are always well formed.
    pub(crate) fn new(name: NameRef<'_>) -> Self {
        let mut folded = Self::empty();
        folded.read(name.as_wire());
        folded
    }

    pub(crate) const fn empty() -> Self {
        Self { lower: [0; LOWER], len: 0, starts: [0; MAX_LABELS], labels: 0 }
    }

    /// Reads an uncompressed name at the front of `wire`; returns its length, or `None` when there is none.
    #[inline(always)]
    pub(crate) fn read(&mut self, wire: &[u8]) -> Option<usize> {
        let mut at = 0usize;
        let mut labels = 0usize;
        let wire = wire.get(..LOWER).unwrap_or(wire);
        let longest = wire.get(..MAX_NAME).unwrap_or(wire);
        loop {
            let len = usize::from(*longest.get(at)?);
            *self.starts.get_mut(labels)? = at as u8;
            if len == 0 {
                break;
            }
            if len > super::MAX_LABEL {
                return None;
            }
            labels += 1;
            at += len + 1;
        }
        let len = at + 1;
        self.lower_case(wire, len)?;
        self.len = len as u8;
        self.labels = labels as u8;
        Some(len)
    }

    /// Copies the front of `wire` in lower case, and maybe some of what follows it.
    ///
    /// Whole blocks are read from where they are: one that was put together before from smaller pieces would have to wait for all of them.
    #[inline(always)]
    fn lower_case(&mut self, wire: &[u8], len: usize) -> Option<()> {
        let blocks = len.div_ceil(BLOCK);
        let whole = wire.as_chunks::<BLOCK>().0;
        for (lower, block) in self.lower.as_chunks_mut::<BLOCK>().0.iter_mut().zip(whole).take(blocks) {
            *lower = *block;
            lower.make_ascii_lowercase();
        }
        if blocks > whole.len() {
            // What is left is less than a block, which therefore begins in the one before it.
            if let Some(block) = wire.last_chunk::<BLOCK>() {
                let lower = self.lower.get_mut(wire.len() - BLOCK..)?.first_chunk_mut::<BLOCK>()?;
                *lower = *block;
                lower.make_ascii_lowercase();
            } else {
                let lower = self.lower.get_mut(..wire.len())?;
                lower.copy_from_slice(wire);
                lower.make_ascii_lowercase();
            }
        }
        Some(())
    }

    /// The whole name in lower case, in wire form.
    pub(crate) fn lower(&self) -> &[u8] {
        self.lower.get(..usize::from(self.len)).unwrap_or_default()
    }

    /// Number of labels without the root label.
    pub(crate) fn count(&self) -> usize {
        usize::from(self.labels)
    }

    /// Offset of a label in the wire form.
    pub(crate) fn start(&self, label: usize) -> usize {
        self.starts.get(label).copied().map_or(0, usize::from)
    }

    /// A label in lower case, counted from the left.
    pub(crate) fn label(&self, index: usize) -> &[u8] {
        let start = self.start(index);
        let len = self.lower.get(start).copied().map_or(0, usize::from);
        self.lower.get(start + 1..start + 1 + len).unwrap_or_default()
    }

    /// The labels `from..to` in wire form.
    pub(crate) fn wire(&self, from: usize, to: usize) -> &[u8] {
        self.lower.get(self.start(from)..self.start(to)).unwrap_or_default()
    }
}
