use std::fmt;
use std::ops::Range;

/// Octets of a file to be replaced by others.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TextEdit {
    /// Which octets of the file, from 0; empty for an insertion.
    pub range: Range<usize>,
    /// What comes in their place.
    pub text: Vec<u8>,
}

impl TextEdit {
    pub(crate) fn remove(range: Range<usize>) -> Self {
        Self { range, text: Vec::new() }
    }

    pub(crate) fn replace(range: Range<usize>, text: impl Into<Vec<u8>>) -> Self {
        Self { range, text: text.into() }
    }

    pub(crate) fn insert(at: usize, text: impl Into<Vec<u8>>) -> Self {
        Self { range: at..at, text: text.into() }
    }
}

/// `bytes` after `edits`; one that lies outside, or over an earlier one, is left out.
pub(super) fn applied(bytes: &[u8], edits: &[TextEdit]) -> Vec<u8> {
    let mut edits: Vec<&TextEdit> = edits.iter().collect();
    edits.sort_by_key(|edit| (edit.range.start, edit.range.end));
    let mut out = Vec::with_capacity(bytes.len());
    let mut copied = 0;
    for edit in edits {
        let Some(before) = bytes.get(copied..edit.range.start) else { continue };
        if edit.range.end < edit.range.start || edit.range.end > bytes.len() {
            continue;
        }
        out.extend_from_slice(before);
        out.extend_from_slice(&edit.text);
        copied = edit.range.end;
    }
    out.extend_from_slice(bytes.get(copied..).unwrap_or_default());
    out
}

/// A word that cannot stand in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EditError {
    /// It has no octets.
    EmptyWord,
    /// It holds an octet that ends a word or a line for some program: a control character or a blank.
    Separator {
        /// The octet.
        octet: u8,
    },
    /// It begins with `#` or `;`, which begin comments.
    Comment,
}

impl fmt::Display for EditError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EmptyWord => f.write_str("the word is empty"),
            Self::Separator { octet } => write!(f, "the word holds the octet {octet:#04x}, which would end it"),
            Self::Comment => f.write_str("the word would begin a comment"),
        }
    }
}

impl std::error::Error for EditError {}

/// `word`, if it stays one word in every program.
pub(super) fn checked(word: &(impl AsRef<[u8]> + ?Sized)) -> Result<&[u8], EditError> {
    let word = word.as_ref();
    match word.first() {
        None => return Err(EditError::EmptyWord),
        Some(b'#' | b';') => return Err(EditError::Comment),
        Some(_) => {}
    }
    match word.iter().copied().find(|octet| octet.is_ascii_control() || *octet == b' ') {
        Some(octet) => Err(EditError::Separator { octet }),
        None => Ok(word),
    }
}
