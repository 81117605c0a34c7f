//! YAML: documents at `---`; the items of a list at the dashes below a top-level `items:`.
//!
//! No parser is needed for that: inside a block sequence everything that belongs to an item stands deeper than its dash, block scalars
//! included, and `---` at the start of a line always ends a document. Lists in which that is not enough (flow style, aliases) are left to
//! the parser as a whole.

use std::io::{self, BufRead};
use std::ops::Range;

use super::{Format, Piece, RawItem, Sink, Start, TypeMeta, Waiting, split_whole};

/// Lists longer than this are told while they are read; aliases between their items are not supported.
const STREAM_AT: usize = 1 << 20;

/// Splits YAML.
///
/// # Errors
/// When reading fails.
pub(in crate::manifests) fn split_yaml(reader: &mut dyn BufRead, start: Start, sink: &mut Sink<'_>) -> io::Result<()> {
    let mut document = Document::new(start.documents.saturating_add(1), start.line);
    // The first line keeps its column: what stands before it was JSON.
    document.text.extend(std::iter::repeat_n(b' ', start.column.saturating_sub(1) as usize));
    let mut line = start.line;
    loop {
        let begin = document.text.len();
        if reader.read_until(b'\n', &mut document.text)? == 0 {
            break;
        }
        match Line::of(document.text.get(begin..).unwrap_or_default()) {
            Line::Start { has_content } if !document.only_directives => {
                let kept = if has_content { document.text.split_off(begin) } else { Vec::new() };
                document.text.truncate(begin);
                let number = document.finish(sink);
                document = Document::new(number, if has_content { line } else { line.saturating_add(1) });
                document.text = kept;
                document.has_content = has_content;
            }
            Line::Start { has_content } => {
                document.only_directives = false;
                document.has_content |= has_content;
            }
            Line::End => {
                document.text.truncate(begin);
                let number = document.finish(sink);
                document = Document::new(number, line.saturating_add(1));
            }
            kind => document.line(kind, begin, line, sink),
        }
        line = line.saturating_add(1);
    }
    document.finish(sink);
    Ok(())
}

/// What a line means to the splitter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Line {
    /// `---`
    Start {
        has_content: bool,
    },
    /// `...`
    End,
    Directive,
    /// Empty, or a comment.
    Nothing,
    /// A dash that begins an entry of a sequence.
    Dash {
        indent: usize,
    },
    /// Anything else.
    Content {
        indent: usize,
    },
}

impl Line {
    fn of(line: &[u8]) -> Self {
        let line = line.trim_ascii_end();
        let marker =
            |marker: &[u8]| line.strip_prefix(marker).filter(|rest| rest.first().is_none_or(u8::is_ascii_whitespace));
        if let Some(rest) = marker(b"---") {
            let rest = rest.trim_ascii();
            return Self::Start { has_content: !rest.is_empty() && !rest.starts_with(b"#") };
        }
        if marker(b"...").is_some() {
            return Self::End;
        }
        let indent = line.iter().take_while(|byte| **byte == b' ').count();
        match line.get(indent..).unwrap_or_default() {
            [] | [b'#', ..] => Self::Nothing,
            [b'%', ..] if indent == 0 => Self::Directive,
            [b'-'] | [b'-', b' ' | b'\t', ..] => Self::Dash { indent },
            _ => Self::Content { indent },
        }
    }
}

/// How far a list was recognised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Layout {
    /// No `items:` so far.
    Head,
    /// Behind the line `items:`.
    Items,
    /// Among the items, whose dashes have this indentation.
    Among { indent: usize },
    /// Behind the items, from this offset.
    Behind { begin: usize },
    /// Not cut: one piece for the parser.
    Unusual,
}

/// One document while it is read.
struct Document {
    number: u32,
    /// Line on which `text` begins.
    first_line: u32,
    text: Vec<u8>,
    has_content: bool,
    only_directives: bool,
    layout: Layout,
    /// Where the items of a list begin: offset in `text` and line.
    dashes: Vec<(usize, u32)>,
    /// Text around the items, once the list is told while it is read.
    streamed_head: Option<Vec<u8>>,
    types: TypeMeta,
    waiting: Waiting,
}

impl Document {
    fn new(number: u32, first_line: u32) -> Self {
        Self {
            number,
            first_line,
            text: Vec::new(),
            has_content: false,
            only_directives: false,
            layout: Layout::Head,
            dashes: Vec::new(),
            streamed_head: None,
            types: TypeMeta::default(),
            waiting: Waiting::default(),
        }
    }

    /// Takes in the line that begins at `begin`.
    fn line(&mut self, kind: Line, begin: usize, number: u32, sink: &mut Sink<'_>) {
        let indent = match kind {
            Line::Nothing => return,
            Line::Directive => {
                self.only_directives |= !self.has_content;
                return;
            }
            Line::Dash { indent } | Line::Content { indent } => indent,
            Line::Start { .. } | Line::End => return,
        };
        self.has_content = true;
        let is_dash = matches!(kind, Line::Dash { .. });
        match self.layout {
            Layout::Head => {
                if indent == 0 && is_items_key(self.text.get(begin..).unwrap_or_default()) {
                    self.layout = Layout::Items;
                }
            }
            Layout::Items if is_dash => {
                self.layout = Layout::Among { indent };
                self.dashes.push((begin, number));
            }
            Layout::Items => self.layout = Layout::Unusual,
            Layout::Among { indent: dash } if is_dash && indent == dash => {
                if self.text.len() > STREAM_AT {
                    self.stream(begin, sink);
                    self.dashes.push((0, number));
                } else {
                    self.dashes.push((begin, number));
                }
            }
            Layout::Among { indent: dash } if indent > dash => {}
            Layout::Among { .. } if indent == 0 => self.layout = Layout::Behind { begin },
            Layout::Among { .. } => self.layout = Layout::Unusual,
            Layout::Behind { .. } if indent == 0 && is_items_key(self.text.get(begin..).unwrap_or_default()) => {
                // A second `items:` is an error for the parser to tell.
                self.layout = Layout::Unusual;
            }
            Layout::Behind { .. } | Layout::Unusual => {}
        }
    }

    /// Tells the items that end before `end` and forgets their text.
    fn stream(&mut self, end: usize, sink: &mut Sink<'_>) {
        let items_begin = self.dashes.first().map_or(end, |(begin, _)| *begin);
        if self.streamed_head.is_none() {
            let head = self.text.get(..items_begin).unwrap_or_default().to_vec();
            self.types = types_of(&head);
            self.streamed_head = Some(head);
        }
        self.tell_items(end, sink);
        self.text.drain(..end);
    }

    fn tell_items(&mut self, end: usize, sink: &mut Sink<'_>) {
        let dashes = std::mem::take(&mut self.dashes);
        let implied = self.types.implied();
        let ends = dashes.iter().skip(1).map(|(begin, _)| *begin).chain([end]);
        for ((begin, line), end) in dashes.iter().zip(ends) {
            let Some(text) = self.text.get_mut(Range { start: *begin, end }) else { continue };
            // Without its dash the item is a mapping with the columns that it has in the file.
            if let Some(dash) = text.iter_mut().find(|byte| **byte == b'-') {
                *dash = b' ';
            }
            self.waiting.offer(
                RawItem {
                    bytes: text,
                    format: Format::Yaml,
                    document: self.number,
                    line: *line,
                    column: 1,
                    implied: implied.as_ref(),
                    kind_may_come: self.types.kind.is_empty(),
                },
                sink,
            );
        }
    }

    /// Tells what is left and gives the number of the next document.
    fn finish(mut self, sink: &mut Sink<'_>) -> u32 {
        if !self.has_content {
            return self.number;
        }
        let next = self.number.saturating_add(1);
        let items_end = match self.layout {
            Layout::Behind { begin } => begin,
            _ => self.text.len(),
        };
        if let Some(mut head) = self.streamed_head.take() {
            self.tell_items(items_end, sink);
            head.extend_from_slice(self.text.get(items_end..).unwrap_or_default());
            let types = types_of(&head);
            self.waiting.resolve(&types, self.number, sink);
            return next;
        }
        if matches!(self.layout, Layout::Among { .. } | Layout::Behind { .. }) {
            let mut head =
                self.text.get(..self.dashes.first().map_or(0, |(begin, _)| *begin)).unwrap_or_default().to_vec();
            head.extend_from_slice(self.text.get(items_end..).unwrap_or_default());
            self.types = types_of(&head);
            if self.types.is_list() {
                if may_have_aliases(&self.text) {
                    self.whole(sink);
                } else {
                    self.tell_items(items_end, sink);
                }
                return next;
            }
        }
        sink(Piece::Item(RawItem {
            bytes: &self.text,
            format: Format::Yaml,
            document: self.number,
            line: self.first_line,
            column: 1,
            implied: None,
            kind_may_come: false,
        }));
        next
    }

    fn whole(&self, sink: &mut Sink<'_>) {
        let item = RawItem {
            bytes: &self.text,
            format: Format::Yaml,
            document: self.number,
            line: self.first_line,
            column: 1,
            implied: None,
            kind_may_come: false,
        };
        tell_whole(&item, sink);
    }
}

/// Tells the items of a list that is left to the parser.
pub(in crate::manifests) fn tell_whole(item: &RawItem<'_>, sink: &mut Sink<'_>) {
    let failure = match std::str::from_utf8(item.bytes) {
        Ok(text) => match split_whole(text, item.document, item.line, sink) {
            Ok(()) => return,
            Err(error) => crate::manifests::decode::yaml_failure(item, &error),
        },
        Err(error) => crate::manifests::decode::not_utf8(item, error.valid_up_to()),
    };
    sink(Piece::Malformed(super::SyntaxError {
        document: item.document,
        line: failure.line,
        column: failure.column,
        reason: failure.reason,
    }));
}

/// `items:` with nothing but a comment behind it.
fn is_items_key(line: &[u8]) -> bool {
    line.strip_prefix(b"items:").is_some_and(|rest| {
        let rest = rest.trim_ascii();
        rest.is_empty() || rest.starts_with(b"#")
    })
}

/// The type of a list by the text around its items.
fn types_of(head: &[u8]) -> TypeMeta {
    let options = crate::manifests::decode::yaml_options();
    serde_saphyr::from_slice_with_options(head, options).unwrap_or_default()
}

/// Whether something looks like an anchor and something like an alias; block scalars may look so too, which costs only time.
fn may_have_aliases(text: &[u8]) -> bool {
    let has = |mark: u8| {
        text.windows(3).any(
            |w| matches!(w, [b' ' | b'[' | b',' | b'{', have, next] if *have == mark && next.is_ascii_alphanumeric()),
        )
    };
    has(b'&') && has(b'*')
}
