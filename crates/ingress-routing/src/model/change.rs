use std::fmt;

use object_change::Delta;

use super::{EndpointSlice, Ingress, IngressClass, Service, TlsSecret};

/// One thing that happened in the cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Change {
    /// Ingresses, by namespace and name.
    Ingress(Delta<Ingress>),
    /// IngressClasses: cluster-scoped keys.
    IngressClass(Delta<IngressClass>),
    /// Services, by namespace and name.
    Service(Delta<Service>),
    /// EndpointSlices, by namespace and the slice's own name.
    EndpointSlice(Delta<EndpointSlice>),
    /// Secrets of type `kubernetes.io/tls`, by namespace and name.
    Secret(Delta<TlsSecret>),
    /// Every object of the kind that existed when the source began has been sent. [`Delta::ReplaceAll`] implies it.
    Synced(Kind),
}

/// The kinds of objects that a routing table is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Kind {
    /// Ingress.
    Ingress,
    /// IngressClass.
    IngressClass,
    /// Service.
    Service,
    /// EndpointSlice.
    EndpointSlice,
    /// Secret.
    Secret,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 5] = [Self::Ingress, Self::IngressClass, Self::Service, Self::EndpointSlice, Self::Secret];

    /// The kind as the API spells it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ingress => "Ingress",
            Self::IngressClass => "IngressClass",
            Self::Service => "Service",
            Self::EndpointSlice => "EndpointSlice",
            Self::Secret => "Secret",
        }
    }

    const fn bit(self) -> u8 {
        match self {
            Self::Ingress => 1,
            Self::IngressClass => 2,
            Self::Service => 4,
            Self::EndpointSlice => 8,
            Self::Secret => 16,
        }
    }
}

/// A set of [`Kind`]s.
///
/// ```
/// use ingress_routing::model::{Kind, Kinds};
/// let missing = Kinds::EMPTY.with(Kind::Service).with(Kind::Ingress);
/// assert_eq!(missing.to_string(), "Ingress, Service");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Kinds(u8);

impl Kinds {
    /// No kind.
    pub const EMPTY: Self = Self(0);

    /// The set and `kind`.
    #[must_use]
    pub const fn with(self, kind: Kind) -> Self {
        Self(self.0 | kind.bit())
    }

    /// The set without `kind`.
    #[must_use]
    pub const fn without(self, kind: Kind) -> Self {
        Self(self.0 & !kind.bit())
    }

    /// Whether `kind` is in the set.
    pub const fn contains(self, kind: Kind) -> bool {
        self.0 & kind.bit() != 0
    }

    /// Whether the set has no kind.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The kinds in the set.
    pub fn iter(self) -> impl Iterator<Item = Kind> {
        Kind::ALL.into_iter().filter(move |kind| self.contains(*kind))
    }
}

impl fmt::Display for Kinds {
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
