use std::fmt;

/// Namespace and name of an object; the namespace of a cluster-scoped object is empty.
///
/// Order is by namespace, then name.
///
/// ```
/// use object_change::ObjectKey;
/// assert!(ObjectKey::new("a", "z") < ObjectKey::new("b", "a"));
/// assert_eq!(ObjectKey::cluster_scoped("shop").to_string(), "shop");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub struct ObjectKey {
    /// `metadata.namespace`; empty for cluster-scoped kinds.
    pub namespace: Box<str>,
    /// `metadata.name`.
    pub name: Box<str>,
}

impl ObjectKey {
    /// The key of a namespaced object.
    pub fn new(namespace: impl Into<Box<str>>, name: impl Into<Box<str>>) -> Self {
        Self { namespace: namespace.into(), name: name.into() }
    }

    /// The key of an object of a cluster-scoped kind, such as a Namespace.
    pub fn cluster_scoped(name: impl Into<Box<str>>) -> Self {
        Self::new("", name)
    }
}

impl fmt::Display for ObjectKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.namespace.is_empty() { f.write_str(&self.name) } else { write!(f, "{}/{}", self.namespace, self.name) }
    }
}
