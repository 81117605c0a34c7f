use object_change::{Delta, KindSet, ObjectKind};

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
}

impl ObjectKind for Kind {
    const ALL: &'static [Self] = &Self::ALL;

    fn name(self) -> &'static str {
        self.name()
    }

    fn number(self) -> u8 {
        self as u8
    }
}

/// A set of [`Kind`]s.
///
/// ```
/// use ingress_routing::model::{Kind, Kinds};
/// let missing = Kinds::EMPTY.with(Kind::Service).with(Kind::Ingress);
/// assert_eq!(missing.to_string(), "Ingress, Service");
/// ```
pub type Kinds = KindSet<Kind>;
