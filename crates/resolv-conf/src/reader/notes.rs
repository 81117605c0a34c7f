use std::borrow::Cow;
use std::fmt;

use object_change::Severity;

use crate::{Line, Span, Word};

/// Where the text stands that a [`ReadDiagnostic`] is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Place {
    /// In the file.
    File(Span),
    /// In the variable of this name.
    Variable(&'static str),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(span) => span.fmt(f),
            Self::Variable(name) => f.write_str(name),
        }
    }
}

/// Something in a file that its author should know about how a program reads it.
///
/// Displays as `line:column: severity: text`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReadDiagnostic {
    /// How much it matters: what has no effect is a warning, or an info where that is widely known.
    pub severity: Severity,
    /// Where.
    pub place: Place,
    /// What, and why, without a final full stop.
    pub text: Cow<'static, str>,
}

impl fmt::Display for ReadDiagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}: {}", self.place, self.severity, self.text)
    }
}

/// The diagnostics of one reading.
#[derive(Debug, Default)]
pub(crate) struct Notes(Vec<ReadDiagnostic>);

impl Notes {
    pub(crate) fn add(&mut self, severity: Severity, place: Place, text: impl Into<Cow<'static, str>>) {
        self.0.push(ReadDiagnostic { severity, place, text: text.into() });
    }

    /// A word that has no effect, and why.
    pub(crate) fn ignored(&mut self, severity: Severity, word: Word<'_>, why: &str) {
        self.add(severity, Place::File(word.span), format!("{} has no effect: {why}", word.to_text()));
    }

    /// A line that has no effect, and why.
    pub(crate) fn line_ignored(&mut self, severity: Severity, line: &Line<'_>, why: &str) {
        self.add(severity, Place::File(line.span()), format!("the line has no effect: {why}"));
    }

    pub(crate) fn into_diagnostics(self) -> Vec<ReadDiagnostic> {
        self.0
    }
}

/// The words of a line that counts until a later one takes its place.
#[derive(Debug, Default)]
pub(crate) struct Replaced(Option<Span>);

impl Replaced {
    /// The line that counts.
    pub(crate) fn place(&self) -> Option<Span> {
        self.0
    }

    /// Now `line` counts; what counted before is noted.
    pub(crate) fn by(&mut self, line: &Line<'_>, notes: &mut Notes) {
        if let Some(before) = self.0.replace(line.span()) {
            let text = format!("the line has no effect: line {} takes its place", line.number);
            notes.add(Severity::Warning, Place::File(before), text);
        }
    }
}
