use std::fmt;

use crate::request::{RequestHead, Scheme};

/// A request that shows something.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Witness {
    /// Clear text or TLS.
    pub scheme: Scheme,
    /// The Host field.
    pub host: String,
    /// The path, in normal form.
    pub path: String,
}

impl Witness {
    pub(crate) const fn new(scheme: Scheme, host: String, path: String) -> Self {
        Self { scheme, host, path }
    }

    /// The request, to be routed.
    pub fn head(&self) -> RequestHead<'_> {
        RequestHead::new("GET", &self.path).with_host(&self.host).with_scheme(self.scheme)
    }
}

impl fmt::Display for Witness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}{}", self.scheme, self.host, self.path)
    }
}
