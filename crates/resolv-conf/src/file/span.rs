use std::fmt;

/// A place in a file: some octets of one line.
///
/// Lines and columns count from 1; a column is an octet, not a character. Displays as `line:column`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// The line, from 1.
    pub line: usize,
    /// The first octet's place in the line, from 1.
    pub column: usize,
    /// How many octets; none for a place between two, or for an empty line.
    pub length: usize,
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// A run of octets in a line, and where it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Word<'a> {
    /// The octets.
    pub bytes: &'a [u8],
    /// Where they are.
    pub span: Span,
}

impl Word<'_> {
    /// For people: octets that are not UTF-8 appear as U+FFFD, control characters escaped.
    pub fn to_text(self) -> String {
        let text = String::from_utf8_lossy(self.bytes);
        text.chars().map(|c| if c.is_control() { c.escape_debug().to_string() } else { c.to_string() }).collect()
    }
}
