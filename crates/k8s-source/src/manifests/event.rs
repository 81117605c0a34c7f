use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use object_change::{Diagnostic, Severity};

/// What a source tells while it reads.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Event {
    /// So many objects were read so far; told every thousand, for a progress line.
    Progress {
        /// Objects of kinds that are read.
        objects: u64,
    },
    /// Something that the author of a manifest should know.
    Found(Located),
}

/// A diagnostic with the place that it is about.
///
/// It displays as `file:line:column: severity: object: field: reason`, without the parts that are not known.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Located {
    /// The file as it was reached; `-` for standard input.
    pub file: Arc<std::path::Path>,
    /// Number of the document in the file, from 1; 0 for the file as a whole.
    pub document: u32,
    /// Line, from 1; 0 for the file as a whole. For an object it is where the object begins.
    pub line: u32,
    /// Column, from 1, where it is known.
    pub column: Option<u32>,
    /// What there is to tell.
    pub diagnostic: Diagnostic,
}

impl Located {
    pub(super) fn new(file: Arc<std::path::Path>, document: u32, line: u32, diagnostic: Diagnostic) -> Self {
        Self { file, document, line, column: None, diagnostic }
    }

    pub(super) const fn at_column(mut self, column: Option<u32>) -> Self {
        self.column = column;
        self
    }
}

impl fmt::Display for Located {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.file.display())?;
        if self.line > 0 {
            write!(f, "{}:", self.line)?;
            if let Some(column) = self.column {
                write!(f, "{column}:")?;
            }
        }
        write!(f, " {}", self.diagnostic)
    }
}

/// What a load or a poll came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Summary {
    /// Objects in use: of kinds that are read, each counted once, without derived ones.
    pub objects: usize,
    /// Objects of other kinds that were skipped while reading.
    pub skipped: u64,
    /// Files, folders and inputs that could not be read or are malformed somewhere. After a load that is a reason to stop;
    /// after a poll their last good content is still in use.
    pub broken: Vec<PathBuf>,
    /// Diagnostics of [`Severity::Error`] that were told, those about broken files included.
    pub errors: u64,
    /// Diagnostics of [`Severity::Warning`] that were told.
    pub warnings: u64,
    /// Whether anything was given to the consumer.
    pub changed: bool,
}

/// Where diagnostics go: to the caller, counted.
pub(super) struct Reporter<'e> {
    pub(super) events: &'e mut dyn FnMut(Event),
    pub(super) read: u64,
    pub(super) summary: Summary,
}

impl<'e> Reporter<'e> {
    pub(super) fn new(events: &'e mut dyn FnMut(Event)) -> Self {
        Self { events, read: 0, summary: Summary::default() }
    }

    pub(super) fn found(&mut self, located: Located) {
        match located.diagnostic.severity {
            Severity::Error => self.summary.errors += 1,
            Severity::Warning => self.summary.warnings += 1,
            _ => {}
        }
        (self.events)(Event::Found(located));
    }

    pub(super) fn object_read(&mut self) {
        self.read += 1;
        if self.read.is_multiple_of(1000) {
            (self.events)(Event::Progress { objects: self.read });
        }
    }
}
