use std::fmt;
use std::marker::PhantomData;

/// The kinds of objects that something is made of: an enum without content.
pub trait ObjectKind: Copy + 'static {
    /// All kinds, in the order in which they are told.
    const ALL: &'static [Self];

    /// The kind as the API spells it.
    fn name(self) -> &'static str;

    /// The kind's number, 0 to 31, another one for each.
    fn number(self) -> u8;
}

/// A set of kinds.
///
/// ```
/// use object_change::{KindSet, ObjectKind};
///
/// #[derive(Clone, Copy, Debug, PartialEq, Eq)]
/// enum Kind {
///     Service,
///     Secret,
/// }
///
/// impl ObjectKind for Kind {
///     const ALL: &'static [Self] = &[Self::Service, Self::Secret];
///
///     fn name(self) -> &'static str {
///         if self == Self::Service { "Service" } else { "Secret" }
///     }
///
///     fn number(self) -> u8 {
///         self as u8
///     }
/// }
///
/// let missing = KindSet::EMPTY.with(Kind::Secret).with(Kind::Service);
/// assert_eq!(missing.to_string(), "Service, Secret");
/// assert!(!missing.without(Kind::Secret).contains(Kind::Secret));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct KindSet<K>(u32, PhantomData<K>);

impl<K: ObjectKind> KindSet<K> {
    /// No kind.
    pub const EMPTY: Self = Self(0, PhantomData);

    /// The set and `kind`.
    #[must_use]
    pub fn with(self, kind: K) -> Self {
        Self(self.0 | bit(kind), PhantomData)
    }

    /// The set without `kind`.
    #[must_use]
    pub fn without(self, kind: K) -> Self {
        Self(self.0 & !bit(kind), PhantomData)
    }

    /// Whether `kind` is in the set.
    pub fn contains(self, kind: K) -> bool {
        self.0 & bit(kind) != 0
    }

    /// Whether the set has no kind.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The kinds in the set.
    pub fn iter(self) -> impl Iterator<Item = K> {
        K::ALL.iter().copied().filter(move |kind| self.contains(*kind))
    }
}

/// None for a number that is too large: such a kind is in no set.
fn bit(kind: impl ObjectKind) -> u32 {
    1_u32.checked_shl(kind.number().into()).unwrap_or(0)
}

impl<K: ObjectKind> Default for KindSet<K> {
    fn default() -> Self {
        Self::EMPTY
    }
}

impl<K: ObjectKind> fmt::Display for KindSet<K> {
    /// `Service, Secret`; nothing for no kind.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, kind) in self.iter().enumerate() {
            if index > 0 {
                f.write_str(", ")?;
            }
            f.write_str(kind.name())?;
        }
        Ok(())
    }
}

impl<K: ObjectKind> fmt::Debug for KindSet<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter().map(ObjectKind::name)).finish()
    }
}
