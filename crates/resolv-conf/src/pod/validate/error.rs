//! Errors as apimachinery's `field` package writes them.

use std::fmt;

/// A field that an API server refuses. It displays as `field: kind: value: detail`, without the parts that it has not.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FieldError {
    /// What is wrong with it.
    pub kind: FieldErrorKind,
    /// The path: `spec.dnsConfig.nameservers[0]`.
    pub field: Box<str>,
    /// The value as the API server prints it, where it does.
    pub value: Option<Box<str>>,
    /// The reason; may be empty.
    pub detail: Box<str>,
}

/// What is wrong with a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FieldErrorKind {
    /// The value is malformed.
    Invalid,
    /// The value is none of those that there are.
    NotSupported,
    /// A value is missing.
    Required,
    /// There must be no value.
    Forbidden,
    /// The value is too long.
    TooLong,
}

impl fmt::Display for FieldErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Invalid => "Invalid value",
            Self::NotSupported => "Unsupported value",
            Self::Required => "Required value",
            Self::Forbidden => "Forbidden",
            Self::TooLong => "Too long",
        })
    }
}

impl FieldError {
    /// Everything but the field.
    pub fn body(&self) -> String {
        let parts =
            [Some(self.kind.to_string()), self.value.as_deref().map(str::to_owned), Some(self.detail.to_string())];
        parts.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(": ")
    }
}

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.body())
    }
}

impl std::error::Error for FieldError {}

/// The path of a field.
pub(super) struct Path(String);

impl Path {
    pub(super) fn new(path: &str) -> Self {
        Self(path.to_owned())
    }

    pub(super) fn child(&self, name: &str) -> Self {
        Self(if self.0.is_empty() { name.to_owned() } else { format!("{}.{name}", self.0) })
    }

    pub(super) fn index(&self, index: usize) -> Self {
        Self(format!("{}[{index}]", self.0))
    }

    /// One error for each problem of the value.
    pub(super) fn invalid_each(&self, value: &str, problems: Vec<String>, errors: &mut Vec<FieldError>) {
        let error = |problem: String| self.error(FieldErrorKind::Invalid, Some(quoted(value)), &problem);
        errors.extend(problems.into_iter().map(error));
    }

    pub(super) fn invalid_list(&self, values: &[Box<str>], detail: &str) -> FieldError {
        let values = values.iter().map(|value| quoted(value)).collect::<Vec<_>>().join(",");
        self.error(FieldErrorKind::Invalid, Some(format!("[{values}]")), detail)
    }

    pub(super) fn not_supported(&self, value: &str, supported: &[&str]) -> FieldError {
        let supported = supported.iter().map(|value| quoted(value)).collect::<Vec<_>>().join(", ");
        self.error(FieldErrorKind::NotSupported, Some(quoted(value)), &format!("supported values: {supported}"))
    }

    pub(super) fn required(&self, detail: &str) -> FieldError {
        self.error(FieldErrorKind::Required, None, detail)
    }

    pub(super) fn forbidden(&self, detail: &str) -> FieldError {
        self.error(FieldErrorKind::Forbidden, None, detail)
    }

    pub(super) fn too_long(&self, max_octets: usize) -> FieldError {
        self.error(FieldErrorKind::TooLong, None, &format!("may not be more than {max_octets} bytes"))
    }

    fn error(&self, kind: FieldErrorKind, value: Option<String>, detail: &str) -> FieldError {
        FieldError { kind, field: self.0.clone().into(), value: value.map(Into::into), detail: detail.into() }
    }
}

/// The text as Go's `%q` and JSON both write it, where they agree.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for char in text.chars() {
        match char {
            '"' | '\\' => quoted.extend(['\\', char]),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            char if char.is_control() => quoted.push_str(&format!("\\u{:04x}", u32::from(char))),
            char => quoted.push(char),
        }
    }
    quoted.push('"');
    quoted
}
