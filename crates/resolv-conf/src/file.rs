//! The file as it is written: lines and words, each with its place, and edits that leave everything else as it is.

mod change;
mod edit;
mod line;
mod span;

use std::fmt;
use std::ops::Range;

pub(crate) use change::word_removal;
pub use edit::{EditError, TextEdit};
pub use line::{Line, LineEnding, LineKind, Words};
pub(crate) use line::{is_blank, is_c_space};
pub use span::{Span, Word};

/// A `resolv.conf` with all of its octets.
///
/// Anything is a file: [`parse`](Self::parse) never fails, and what was not edited comes out as it went in, comments, carriage
/// returns, unknown lines and octets that are not text included. What it means depends on who reads it: see
/// [`FileReader`](crate::FileReader).
///
/// ```
/// use k8s_resolv_conf::ResolvConf;
///
/// let mut file = ResolvConf::parse(b"# by hand\nnameserver 10.96.0.10\noptions ndots:5 edns0 # as kubelet");
/// file.set_option("ndots", Some("2"))?;
/// file.add_search("example.com")?;
/// assert_eq!(
///     file.to_string(),
///     "# by hand\nnameserver 10.96.0.10\noptions ndots:2 edns0 # as kubelet\nsearch example.com\n"
/// );
/// # Ok::<(), k8s_resolv_conf::EditError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ResolvConf {
    bytes: Vec<u8>,
    /// Where each line begins.
    starts: Vec<usize>,
}

impl ResolvConf {
    /// Takes any octets for a file.
    pub fn parse(bytes: &[u8]) -> Self {
        Self::from(bytes.to_vec())
    }

    /// The file's octets.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The file's octets.
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// Its lines. An empty file has none; after a final `\n` there is none.
    pub fn lines(&self) -> impl DoubleEndedIterator<Item = Line<'_>> + ExactSizeIterator + Clone {
        (0..self.starts.len()).map(|number| self.line_or_empty(number + 1))
    }

    /// The line `number`, from 1.
    pub fn line(&self, number: usize) -> Option<Line<'_>> {
        (1..=self.starts.len()).contains(&number).then(|| self.line_or_empty(number))
    }

    fn line_or_empty(&self, number: usize) -> Line<'_> {
        let start = self.starts.get(number.wrapping_sub(1)).copied().unwrap_or(self.bytes.len());
        let end = self.starts.get(number).copied().unwrap_or(self.bytes.len());
        let whole = self.bytes.get(start..end).unwrap_or_default();
        let raw = whole.strip_suffix(b"\n");
        Line { number, start, raw: raw.unwrap_or(whole), ended: raw.is_some() }
    }

    /// The octets of `span`, from 0; nothing for a place that is not in this file.
    pub fn range(&self, span: Span) -> Option<Range<usize>> {
        let line = self.line(span.line)?;
        let from = span.column.checked_sub(1)?;
        (from.checked_add(span.length)? <= line.raw.len()).then(|| line.start + from..line.start + from + span.length)
    }

    /// The lines whose first word is one of `keywords`, as the manual page has it.
    pub(crate) fn directives<'a>(
        &'a self,
        keywords: &'static [&'static str],
    ) -> impl DoubleEndedIterator<Item = Directive<'a>> {
        self.lines().filter_map(Directive::of).filter(|directive| directive.is(keywords))
    }

    /// The address words of the `nameserver` lines, in order, whatever a program makes of them.
    pub fn nameservers(&self) -> impl Iterator<Item = Word<'_>> {
        self.directives(&["nameserver"]).filter_map(|directive| directive.words.first().copied())
    }

    /// The words of the last `search` or `domain` line that has any.
    pub fn search(&self) -> Vec<Word<'_>> {
        self.directives(&["search", "domain"])
            .rev()
            .map(|directive| directive.words)
            .find(|words| !words.is_empty())
            .unwrap_or_default()
    }

    /// The words of all `options` lines, in order.
    pub fn options(&self) -> impl Iterator<Item = Word<'_>> {
        self.directives(&["options"]).flat_map(|directive| directive.words)
    }

    /// The last option `name`: what follows its `:`, or nothing for one without.
    pub fn option(&self, name: &str) -> Option<Option<Word<'_>>> {
        self.options().filter_map(|word| option_value(word, name)).last()
    }
}

impl From<Vec<u8>> for ResolvConf {
    fn from(bytes: Vec<u8>) -> Self {
        let mut starts = Vec::new();
        let mut next = 0;
        for line in bytes.split_inclusive(|&octet| octet == b'\n') {
            starts.push(next);
            next += line.len();
        }
        Self { bytes, starts }
    }
}

impl fmt::Display for ResolvConf {
    /// For people: octets that are not UTF-8 appear as U+FFFD. The file itself is [`ResolvConf::as_bytes`].
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.bytes))
    }
}

/// A line with a keyword, taken apart as the manual page has it and people mean it.
pub(crate) struct Directive<'a> {
    pub(crate) line: Line<'a>,
    pub(crate) keyword: Word<'a>,
    /// The words after the keyword, up to a comment.
    pub(crate) words: Vec<Word<'a>>,
    /// A comment behind the words: its first word.
    pub(crate) comment: Option<Word<'a>>,
}

impl<'a> Directive<'a> {
    pub(crate) fn of(line: Line<'a>) -> Option<Self> {
        let LineKind::Directive { keyword, words } = line.kind() else { return None };
        let (mut before, mut comment) = (Vec::new(), None);
        for word in words {
            if begins_comment(word.bytes) {
                comment = Some(word);
                break;
            }
            before.push(word);
        }
        Some(Self { line, keyword, words: before, comment })
    }

    pub(crate) fn is(&self, keywords: &[&str]) -> bool {
        keywords.iter().any(|known| known.as_bytes() == self.keyword.bytes)
    }

    /// Where the last word before a comment ends, in the file.
    pub(crate) fn end(&self) -> usize {
        let last = self.words.last().unwrap_or(&self.keyword).span;
        self.line.start + last.column - 1 + last.length
    }

    /// The octets of the whole line, its ending included.
    pub(crate) fn whole(&self) -> Range<usize> {
        self.line.start..self.line.start + self.line.raw.len() + usize::from(self.line.ended)
    }

    /// The octets to remove with the line: all of it, but for a comment behind its words.
    pub(crate) fn removal(&self) -> Range<usize> {
        match self.comment {
            Some(comment) => self.line.start..self.line.start + comment.span.column - 1,
            None => self.whole(),
        }
    }
}

/// Whether a word begins a comment behind others. That is how people mean it; glibc, musl and Go take it for a word.
pub(crate) fn begins_comment(word: &[u8]) -> bool {
    matches!(word.first(), Some(b'#' | b';'))
}

/// Where `word` is the option `name`: its value's word, if it has a `:`.
pub(crate) fn option_value<'a>(word: Word<'a>, name: &str) -> Option<Option<Word<'a>>> {
    match word.bytes.strip_prefix(name.as_bytes())? {
        [] => Some(None),
        [b':', value @ ..] => {
            let column = word.span.column + name.len() + 1;
            Some(Some(Word { bytes: value, span: Span { column, length: value.len(), ..word.span } }))
        }
        _ => None,
    }
}
