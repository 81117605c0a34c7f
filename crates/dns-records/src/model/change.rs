use std::net::IpAddr;

use object_change::{Delta, KindSet, ObjectKind};

use super::{EndpointSlice, Namespace, Pod, Service, ServiceImport};

/// One thing that happened in the cluster, or to this server.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Change {
    /// Services, by namespace and name.
    Service(Delta<Service>),
    /// EndpointSlices, by namespace and the slice's own name.
    EndpointSlice(Delta<EndpointSlice>),
    /// Namespaces: cluster-scoped keys.
    Namespace(Delta<Namespace>),
    /// Pods, by namespace and name.
    Pod(Delta<Pod>),
    /// ServiceImports, by namespace and name.
    ServiceImport(Delta<ServiceImport>),
    /// Every object of the kind that existed when the source began has been sent. [`Delta::ReplaceAll`] implies it.
    Synced(Kind),
    /// The addresses by which clients reach this server: they decide what NS names ([`crate::Snapshot`]).
    OwnAddresses(Vec<IpAddr>),
}

/// The kinds of objects that zones are made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Kind {
    /// Service.
    Service,
    /// EndpointSlice.
    EndpointSlice,
    /// Namespace.
    Namespace,
    /// Pod.
    Pod,
    /// ServiceImport.
    ServiceImport,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 5] = [Self::Service, Self::EndpointSlice, Self::Namespace, Self::Pod, Self::ServiceImport];

    /// The kind as the API spells it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Service => "Service",
            Self::EndpointSlice => "EndpointSlice",
            Self::Namespace => "Namespace",
            Self::Pod => "Pod",
            Self::ServiceImport => "ServiceImport",
        }
    }

    /// What an extended error says while the kind is not synced.
    pub(crate) const fn not_synced(self) -> &'static str {
        match self {
            Self::Service => "the Services were not read yet",
            Self::EndpointSlice => "the EndpointSlices were not read yet",
            Self::Namespace => "the Namespaces were not read yet",
            Self::Pod => "the Pods were not read yet",
            Self::ServiceImport => "the ServiceImports were not read yet",
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
/// use dns_records::model::{Kind, Kinds};
/// let missing = Kinds::EMPTY.with(Kind::Service).with(Kind::Namespace);
/// assert_eq!(missing.to_string(), "Service, Namespace");
/// ```
pub type Kinds = KindSet<Kind>;
