//! Which object, or which part of one, a name addresses: existence, before any record type.

mod endpoints;
mod reverse;
mod service;

use std::net::IpAddr;

use crate::config::{Conformance, PodMode, Zone, ZoneConfig, ZoneKind};
use crate::name::{FoldedName, NameRef};
use crate::store::{EndpointLabel, Indexes, ServiceNode};
pub(crate) use endpoints::{PortFilter, Selection};

/// What a name stands for.
#[derive(Clone, Debug)]
pub(crate) enum Place<'s, 'q> {
    /// The zone's own name.
    Apex,
    /// `ns.dns.ZONE`.
    NameServer,
    /// `dns-version.ZONE`.
    Version,
    /// `svc.ZONE`, `pod.ZONE`.
    Tree,
    /// A namespace below one of the trees.
    Namespace,
    /// A Service with virtual IPs, or those of its ports that the filter lets through.
    ClusterIp { node: &'s ServiceNode, ports: PortFilter<'q> },
    /// Ready endpoints: of a headless Service, by name, by port or by topology zone.
    Endpoints { node: &'s ServiceNode, selection: Selection<'q> },
    /// A Service that is an alias.
    Alias(NameRef<'s>),
    /// A Pod's address; how many Pods have it; its first label, namespace and tree in wire form.
    Pod { address: IpAddr, count: u32, name: &'q [u8] },
    /// The reverse name of an address that somebody has.
    Address(IpAddr),
    /// A name without records of its own that exists because of names below it (RFC 4592 §2.2.2), or that stays empty for now.
    Empty(Emptiness),
    /// A name that does not exist.
    Missing(Absence),
}

/// Why a name that exists has no records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Emptiness {
    /// Names below it exist.
    NonTerminal,
    /// The Service waits for its cluster IP.
    Unallocated,
    /// No ready endpoint of the Service is in that topology zone.
    NoEndpointInZone,
}

/// Why a name does not exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Absence {
    /// Neither below `svc` nor below `pod`.
    NoTree,
    /// The namespace does not exist or is not served.
    NoNamespace,
    /// No Service of that name is in the namespace.
    NoService,
    /// The headless Service has no ready endpoint.
    NoReadyEndpoint,
    /// No ready endpoint of the Service has that label.
    NoEndpoint,
    /// The Service has no such port, or not with that protocol.
    NoPort,
    /// The Service is an alias, which has no ports and endpoints.
    BelowAlias,
    /// The alias' target is an IP address or no name.
    UnusableAlias,
    /// The Service has no ready endpoint, and such Services are not served.
    EmptyService,
    /// Names below `pod` are not served.
    PodsDisabled,
    /// The label spells no IP address.
    NotAnAddress,
    /// No Pod in the namespace has the address.
    NoPod,
    /// Nobody has the address.
    UnusedAddress,
    /// No grammar has names of so many labels.
    TooLong,
}

/// Finds what a name stands for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Finder<'s> {
    pub(crate) config: &'s ZoneConfig,
    pub(crate) indexes: &'s Indexes,
}

impl<'s> Finder<'s> {
    /// The place of `name`, whose apex is the label number `apex`.
    #[inline(always)]
    pub(crate) fn find<'q>(self, name: &'q FoldedName, zone: &Zone, apex: usize) -> Place<'s, 'q> {
        if apex == 0 {
            return Place::Apex;
        }
        let first = name.label(apex - 1);
        if apex == 1 && first == b"dns-version" {
            return Place::Version;
        }
        if first == b"dns" {
            return match apex {
                1 => self.rfc_only(Emptiness::NonTerminal, Absence::NoTree),
                2 if name.label(0) == b"ns" => Place::NameServer,
                _ => Place::Missing(Absence::NoTree),
            };
        }
        if zone.is_reverse() {
            return self.find_reverse(name, zone.kind, apex);
        }
        match first {
            b"svc" if apex == 1 => Place::Tree,
            b"pod" if apex == 1 => Place::Tree,
            b"svc" => self.find_service(name, zone.kind == ZoneKind::Multicluster, apex),
            b"pod" => self.find_pod(name, apex),
            _ => Place::Missing(Absence::NoTree),
        }
    }

    /// The exact reason of an absence: the search stops at the Service without a look at its namespace.
    pub(crate) fn reason(self, absence: Absence, name: NameRef<'_>) -> Absence {
        if absence != Absence::NoService {
            return absence;
        }
        let name = FoldedName::new(name);
        let apex = self.config.zones.find(&name).map_or(0, |(_, apex)| apex);
        let exposed = self.indexes.is_exposed(name.label(apex.saturating_sub(2)));
        if exposed { absence } else { Absence::NoNamespace }
    }

    fn find_pod<'q>(self, name: &'q FoldedName, apex: usize) -> Place<'s, 'q> {
        if apex > 5 {
            return Place::Missing(Absence::TooLong);
        }
        let Some(namespace) = self.indexes.namespaces.get(name.label(apex - 2)).filter(|state| state.exposed) else {
            return Place::Missing(Absence::NoNamespace);
        };
        if self.config.pods == PodMode::Disabled {
            return Place::Missing(Absence::PodsDisabled);
        }
        if apex == 2 {
            return Place::Namespace;
        }
        // Labels further left are ignored, as in the original.
        let label = name.label(apex - 3);
        let Some(address) = crate::store::parse_dashed(label) else {
            return Place::Missing(Absence::NotAnAddress);
        };
        let count = match self.config.pods {
            PodMode::Verified if spells_as_stored(label, address) => {
                self.indexes.pods.get(&(namespace.id, address)).copied().unwrap_or(0)
            }
            PodMode::Verified => 0,
            PodMode::Insecure | PodMode::Disabled => 1,
        };
        if count == 0 {
            return Place::Missing(Absence::NoPod);
        }
        Place::Pod { address, count, name: name.wire(apex - 3, apex) }
    }

    /// A name that exists by the standards but not for the original.
    fn rfc_only<'q>(self, emptiness: Emptiness, absence: Absence) -> Place<'s, 'q> {
        match self.config.conformance {
            Conformance::Rfc => Place::Empty(emptiness),
            Conformance::CoreDns => Place::Missing(absence),
        }
    }
}

/// Whether a Pod's label is the one spelling that the original compares with the Pod's status.
fn spells_as_stored(label: &[u8], address: IpAddr) -> bool {
    let canonical = EndpointLabel::of(address);
    let canonical = canonical.as_bytes();
    // The label of an endpoint may not end in a dash, a Pod's may.
    if let Some(open) = canonical.strip_suffix(b"--0") {
        let appended = matches!(address, IpAddr::V6(v6) if v6.segments()[7] == 0);
        if appended {
            return label.strip_suffix(b"--") == Some(open);
        }
    }
    label == canonical
}

impl Emptiness {
    /// The reason as a sentence without its full stop.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::NonTerminal => "names below this one exist, it has no records itself",
            Self::Unallocated => "the Service has no cluster IP yet",
            Self::NoEndpointInZone => "no ready endpoint of the Service is in this topology zone",
        }
    }
}

impl Absence {
    /// The reason as a sentence without its full stop.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::NoTree => "names in the zone end in svc or pod",
            Self::NoNamespace => "the namespace does not exist or is not served",
            Self::NoService => "no such Service in the namespace",
            Self::NoReadyEndpoint => "the Service has no ready endpoint",
            Self::NoEndpoint => "no ready endpoint of the Service has this name",
            Self::NoPort => "the Service has no such port and protocol",
            Self::BelowAlias => "the Service is an alias: there are no ports and endpoints below it",
            Self::UnusableAlias => "the Service's external name is an IP address or no domain name",
            Self::EmptyService => "the Service has no ready endpoint, and such Services are not served",
            Self::PodsDisabled => "Pod names are not served",
            Self::NotAnAddress => "the label spells no IP address",
            Self::NoPod => "no Pod in the namespace has this address",
            Self::UnusedAddress => "no Service and no endpoint has this address",
            Self::TooLong => "more labels than any name in the zone has",
        }
    }
}
