use std::collections::BTreeSet;
use std::fmt;

use crate::path_pattern::key_of;
use crate::request::Scheme;

/// Paths that no rule of the tables tells apart.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub struct PathRegion {
    /// A rule's path without final slash; empty for the root.
    pub base: Box<str>,
    /// Which paths of it.
    pub part: PathPart,
    /// By which schemes.
    pub schemes: Schemes,
}

/// Which schemes a region is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(clippy::exhaustive_enums, reason = "there are two schemes")]
pub enum Schemes {
    /// Both alike.
    Both,
    /// One of them: redirects to https are for the other.
    Only(Scheme),
}

impl Schemes {
    /// Whether a scheme is one of them.
    pub fn contains(self, scheme: Scheme) -> bool {
        match self {
            Self::Both => true,
            Self::Only(only) => only == scheme,
        }
    }

    /// One of them.
    pub(super) const fn first(self) -> Scheme {
        match self {
            Self::Both => Scheme::Http,
            Self::Only(only) => only,
        }
    }
}

/// Which paths a region has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(clippy::exhaustive_enums, reason = "what rules can tell apart")]
pub enum PathPart {
    /// The base itself.
    Base,
    /// The base with a final slash.
    WithSlash,
    /// The paths with further elements that belong to no longer base.
    Below,
}

impl fmt::Display for PathRegion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Schemes::Only(scheme) = self.schemes {
            write!(f, "{scheme} ")?;
        }
        match self.part {
            PathPart::Base => write!(f, "{}", self.base),
            PathPart::WithSlash => write!(f, "{}/", self.base),
            PathPart::Below => write!(f, "below {}/", self.base),
        }
    }
}

/// All paths, parted by the keys of rules.
#[derive(Debug)]
pub(super) struct PathRegions(BTreeSet<Box<str>>);

impl PathRegions {
    /// The keys have the empty one, which is the root's, among them.
    pub(super) fn new(keys: BTreeSet<&str>) -> Self {
        Self(keys.into_iter().map(Into::into).collect())
    }

    /// Base and part of a path.
    pub(super) fn of<'p>(&self, path: &'p str) -> (&'p str, PathPart) {
        let mut base = key_of(path);
        let mut part = if base.len() == path.len() { PathPart::Base } else { PathPart::WithSlash };
        while !self.0.contains(base) {
            part = PathPart::Below;
            match base.rsplit_once('/') {
                Some((upper, _)) => base = upper,
                None => break,
            }
        }
        (base, part)
    }

    /// Base and part of each region that is not empty, with one of its paths.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, PathPart, String)> {
        self.0.iter().flat_map(move |base| {
            let own = (!base.is_empty()).then(|| (PathPart::Base, base.to_string()));
            let slash = (PathPart::WithSlash, format!("{base}/"));
            let below = (PathPart::Below, self.below(base));
            own.into_iter().chain([slash, below]).map(move |(part, path)| (&**base, part, path))
        })
    }

    fn below(&self, base: &str) -> String {
        let mut number = 0;
        loop {
            let path = format!("{base}/x{number}");
            let next = self.0.range::<str, _>((std::ops::Bound::Included(&*path), std::ops::Bound::Unbounded)).next();
            if next.is_none_or(|next| !next.starts_with(&path)) {
                return path;
            }
            number += 1;
        }
    }
}
