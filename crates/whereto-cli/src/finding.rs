//! Diagnostics as they are printed.

use std::borrow::Cow;
use std::fmt;
use std::num::NonZero;

use k8s_source::manifests::Located;
use object_change::{Diagnostic, ObjectRef, Severity};
use serde::Serialize;

/// Something to tell about an object, with its place where that is known.
///
/// Displays as `FILE:LINE:COLUMN: severity: object: field: reason (document 2)`, without the parts that are not known.
#[derive(Clone, Debug)]
pub(crate) enum Finding {
    /// About a place in a file.
    Located(Located),
    /// About what objects are together.
    Whole(Diagnostic),
}

impl Finding {
    pub(crate) const fn diagnostic(&self) -> &Diagnostic {
        match self {
            Self::Located(located) => &located.diagnostic,
            Self::Whole(diagnostic) => diagnostic,
        }
    }

    pub(crate) const fn severity(&self) -> Severity {
        self.diagnostic().severity
    }

    /// As it is printed with `-o json`.
    pub(crate) fn to_json(&self) -> FindingJson<'_> {
        let diagnostic = self.diagnostic();
        let place = match self {
            Self::Located(located) => Some(located),
            Self::Whole(_) => None,
        };
        FindingJson {
            severity: diagnostic.severity.to_string(),
            file: place.map(|place| place.file.to_string_lossy()),
            document: place.and_then(|place| NonZero::new(place.document)),
            line: place.and_then(|place| NonZero::new(place.line)),
            column: place.and_then(|place| place.column),
            object: ObjectJson::new(&diagnostic.object),
            field: Some(&*diagnostic.field).filter(|field| !field.is_empty()),
            reason: &diagnostic.reason,
        }
    }
}

/// See [`Finding::to_json`].
#[derive(Debug, Serialize)]
pub(crate) struct FindingJson<'f> {
    severity: String,
    file: Option<Cow<'f, str>>,
    document: Option<NonZero<u32>>,
    line: Option<NonZero<u32>>,
    column: Option<u32>,
    object: ObjectJson<'f>,
    field: Option<&'f str>,
    reason: &'f str,
}

/// Kind, namespace and name.
#[derive(Debug, Serialize)]
pub(crate) struct ObjectJson<'o> {
    kind: &'o str,
    namespace: Option<&'o str>,
    name: &'o str,
}

impl<'o> ObjectJson<'o> {
    pub(crate) fn new(object: &'o ObjectRef) -> Self {
        let namespace = Some(&*object.key.namespace).filter(|namespace| !namespace.is_empty());
        Self { kind: &object.kind, namespace, name: &object.key.name }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole(diagnostic) => write!(f, "{diagnostic}"),
            Self::Located(located) if located.document == 0 || located.diagnostic.object.kind == "document" => {
                write!(f, "{located}")
            }
            Self::Located(located) => write!(f, "{located} (document {})", located.document),
        }
    }
}
