//! Cuts a file into the texts of single objects while it is read, so that no more than one of them is in memory.

mod json;
mod whole;
mod yaml;

use std::io::{self, BufRead};

use serde::Deserialize;

pub(super) use json::split_json;
pub(super) use whole::split_whole;
pub(super) use yaml::{split_yaml, tell_whole};

/// In which language a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Json,
    Yaml,
}

/// `apiVersion` and `kind`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct TypeMeta {
    #[serde(deserialize_with = "text_or_nothing")]
    pub(super) api_version: String,
    #[serde(deserialize_with = "text_or_nothing")]
    pub(super) kind: String,
}

impl TypeMeta {
    /// Whether this is a List, or a typed list such as ServiceList.
    pub(super) fn is_list(&self) -> bool {
        self.kind.ends_with("List")
    }

    /// What the items of a typed list are, where they do not say it themselves: those of an API server's reply.
    fn implied(&self) -> Option<Self> {
        let kind = self.kind.strip_suffix("List").filter(|kind| !kind.is_empty())?;
        Some(Self { api_version: self.api_version.clone(), kind: kind.to_owned() })
    }
}

/// `null` is nothing.
fn text_or_nothing<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// The text of one object and where it stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct RawItem<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) format: Format,
    /// Number of the document in its file, from 1.
    pub(super) document: u32,
    /// Line of the first byte, from 1.
    pub(super) line: u32,
    /// Column of the first byte, from 1.
    pub(super) column: u32,
    /// What it is if it does not say.
    pub(super) implied: Option<&'a TypeMeta>,
    /// Whether the kind of the list that it is in may still be told.
    pub(super) kind_may_come: bool,
}

/// A place where a file is malformed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SyntaxError {
    pub(super) document: u32,
    pub(super) line: u32,
    pub(super) column: Option<u32>,
    pub(super) reason: String,
}

/// What splitting brings.
#[derive(Clone, Debug)]
pub(super) enum Piece<'a> {
    Item(RawItem<'a>),
    Malformed(SyntaxError),
}

/// What became of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Taken {
    /// It was dealt with.
    Done,
    /// It has no kind: offer it again once the list's own is known.
    KindMissing,
}

pub(super) type Sink<'s> = dyn FnMut(Piece<'_>) -> Taken + 's;

/// Splits `reader` by what it begins with: `{` is JSON until it proves otherwise, anything else YAML.
///
/// # Errors
/// When reading fails; malformed content is told to `sink`.
pub(super) fn split(reader: &mut dyn BufRead, sink: &mut Sink<'_>) -> io::Result<()> {
    skip_byte_order_mark(reader)?;
    let start = Start { line: 1, column: 1, documents: 0 };
    let begins_with_brace = reader.fill_buf()?.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'{');
    if !begins_with_brace {
        return split_yaml(reader, start, sink);
    }
    match split_json(reader, start, sink)? {
        None => Ok(()),
        Some((consumed, start)) => split_yaml(&mut io::Read::chain(&*consumed, reader), start, sink),
    }
}

/// Where a splitter begins.
#[derive(Clone, Copy, Debug)]
pub(super) struct Start {
    pub(super) line: u32,
    pub(super) column: u32,
    /// Documents before it.
    pub(super) documents: u32,
}

fn skip_byte_order_mark(reader: &mut dyn BufRead) -> io::Result<()> {
    if reader.fill_buf()?.starts_with(b"\xef\xbb\xbf") {
        reader.consume(3);
    }
    Ok(())
}

/// Items of a list that must wait for its kind.
#[derive(Debug, Default)]
struct Waiting {
    items: Vec<(Vec<u8>, Format, u32, u32)>,
}

impl Waiting {
    /// Offers an item; keeps a copy where its kind is missing and the list's own may still come.
    fn offer(&mut self, item: RawItem<'_>, sink: &mut Sink<'_>) {
        if sink(Piece::Item(item)) == Taken::KindMissing {
            self.items.push((item.bytes.to_vec(), item.format, item.line, item.column));
        }
    }

    /// Offers the waiting items again. If the document is no list after all, they were parts of something else and are dropped.
    fn resolve(&mut self, types: &TypeMeta, document: u32, sink: &mut Sink<'_>) {
        let implied = types.implied();
        for (bytes, format, line, column) in self.items.drain(..) {
            if types.is_list() {
                let (bytes, implied) = (&*bytes, implied.as_ref());
                sink(Piece::Item(RawItem { bytes, format, document, line, column, implied, kind_may_come: false }));
            }
        }
    }
}

#[cfg(test)]
mod tests;
