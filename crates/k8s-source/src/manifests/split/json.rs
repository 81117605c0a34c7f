//! JSON: documents one after another; the items of a list are cut out by counting brackets.

use std::io::{self, BufRead};

use super::{Format, Piece, RawItem, Sink, Start, SyntaxError, TypeMeta, Waiting};

/// Splits JSON. Where the first bytes of a document show that it is YAML in flow style, gives back what was consumed of it and where it began.
///
/// # Errors
/// When reading fails.
pub(in crate::manifests) fn split_json(
    reader: &mut dyn BufRead,
    start: Start,
    sink: &mut Sink<'_>,
) -> io::Result<Option<(Vec<u8>, Start)>> {
    let mut scan = Scan { reader, line: start.line, column: start.column };
    let mut document = start.documents;
    loop {
        scan.skip_space(None)?;
        match scan.peek()? {
            None => return Ok(None),
            Some(b'{') => {}
            // Documents of a YAML stream may be JSON.
            Some(b'-') if scan.skip_separator()? => continue,
            Some(_) => {
                sink(malformed(document.saturating_add(1), &scan, "expected an object: `{`"));
                return Ok(None);
            }
        }
        let begin = Start { line: scan.line, column: scan.column, documents: document };
        document = document.saturating_add(1);
        let mut head = Vec::new();
        match read_document(&mut scan, &mut head, begin, sink)? {
            End::Whole => {}
            End::Yaml => return Ok(Some((head, begin))),
            End::Broken(reason) => {
                // Nothing says where the next document begins.
                sink(malformed(document, &scan, reason));
                return Ok(None);
            }
        }
    }
}

enum End {
    Whole,
    Yaml,
    Broken(&'static str),
}

fn malformed(document: u32, scan: &Scan<'_>, reason: &str) -> Piece<'static> {
    Piece::Malformed(SyntaxError { document, line: scan.line, column: Some(scan.column), reason: reason.to_owned() })
}

const TRUNCATED: &str = "the file ends inside an object";

/// Reads one object. `head` collects its text without the items of a list.
fn read_document(scan: &mut Scan<'_>, head: &mut Vec<u8>, begin: Start, sink: &mut Sink<'_>) -> io::Result<End> {
    let document = begin.documents.saturating_add(1);
    let mut waiting = Waiting::default();
    let mut is_list = false;
    scan.take(head)?;
    loop {
        scan.skip_space(Some(head))?;
        match scan.peek()? {
            Some(b'"') => {}
            Some(b'}') => {
                scan.take(head)?;
                break;
            }
            None => return Ok(End::Broken(TRUNCATED)),
            Some(_) if !is_list && only_a_brace(head) => return Ok(End::Yaml),
            Some(_) => return Ok(End::Broken("expected a key in double quotes")),
        }
        let key = head.len();
        scan.take_value(head)?;
        let is_items = head.get(key..) == Some(b"\"items\"");
        scan.skip_space(Some(head))?;
        match scan.peek()? {
            Some(b':') => scan.take(head)?,
            None => return Ok(End::Broken(TRUNCATED)),
            Some(_) => return Ok(End::Broken("expected `:`")),
        }
        scan.skip_space(Some(head))?;
        if is_items && scan.peek()? == Some(b'[') {
            let so_far = type_so_far(head);
            if so_far.kind.is_empty() || so_far.is_list() {
                is_list = true;
                if let Some(reason) = read_items(scan, &so_far, document, &mut waiting, sink)? {
                    return Ok(End::Broken(reason));
                }
                head.extend_from_slice(b"[]");
            } else {
                scan.take_value(head)?;
            }
        } else {
            scan.take_value(head)?;
        }
        scan.skip_space(Some(head))?;
        match scan.peek()? {
            Some(b',') => scan.take(head)?,
            Some(b'}') => {}
            None => return Ok(End::Broken(TRUNCATED)),
            Some(_) => return Ok(End::Broken("expected `,` or `}`")),
        }
    }
    if is_list {
        let types = serde_json::from_slice::<TypeMeta>(head).unwrap_or_default();
        waiting.resolve(&types, document, sink);
        if types.is_list() {
            return Ok(End::Whole);
        }
    }
    sink(Piece::Item(RawItem {
        bytes: head,
        format: Format::Json,
        document,
        line: begin.line,
        column: begin.column,
        implied: None,
        kind_may_come: false,
    }));
    Ok(End::Whole)
}

/// Reads the items of a list; the reason when it is malformed.
fn read_items(
    scan: &mut Scan<'_>,
    types: &TypeMeta,
    document: u32,
    waiting: &mut Waiting,
    sink: &mut Sink<'_>,
) -> io::Result<Option<&'static str>> {
    let implied = types.implied();
    let mut item = Vec::new();
    scan.take(&mut item)?;
    loop {
        scan.skip_space(None)?;
        if scan.peek()? == Some(b']') {
            break;
        }
        let (line, column) = (scan.line, scan.column);
        item.clear();
        scan.take_value(&mut item)?;
        if item.is_empty() {
            return Ok(Some(if scan.peek()?.is_none() { TRUNCATED } else { "expected an object" }));
        }
        let (bytes, implied) = (&*item, implied.as_ref());
        let kind_may_come = types.kind.is_empty();
        let raw = RawItem { bytes, format: Format::Json, document, line, column, implied, kind_may_come };
        waiting.offer(raw, sink);
        scan.skip_space(None)?;
        match scan.peek()? {
            Some(b',') => scan.step()?,
            Some(b']') => break,
            None => return Ok(Some(TRUNCATED)),
            Some(_) => return Ok(Some("expected `,` or `]`")),
        }
    }
    scan.step()?;
    Ok(None)
}

fn only_a_brace(head: &[u8]) -> bool {
    head.iter().filter(|byte| !byte.is_ascii_whitespace()).eq([&b'{'])
}

/// The type of an object whose text ends before the value of `items`.
fn type_so_far(head: &[u8]) -> TypeMeta {
    let mut text = head.to_vec();
    text.extend_from_slice(b"null}");
    serde_json::from_slice(&text).unwrap_or_default()
}

/// A position in a stream.
struct Scan<'r> {
    reader: &'r mut dyn BufRead,
    line: u32,
    column: u32,
}

impl Scan<'_> {
    fn peek(&mut self) -> io::Result<Option<u8>> {
        Ok(self.reader.fill_buf()?.first().copied())
    }

    /// Moves behind `count` bytes of the buffer, into `out` if there is one.
    fn advance(&mut self, count: usize, out: Option<&mut Vec<u8>>) -> io::Result<()> {
        let passed = self.reader.fill_buf()?.get(..count).unwrap_or_default();
        let lines = passed.iter().filter(|byte| **byte == b'\n').count();
        if lines == 0 {
            self.column = self.column.saturating_add(u32::try_from(count).unwrap_or(u32::MAX));
        } else {
            let behind = passed.iter().rev().take_while(|byte| **byte != b'\n').count();
            self.line = self.line.saturating_add(u32::try_from(lines).unwrap_or(u32::MAX));
            self.column = u32::try_from(behind).unwrap_or(u32::MAX).saturating_add(1);
        }
        if let Some(out) = out {
            out.extend_from_slice(passed);
        }
        self.reader.consume(count);
        Ok(())
    }

    fn step(&mut self) -> io::Result<()> {
        self.advance(1, None)
    }

    fn take(&mut self, out: &mut Vec<u8>) -> io::Result<()> {
        self.advance(1, Some(out))
    }

    fn skip_space(&mut self, mut out: Option<&mut Vec<u8>>) -> io::Result<()> {
        loop {
            let buffer = self.reader.fill_buf()?;
            let count = buffer.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
            let more = count > 0 && count == buffer.len();
            self.advance(count, out.as_deref_mut())?;
            if !more {
                return Ok(());
            }
        }
    }

    /// Skips a line `---`; false when it is another one.
    fn skip_separator(&mut self) -> io::Result<bool> {
        if self.column != 1 {
            return Ok(false);
        }
        // One by one: the buffer may end between them.
        for _ in 0..3 {
            if self.peek()? != Some(b'-') {
                return Ok(false);
            }
            self.step()?;
        }
        loop {
            match self.peek()? {
                Some(b' ' | b'\t' | b'\r') => self.step()?,
                None | Some(b'\n' | b'{') => return Ok(true),
                Some(_) => return Ok(false),
            }
        }
    }

    /// Takes one value: as far as brackets and quotes tell. What it is worth, the parser tells.
    fn take_value(&mut self, out: &mut Vec<u8>) -> io::Result<()> {
        let mut value = Value::default();
        loop {
            let buffer = self.reader.fill_buf()?;
            if buffer.is_empty() {
                return Ok(());
            }
            let end = value.find_end(buffer);
            let count = end.unwrap_or(buffer.len());
            self.advance(count, Some(out))?;
            if end.is_some() {
                return Ok(());
            }
        }
    }
}

/// What is open in a value that is being read.
#[derive(Default)]
struct Value {
    depth: usize,
    in_string: bool,
    escaped: bool,
}

impl Value {
    /// How many of these bytes belong to the value; `None` when it goes on behind them.
    fn find_end(&mut self, bytes: &[u8]) -> Option<usize> {
        for (at, byte) in bytes.iter().enumerate() {
            if self.in_string {
                match byte {
                    _ if self.escaped => self.escaped = false,
                    b'\\' => self.escaped = true,
                    b'"' => {
                        self.in_string = false;
                        if self.depth == 0 {
                            return Some(at + 1);
                        }
                    }
                    _ => {}
                }
                continue;
            }
            match byte {
                b'"' => self.in_string = true,
                b'{' | b'[' => self.depth += 1,
                b'}' | b']' if self.depth == 0 => return Some(at),
                b'}' | b']' => {
                    self.depth -= 1;
                    if self.depth == 0 {
                        return Some(at + 1);
                    }
                }
                b',' | b':' if self.depth == 0 => return Some(at),
                byte if self.depth == 0 && byte.is_ascii_whitespace() => return Some(at),
                _ => {}
            }
        }
        None
    }
}
