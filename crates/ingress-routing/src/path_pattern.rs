//! Paths of rules.

use std::fmt;

use crate::model::PathType;
use crate::options::ImplementationSpecific;
use crate::request::{NormalPath, PathError, PathOptions};

/// How the path of a rule is compared. Of two that match, the greater decides: "precedence will be given to … exact path type over prefix
/// path type" (kubernetes.io, Ingress, "Multiple matches").
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(clippy::exhaustive_enums, reason = "what a rule's path can mean; `ImplementationSpecific` is one of the two")]
pub enum PathForm {
    /// Its elements are the request's first ones.
    Prefix,
    /// It is the request's path.
    Exact,
}

/// Which paths a rule is for.
///
/// ```
/// use ingress_routing::model::PathType;
/// use ingress_routing::{ImplementationSpecific, PathOptions, PathPattern};
/// let options = PathOptions::default();
/// let pattern = |path, path_type| PathPattern::parse(path, path_type, ImplementationSpecific::Prefix, &options);
/// let mut buffer = Vec::new();
/// let path = options.normalise("/aaa/bbb/ccc", &mut buffer)?;
/// assert!(pattern("/aaa/bbb/", PathType::Prefix)?.matches(&path));
/// assert!(!pattern("/aaa/bb", PathType::Prefix)?.matches(&path));
/// assert!(!pattern("/aaa/bbb", PathType::Exact)?.matches(&path));
/// assert!(pattern("aaa", PathType::Prefix).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PathPattern {
    form: PathForm,
    /// In normal form: begins with `/`.
    path: Box<str>,
}

impl PathPattern {
    /// Reads a rule's `path`; that of an `ImplementationSpecific` rule may be empty, which means `/`. It is normalised as paths of requests are.
    ///
    /// # Errors
    /// What the API server objects to (`validateIngressRuleValue` in pkg/apis/networking/validation), and what no request's path can be.
    pub fn parse(
        path: &str,
        path_type: PathType,
        implementation_specific: ImplementationSpecific,
        options: &PathOptions,
    ) -> Result<Self, PathPatternError> {
        let (form, path) = match (path_type, implementation_specific) {
            (PathType::Exact, _) => (PathForm::Exact, path),
            (PathType::Prefix, _) => (PathForm::Prefix, path),
            (PathType::ImplementationSpecific, meaning) => {
                let form = match meaning {
                    ImplementationSpecific::Prefix => PathForm::Prefix,
                    ImplementationSpecific::Exact => PathForm::Exact,
                };
                (form, if path.is_empty() { "/" } else { path })
            }
        };
        if !path.starts_with('/') {
            return Err(PathPatternError::NotAbsolute);
        }
        // The API server does not look into paths of the third type. Nothing else forbids two slashes in a row and `%2F` in them, but dot
        // segments are in no normal form: removing them here would make of the rule one for other paths.
        let refused: &[&str] = match path_type {
            PathType::ImplementationSpecific => &["/./", "/../"],
            PathType::Exact | PathType::Prefix => &["//", "/./", "/../", "%2f", "%2F"],
        };
        if let Some(part) = refused.iter().find(|part| path.contains(**part)) {
            return Err(PathPatternError::Contains(part));
        }
        if let Some(end) = ["/..", "/."].iter().find(|end| path.ends_with(**end)) {
            return Err(PathPatternError::EndsWith(end));
        }
        let mut buffer = Vec::new();
        let normal = options.normalise(path, &mut buffer).map_err(PathPatternError::NoRequest)?;
        Ok(Self { form, path: normal.as_str().into() })
    }

    /// How the path is compared.
    pub const fn form(&self) -> PathForm {
        self.form
    }

    /// The path in normal form.
    pub fn as_str(&self) -> &str {
        &self.path
    }

    /// Whether requests with this path are the rule's (kubernetes.io, Ingress, "Path types").
    pub fn matches(&self, path: &NormalPath<'_>) -> bool {
        match self.form {
            PathForm::Exact => path.as_bytes() == self.path.as_bytes(),
            PathForm::Prefix => below(self.key().as_bytes(), key_octets(path.as_bytes())),
        }
    }

    /// Whether the path ends in a slash, which a prefix' own does without effect.
    pub fn ends_in_slash(&self) -> bool {
        self.path.ends_with('/')
    }

    /// How many elements the path has.
    pub fn elements(&self) -> usize {
        first_elements(self.key().as_bytes(), usize::MAX).1
    }

    /// The path without a final slash.
    pub(crate) fn key(&self) -> &str {
        key_of(&self.path)
    }
}

impl fmt::Display for PathPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.form {
            PathForm::Exact => "Exact ",
            PathForm::Prefix => "Prefix ",
        })?;
        f.write_str(&self.path)
    }
}

/// A path without a final slash: the key under which rules for it with and without one are found; empty for `/`.
pub(crate) fn key_of(path: &str) -> &str {
    path.strip_suffix('/').unwrap_or(path)
}

/// The octets of [`key_of`] a path.
pub(crate) fn key_octets(path: &[u8]) -> &[u8] {
    path.strip_suffix(b"/").unwrap_or(path)
}

/// The key of at most so many of a key's first elements, and how many there are.
pub(crate) fn first_elements(key: &[u8], most: usize) -> (&[u8], usize) {
    let mut depth = 0;
    for (at, octet) in key.iter().enumerate() {
        if *octet == b'/' {
            if depth == most {
                return (key.get(..at).unwrap_or_default(), depth);
            }
            depth += 1;
        }
    }
    (key, depth)
}

/// Whether the elements of the key `upper` are the first ones of the key `key`.
pub(crate) fn below(upper: &[u8], key: &[u8]) -> bool {
    key.strip_prefix(upper).is_some_and(|rest| rest.first().is_none_or(|next| *next == b'/'))
}

/// Why a text is no path of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PathPatternError {
    /// It does not begin with `/`.
    NotAbsolute,
    /// It has a part that the API server refuses, or one that is in no path that has been normalised.
    Contains(&'static str),
    /// It ends in a dot segment.
    EndsWith(&'static str),
    /// A request with this path is malformed.
    NoRequest(PathError),
}

impl fmt::Display for PathPatternError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAbsolute => f.write_str("must be an absolute path"),
            Self::Contains(part) => write!(f, "must not contain '{part}'"),
            Self::EndsWith(end) => write!(f, "cannot end with '{end}'"),
            Self::NoRequest(error) => write!(f, "no request has such a path: {error}"),
        }
    }
}

impl std::error::Error for PathPatternError {}
