//! Reading one file: pieces in, objects and diagnostics out.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, BufRead};
use std::path::Path;
use std::sync::Arc;

use object_change::{Diagnostic, ObjectKey, ObjectRef};

use super::decode::{Failure, Object, Outcome, ReadKind, decode};
use super::event::{Located, Reporter};
use super::nodes::NodeId;
use super::options::ManifestOptions;
use super::split::{Format, Piece, RawItem, Sink, Start, SyntaxError, Taken, split, split_json, tell_whole};

/// Where a text stands and what it is.
#[derive(Clone, Copy, Debug)]
pub(super) struct At {
    pub(super) document: u32,
    pub(super) line: u32,
    pub(super) hash: u64,
}

/// What reading a file tells to whoever wants to know.
pub(super) trait Reading {
    /// The object behind a text that was read before, if it need not be read again.
    fn known(&mut self, at: At) -> bool;

    /// An object.
    fn object(&mut self, object: Object, at: At, reporter: &mut Reporter<'_>);

    /// Whether what is known may still hold something in it: a list that is told in one piece.
    fn searches(&self) -> bool {
        false
    }

    /// An object that could not be read although its key could.
    fn refused(&mut self, kind: ReadKind, key: &ObjectKey);
}

/// Reads a file from front to end. Whether it is malformed somewhere.
///
/// # Errors
/// When reading fails half-way.
pub(super) fn read_file(
    reader: &mut dyn BufRead,
    file: &Arc<Path>,
    options: &ManifestOptions,
    reading: &mut dyn Reading,
    reporter: &mut Reporter<'_>,
) -> io::Result<bool> {
    let mut pieces = Pieces { file, options, reading, reporter, is_malformed: false };
    split(reader, &mut |piece| pieces.take(piece, 0))?;
    Ok(pieces.is_malformed)
}

/// Lists inside lists are followed so far.
const MAX_LIST_DEPTH: usize = 8;

struct Pieces<'r, 'e> {
    file: &'r Arc<Path>,
    options: &'r ManifestOptions,
    reading: &'r mut dyn Reading,
    reporter: &'r mut Reporter<'e>,
    is_malformed: bool,
}

impl Pieces<'_, '_> {
    fn take(&mut self, piece: Piece<'_>, depth: usize) -> Taken {
        match piece {
            Piece::Malformed(error) => {
                self.malformed(&error);
                Taken::Done
            }
            Piece::Item(item) => self.item(&item, depth),
        }
    }

    fn item(&mut self, item: &RawItem<'_>, depth: usize) -> Taken {
        let at = At { document: item.document, line: first_line(item), hash: hash(item) };
        if self.reading.known(at) && !(self.reading.searches() && may_be_list(item)) {
            self.reporter.object_read();
            return Taken::Done;
        }
        match decode(item, self.options) {
            Outcome::Object(object, unknown) => self.object(*object, unknown, at),
            Outcome::List if depth < MAX_LIST_DEPTH => self.list(item, depth),
            Outcome::List | Outcome::OtherKind => self.reporter.summary.skipped += 1,
            Outcome::NoKind if item.kind_may_come => return Taken::KindMissing,
            Outcome::NoKind => {
                let object = ObjectRef::new("document", ObjectKey::cluster_scoped(item.document.to_string()));
                let diagnostic = Diagnostic::warning(object, "kind", "missing: this is no Kubernetes object");
                self.tell(at.document, at.line, None, diagnostic);
            }
            Outcome::Failed(failure) if failure.is_syntax => self.malformed(&SyntaxError {
                document: item.document,
                line: failure.line,
                column: failure.column,
                reason: failure.reason,
            }),
            Outcome::Failed(failure) => self.refused(failure, at),
        }
        Taken::Done
    }

    fn object(&mut self, object: Object, unknown: Vec<String>, at: At) {
        let (kind, metadata) = (object.kind(), object.metadata());
        let object_ref = ObjectRef::new(kind.name(), metadata.key());
        for field in unknown {
            let diagnostic = Diagnostic::warning(object_ref.clone(), field, "unknown field");
            self.tell(at.document, at.line, None, diagnostic);
        }
        if metadata.name.is_empty() {
            let diagnostic = Diagnostic::error(object_ref, "metadata.name", "missing: the object is not used");
            self.tell(at.document, at.line, None, diagnostic);
            return;
        }
        self.reading.object(object, at, self.reporter);
        self.reporter.object_read();
    }

    fn list(&mut self, item: &RawItem<'_>, depth: usize) {
        let mut sink = |piece: Piece<'_>| self.take(piece, depth + 1);
        let sink: &mut Sink<'_> = &mut sink;
        match item.format {
            Format::Yaml => tell_whole(item, sink),
            Format::Json => {
                let start = Start { line: item.line, column: item.column, documents: item.document.saturating_sub(1) };
                // Reading from memory does not fail, and what was read as JSON before is not YAML now.
                let _ = split_json(&mut io::Cursor::new(item.bytes), start, sink);
            }
        }
    }

    fn refused(&mut self, failure: Failure, at: At) {
        let object = match &failure.object {
            Some((kind, key)) => ObjectRef::new(kind.name(), key.clone()),
            None => ObjectRef::new("document", ObjectKey::cluster_scoped(at.document.to_string())),
        };
        let diagnostic =
            Diagnostic::error(object, failure.field, format!("{}: the object is not used", failure.reason));
        self.tell(at.document, failure.line, failure.column, diagnostic);
        if let Some((kind, key)) = &failure.object {
            self.reading.refused(*kind, key);
        }
    }

    fn malformed(&mut self, error: &SyntaxError) {
        self.is_malformed = true;
        let object = ObjectRef::new("document", ObjectKey::cluster_scoped(error.document.to_string()));
        self.tell(error.document, error.line, error.column, Diagnostic::error(object, "", error.reason.clone()));
    }

    fn tell(&mut self, document: u32, line: u32, column: Option<u32>, diagnostic: Diagnostic) {
        self.reporter.found(Located::new(Arc::clone(self.file), document, line, diagnostic).at_column(column));
    }
}

/// Line of the first thing that is neither space nor comment.
fn first_line(item: &RawItem<'_>) -> u32 {
    let mut line = item.line;
    for text in item.bytes.split(|byte| *byte == b'\n') {
        let text = text.trim_ascii_start();
        if !text.is_empty() && !text.starts_with(b"#") && text.trim_ascii_end() != b"---" {
            return line;
        }
        line = line.saturating_add(1);
    }
    item.line
}

/// Whether the text has the word that each list has in its kind.
fn may_be_list(item: &RawItem<'_>) -> bool {
    item.bytes.windows(4).any(|word| word == b"List")
}

fn hash(item: &RawItem<'_>) -> u64 {
    let mut hasher = DefaultHasher::new();
    if let Some(implied) = item.implied {
        (&implied.api_version, &implied.kind).hash(&mut hasher);
    }
    item.bytes.hash(&mut hasher);
    hasher.finish()
}

/// A text that a file has now.
#[derive(Clone, Debug)]
pub(super) enum Entry {
    /// One that it had before.
    Known(NodeId, At),
    /// Another one.
    New(ReadKind, ObjectKey, At),
}

/// Reads a file that may have been read before: notes what it has, decodes only what is new.
#[derive(Debug, Default)]
pub(super) struct Rereading {
    /// Objects that the file had, by the hash of their text.
    pub(super) before: HashMap<u64, Vec<NodeId>>,
    /// What it has now.
    pub(super) entries: Vec<Entry>,
    /// Content of what is new.
    pub(super) objects: HashMap<u64, Object>,
    /// Objects that are there but can't be read.
    pub(super) refused: Vec<(ReadKind, ObjectKey)>,
}

impl Reading for Rereading {
    fn known(&mut self, at: At) -> bool {
        let Some(nodes) = self.before.get_mut(&at.hash) else { return false };
        // The same text twice is the same object twice.
        let node = if nodes.len() > 1 { nodes.pop() } else { nodes.first().copied() };
        self.entries.extend(node.map(|node| Entry::Known(node, at)));
        node.is_some()
    }

    fn object(&mut self, object: Object, at: At, _: &mut Reporter<'_>) {
        self.entries.push(Entry::New(object.kind(), key_of(&object), at));
        self.objects.insert(at.hash, object);
    }

    fn refused(&mut self, kind: ReadKind, key: &ObjectKey) {
        self.refused.push((kind, key.clone()));
    }
}

/// Looks for the content of certain texts.
#[derive(Debug, Default)]
pub(super) struct Fetching {
    pub(super) wanted: HashSet<u64>,
    pub(super) objects: HashMap<u64, Object>,
}

impl Reading for Fetching {
    fn known(&mut self, at: At) -> bool {
        !self.wanted.contains(&at.hash) || self.objects.contains_key(&at.hash)
    }

    fn searches(&self) -> bool {
        true
    }

    fn object(&mut self, object: Object, at: At, _: &mut Reporter<'_>) {
        if self.wanted.contains(&at.hash) {
            self.objects.insert(at.hash, object);
        }
    }

    fn refused(&mut self, _: ReadKind, _: &ObjectKey) {}
}

/// The key of an object, without namespace for cluster-scoped kinds.
pub(super) fn key_of(object: &Object) -> ObjectKey {
    object.metadata().key()
}
