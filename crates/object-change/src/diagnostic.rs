use std::borrow::Cow;
use std::fmt;

use crate::ObjectKey;

/// How much a [`Diagnostic`] matters.
///
/// Ordered: `Info < Warning < Error`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Severity {
    /// Something was assumed; the result is what the author most likely wants.
    Info,
    /// A part of the object has no effect.
    Warning,
    /// The object, or a part that others rely on, could not be used.
    Error,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}

/// Kind and key of an object, for people.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub struct ObjectRef {
    /// The kind as the Kubernetes API spells it: `Service`, `EndpointSlice`.
    pub kind: Cow<'static, str>,
    /// Namespace and name.
    pub key: ObjectKey,
}

impl ObjectRef {
    /// A reference to the object `key` of `kind`.
    pub fn new(kind: impl Into<Cow<'static, str>>, key: ObjectKey) -> Self {
        Self { kind: kind.into(), key }
    }
}

impl fmt::Display for ObjectRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind, self.key)
    }
}

/// Something about one object that its author should know.
///
/// Bad cluster content is never an error of an operation: what is usable is used, and the rest is told by
/// a diagnostic. It displays as `severity: object: field: reason`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Diagnostic {
    /// How much it matters.
    pub severity: Severity,
    /// The object concerned.
    pub object: ObjectRef,
    /// Path of the field as `kubectl explain` writes it, with list indexes: `spec.ports[1].name`. Empty for the object as a whole.
    pub field: Cow<'static, str>,
    /// What is wrong, or what was assumed, without a final full stop.
    pub reason: Cow<'static, str>,
}

impl Diagnostic {
    /// A diagnostic with each part given.
    pub fn new(
        severity: Severity,
        object: ObjectRef,
        field: impl Into<Cow<'static, str>>,
        reason: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self { severity, object, field: field.into(), reason: reason.into() }
    }

    /// A diagnostic of [`Severity::Info`].
    pub fn info(object: ObjectRef, field: impl Into<Cow<'static, str>>, reason: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Severity::Info, object, field, reason)
    }

    /// A diagnostic of [`Severity::Warning`].
    pub fn warning(
        object: ObjectRef,
        field: impl Into<Cow<'static, str>>,
        reason: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self::new(Severity::Warning, object, field, reason)
    }

    /// A diagnostic of [`Severity::Error`].
    pub fn error(object: ObjectRef, field: impl Into<Cow<'static, str>>, reason: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Severity::Error, object, field, reason)
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}: ", self.severity, self.object)?;
        if !self.field.is_empty() {
            write!(f, "{}: ", self.field)?;
        }
        f.write_str(&self.reason)
    }
}
