use std::fmt;

use object_change::Severity;

use crate::{ResolvConf, Span, TextEdit};

/// Something in a file, or about a name under it, that will surprise its author.
///
/// Displays as `line:column: severity: text (code)`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// One of [`FINDING_CODES`](crate::FINDING_CODES).
    pub code: &'static str,
    /// Error: lookups fail. Warning: a part has no effect, or another than it looks like. Info: it costs, or works here and not there.
    pub severity: Severity,
    /// Where.
    pub place: FindingPlace,
    /// What, and for whom, without a final full stop.
    pub text: String,
    /// What would remove it; nothing where only the author knows.
    pub fix: Option<Fix>,
}

/// What a [`Finding`] is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FindingPlace {
    /// Octets of the file.
    File(Span),
    /// One of the names.
    Name(String),
}

/// A change that removes a [`Finding`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fix {
    /// Edits of the file.
    Edit {
        /// What they do, as an order: `remove the line`.
        what: String,
        /// The edits, to be made together.
        edits: Vec<TextEdit>,
    },
    /// Another way to write a name.
    Rename {
        /// As it is.
        from: String,
        /// As it should be.
        to: String,
    },
}

impl Fix {
    /// Makes the change, in the file or among the names. The file has to be the one of the finding, unchanged.
    pub fn apply(&self, file: &mut ResolvConf, names: &mut [String]) {
        match self {
            Self::Edit { edits, .. } => file.apply(edits),
            Self::Rename { from, to } => {
                names.iter_mut().filter(|name| *name == from).for_each(|name| name.clone_from(to))
            }
        }
    }
}

impl fmt::Display for Fix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Edit { what, .. } => f.write_str(what),
            Self::Rename { to, .. } => write!(f, "write {to}"),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            FindingPlace::File(span) => write!(f, "{span}")?,
            FindingPlace::Name(name) => f.write_str(name)?,
        }
        write!(f, ": {}: {} ({})", self.severity, self.text, self.code)
    }
}

impl Finding {
    pub(super) fn new(code: &'static str, severity: Severity, span: Span, text: impl Into<String>) -> Self {
        Self { code, severity, place: FindingPlace::File(span), text: text.into(), fix: None }
    }

    pub(super) fn about(code: &'static str, severity: Severity, name: &str, text: impl Into<String>) -> Self {
        Self { code, severity, place: FindingPlace::Name(name.to_owned()), text: text.into(), fix: None }
    }

    pub(super) fn edit(self, what: impl Into<String>, edits: impl IntoIterator<Item = TextEdit>) -> Self {
        Self { fix: Some(Fix::Edit { what: what.into(), edits: edits.into_iter().collect() }), ..self }
    }

    pub(super) fn rename(self, from: &str, to: String) -> Self {
        Self { fix: Some(Fix::Rename { from: from.to_owned(), to }), ..self }
    }
}
