use super::{Span, Word};

/// How a line ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LineEnding {
    /// `\n`.
    Lf,
    /// `\r\n`. glibc alone takes the `\r` for text.
    CrLf,
    /// The file ends without one.
    None,
}

/// A line of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line<'a> {
    /// From 1.
    pub number: usize,
    /// Where the line begins in the file, in octets from 0.
    pub start: usize,
    /// The octets before the `\n`: a `\r` before it belongs to them.
    pub raw: &'a [u8],
    /// Whether a `\n` follows, which the last line may lack.
    pub ended: bool,
}

impl<'a> Line<'a> {
    /// How it ends.
    pub fn ending(&self) -> LineEnding {
        match (self.ended, self.raw.ends_with(b"\r")) {
            (false, _) => LineEnding::None,
            (true, true) => LineEnding::CrLf,
            (true, false) => LineEnding::Lf,
        }
    }

    /// The octets without the line's ending.
    pub fn text(&self) -> &'a [u8] {
        match self.ending() {
            LineEnding::CrLf => self.raw.strip_suffix(b"\r").unwrap_or(self.raw),
            LineEnding::Lf | LineEnding::None => self.raw,
        }
    }

    /// The whole line, without its ending.
    pub fn span(&self) -> Span {
        self.span_of(0, self.text().len())
    }

    /// Its words as the manual page has it: whatever stands between blanks and tabs.
    ///
    /// Programs differ: their readers know better. An edit and a finding go by these words.
    pub fn words(&self) -> Words<'a> {
        self.split(self.text(), 0, is_blank)
    }

    /// What the line is.
    pub fn kind(&self) -> LineKind<'a> {
        let mut words = self.words();
        match words.next() {
            None => LineKind::Blank,
            Some(word) if matches!(word.bytes.first(), Some(b'#' | b';')) => LineKind::Comment,
            Some(keyword) => LineKind::Directive { keyword, words },
        }
    }

    pub(crate) fn span_of(&self, from: usize, length: usize) -> Span {
        Span { line: self.number, column: from + 1, length }
    }

    pub(crate) fn word(&self, from: usize, bytes: &'a [u8]) -> Word<'a> {
        Word { bytes, span: self.span_of(from, bytes.len()) }
    }

    /// The runs in `text`, a beginning of this line, from octet `from` on, of what `separates` does not hold for.
    pub(crate) fn split(&self, text: &'a [u8], from: usize, separates: fn(u8) -> bool) -> Words<'a> {
        Words { line: self.number, rest: text.get(from..).unwrap_or_default(), offset: from, separates }
    }
}

/// What a line is by its first word.
#[derive(Clone, Debug)]
pub enum LineKind<'a> {
    /// Nothing but blanks.
    Blank,
    /// `#` or `;` comes first, maybe after blanks.
    Comment,
    /// Anything else, known or unknown.
    Directive {
        /// The first word.
        keyword: Word<'a>,
        /// The words after it; a comment behind them is not taken apart.
        words: Words<'a>,
    },
}

/// The words of a line, in order.
#[derive(Clone, Debug)]
pub struct Words<'a> {
    line: usize,
    rest: &'a [u8],
    offset: usize,
    separates: fn(u8) -> bool,
}

impl<'a> Iterator for Words<'a> {
    type Item = Word<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        let blanks = self.rest.iter().position(|&octet| !(self.separates)(octet))?;
        let text = self.rest.get(blanks..)?;
        let length = text.iter().position(|&octet| (self.separates)(octet)).unwrap_or(text.len());
        let (bytes, rest) = text.split_at_checked(length)?;
        let span = Span { line: self.line, column: self.offset + blanks + 1, length };
        self.offset += blanks + length;
        self.rest = rest;
        Some(Word { bytes, span })
    }
}

/// A blank or a tab.
pub(crate) fn is_blank(octet: u8) -> bool {
    matches!(octet, b' ' | b'\t')
}

/// What C's `isspace` holds for in the C locale.
pub(crate) fn is_c_space(octet: u8) -> bool {
    matches!(octet, b' ' | b'\t' | b'\n' | 0x0b | 0x0c | b'\r')
}
