//! What is served and how: the options of CoreDNS's `kubernetes` plugin, as types.

mod cidr;
mod selector;
mod zone;

use std::fmt;

use crate::name::{Name, NameError, NameRef};
pub use cidr::CidrError;
pub use selector::{LabelSelector, SelectorError};
pub(crate) use zone::Zone;
pub(crate) use zone::{ZoneIndex, ZoneKind};

/// Whose answers are given where the original departs from the standards.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Conformance {
    /// As CoreDNS, but for the listed deviations, each with the section of the RFC that it follows.
    #[default]
    Rfc,
    /// The original's record sets, existence, header bits and OPT echo; never its read limits, and never silence.
    CoreDns,
}

/// What names below `pod.ZONE` answer (CoreDNS option `pods`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PodMode {
    /// None exists.
    #[default]
    Disabled,
    /// `1-2-3-4.ns.pod.ZONE` has the address that it spells, in every namespace that exists.
    Insecure,
    /// As `Insecure`, but only while a Pod in that namespace has the address.
    Verified,
}

/// Which label an endpoint without `hostname` has (CoreDNS option `endpoint_pod_names`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EndpointNames {
    /// Its address with dashes.
    #[default]
    Address,
    /// The name of its target, where that is shorter than 64 octets; else its address.
    PodName,
}

/// Whether endpoints are served (CoreDNS option `noendpoints`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Endpoints {
    /// EndpointSlices are read.
    #[default]
    Serve,
    /// No headless addresses, endpoint names and endpoint PTRs exist.
    Ignore,
}

/// Whether a cluster-IP Service without ready endpoints exists (CoreDNS option `ignore empty_service`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EmptyServices {
    /// It has its cluster IP.
    #[default]
    Serve,
    /// Its name does not exist.
    Ignore,
}

/// Whether `ZONE.pin._zone.SERVICE` and `ZONE.prefer._zone.SERVICE` exist (CoreDNS option `zonal`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ZonalNames {
    /// They do not, and topology zones are not kept in memory.
    #[default]
    Ignore,
    /// They have the endpoints of headless Services in that topology zone.
    Serve,
}

/// Where names that do not exist go (CoreDNS option `fallthrough`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fallthrough {
    /// They are answered with NXDOMAIN.
    #[default]
    Never,
    /// Every one goes on to the next authority.
    Always,
    /// Those in these zones do.
    Zones(Vec<Name>),
}

impl Fallthrough {
    #[inline]
    pub(crate) fn covers(&self, name: NameRef<'_>) -> bool {
        match self {
            Self::Never => false,
            Self::Always => true,
            Self::Zones(zones) => zones.iter().any(|zone| name.is_in(zone.as_ref())),
        }
    }
}

/// Why a [`ZoneConfig`] can't be.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ConfigError {
    /// A zone is no domain name.
    Zone(NameError),
    /// A zone written as address range is none.
    Cidr(CidrError),
    /// No zone is a forward zone, so PTR records would have nothing to point to.
    OnlyReverseZones,
    /// The TTL is above 3600 seconds.
    Ttl(u32),
    /// A namespace list and namespace labels exclude each other.
    NamespacesAndLabels,
    /// Zonal names need endpoints.
    ZonalWithoutEndpoints,
    /// A multicluster zone that is not among the zones.
    UnknownMulticlusterZone(Name),
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Zone(error) => write!(f, "zone: {error}"),
            Self::Cidr(error) => write!(f, "zone: {error}"),
            Self::OnlyReverseZones => f.write_str("at least one zone must not be a reverse zone"),
            Self::Ttl(ttl) => write!(f, "TTL {ttl} is above 3600 seconds"),
            Self::NamespacesAndLabels => {
                f.write_str("a list of namespaces and a selector of namespace labels exclude each other")
            }
            Self::ZonalWithoutEndpoints => f.write_str("zonal names need endpoints"),
            Self::UnknownMulticlusterZone(zone) => write!(f, "multicluster zone {zone} is not among the zones"),
        }
    }
}

impl std::error::Error for ConfigError {}

/// Everything that the answers depend on besides the cluster.
///
/// ```
/// use dns_records::{PodMode, ZoneConfig};
/// let config = ZoneConfig::new("cluster.local")?
///     .with_zone("10.0.0.0/8")?
///     .with_ttl(30)?
///     .with_pods(PodMode::Insecure);
/// assert_eq!(config.zones().map(|zone| zone.to_string()).collect::<Vec<_>>(), ["cluster.local.", "10.in-addr.arpa."]);
/// # Ok::<(), dns_records::ConfigError>(())
/// ```
#[derive(Clone, Debug)]
pub struct ZoneConfig {
    pub(crate) zones: ZoneIndex,
    pub(crate) ttl: u32,
    pub(crate) pods: PodMode,
    pub(crate) endpoint_names: EndpointNames,
    pub(crate) endpoints: Endpoints,
    pub(crate) empty_services: EmptyServices,
    pub(crate) zonal: ZonalNames,
    pub(crate) namespaces: Option<Vec<Box<str>>>,
    pub(crate) namespace_labels: LabelSelector,
    pub(crate) labels: LabelSelector,
    pub(crate) fallthrough: Fallthrough,
    pub(crate) conformance: Conformance,
}

impl ZoneConfig {
    /// The options' defaults for one zone: a domain name, or an address range (see [`Self::with_zone`]).
    ///
    /// # Errors
    /// When `zone` is neither.
    pub fn new(zone: &str) -> Result<Self, ConfigError> {
        let config = Self {
            zones: ZoneIndex::default(),
            ttl: 5,
            pods: PodMode::default(),
            endpoint_names: EndpointNames::default(),
            endpoints: Endpoints::default(),
            empty_services: EmptyServices::default(),
            zonal: ZonalNames::default(),
            namespaces: None,
            namespace_labels: LabelSelector::default(),
            labels: LabelSelector::default(),
            fallthrough: Fallthrough::default(),
            conformance: Conformance::default(),
        };
        config.with_zone(zone)
    }

    /// One more zone: a domain name, or an address range such as `10.0.0.0/8` or `fd00::/64`, which stands for
    /// the reverse zones that cover it at octet (IPv4) or nibble (IPv6) borders.
    ///
    /// The first zone that is not a reverse zone is the primary one: PTR records point into it.
    ///
    /// # Errors
    /// When `zone` is neither.
    pub fn with_zone(mut self, zone: &str) -> Result<Self, ConfigError> {
        if zone.contains('/') {
            for name in cidr::reverse_zones(zone).map_err(ConfigError::Cidr)? {
                self.zones.add(name);
            }
        } else {
            self.zones.add(zone.parse().map_err(ConfigError::Zone)?);
        }
        Ok(self)
    }

    /// Serves the ServiceImports in `zone`, which must be one of the zones.
    ///
    /// # Errors
    /// When it is no name or not among the zones.
    pub fn with_multicluster_zone(mut self, zone: &str) -> Result<Self, ConfigError> {
        let name: Name = zone.parse().map_err(ConfigError::Zone)?;
        if self.zones.set_multicluster(name.as_ref()) {
            Ok(self)
        } else {
            Err(ConfigError::UnknownMulticlusterZone(name))
        }
    }

    /// TTL of the records in seconds, 0–3600; 5 by default. The SOA's own is at most 300, `dns-version`'s 28800.
    ///
    /// # Errors
    /// When it is above 3600.
    pub fn with_ttl(mut self, ttl: u32) -> Result<Self, ConfigError> {
        if ttl > 3600 {
            return Err(ConfigError::Ttl(ttl));
        }
        self.ttl = ttl;
        Ok(self)
    }

    /// What names below `pod.ZONE` answer.
    #[must_use]
    pub const fn with_pods(mut self, pods: PodMode) -> Self {
        self.pods = pods;
        self
    }

    /// Which label an endpoint without `hostname` has.
    #[must_use]
    pub const fn with_endpoint_names(mut self, names: EndpointNames) -> Self {
        self.endpoint_names = names;
        self
    }

    /// Whether endpoints are served.
    #[must_use]
    pub const fn with_endpoints(mut self, endpoints: Endpoints) -> Self {
        self.endpoints = endpoints;
        self
    }

    /// Whether a cluster-IP Service without ready endpoints exists.
    #[must_use]
    pub const fn with_empty_services(mut self, empty: EmptyServices) -> Self {
        self.empty_services = empty;
        self
    }

    /// Whether zonal names exist.
    #[must_use]
    pub const fn with_zonal_names(mut self, zonal: ZonalNames) -> Self {
        self.zonal = zonal;
        self
    }

    /// Only these namespaces exist; PTR records of others are hidden too.
    #[must_use]
    pub fn with_namespaces(mut self, namespaces: impl IntoIterator<Item = impl Into<Box<str>>>) -> Self {
        self.namespaces = Some(namespaces.into_iter().map(Into::into).collect());
        self
    }

    /// Only namespaces whose labels match exist. PTR records of the others stay visible, as in CoreDNS.
    #[must_use]
    pub fn with_namespace_labels(mut self, selector: LabelSelector) -> Self {
        self.namespace_labels = selector;
        self
    }

    /// Only Services, EndpointSlices and Pods whose labels match are read.
    #[must_use]
    pub fn with_labels(mut self, selector: LabelSelector) -> Self {
        self.labels = selector;
        self
    }

    /// Where names that do not exist go.
    #[must_use]
    pub fn with_fallthrough(mut self, fallthrough: Fallthrough) -> Self {
        self.fallthrough = fallthrough;
        self
    }

    /// Whose answers are given where the original departs from the standards.
    #[must_use]
    pub const fn with_conformance(mut self, conformance: Conformance) -> Self {
        self.conformance = conformance;
        self
    }

    /// The zones, in the order given, address ranges expanded.
    pub fn zones(&self) -> impl Iterator<Item = NameRef<'_>> {
        self.zones.iter().map(Zone::name)
    }

    /// Whether the options fit together.
    ///
    /// # Errors
    /// The first rule that is broken.
    pub fn check(&self) -> Result<(), ConfigError> {
        if self.zones.primary().is_none() {
            return Err(ConfigError::OnlyReverseZones);
        }
        if self.namespaces.is_some() && !self.namespace_labels.is_empty() {
            return Err(ConfigError::NamespacesAndLabels);
        }
        if self.zonal == ZonalNames::Serve && self.endpoints == Endpoints::Ignore {
            return Err(ConfigError::ZonalWithoutEndpoints);
        }
        Ok(())
    }
}
