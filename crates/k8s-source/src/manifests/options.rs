use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use super::decode::ReadKind;
use crate::Kind;

/// What a folder of manifests lacks and a cluster would add.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ManifestOptions {
    /// Range for the IPv4 cluster IPs of Services that have none; 10.96.0.0/16.
    pub service_cidr: ServiceCidr,
    /// The same for IPv6; fd00:10:96::/112.
    pub service_cidr_v6: ServiceCidr,
    /// Which namespaces exist.
    pub namespaces: NamespacePolicy,
    /// Namespace of objects that name none; `default`.
    pub default_namespace: Box<str>,
    /// Whether Deployments and the like, and kubelet's settings, are read.
    pub pod_origins: PodOrigins,
    /// Whether Ingresses and what else decides the way of requests is read.
    pub routes: Routes,
}

impl Default for ManifestOptions {
    fn default() -> Self {
        Self {
            service_cidr: ServiceCidr { network: Ipv4Addr::new(10, 96, 0, 0).into(), prefix: 16 },
            service_cidr_v6: ServiceCidr {
                network: Ipv6Addr::new(0xfd00, 0x10, 0x96, 0, 0, 0, 0, 0).into(),
                prefix: 112,
            },
            namespaces: NamespacePolicy::default(),
            default_namespace: "default".into(),
            pod_origins: PodOrigins::default(),
            routes: Routes::default(),
        }
    }
}

impl ManifestOptions {
    /// The same with a range for cluster IPs, which takes the place of the one of its family.
    #[must_use]
    pub const fn with_service_cidr(mut self, cidr: ServiceCidr) -> Self {
        if cidr.network.is_ipv4() {
            self.service_cidr = cidr;
        } else {
            self.service_cidr_v6 = cidr;
        }
        self
    }

    /// The same, reading what tells what Pods will be like, or not.
    #[must_use]
    pub const fn with_pod_origins(mut self, pod_origins: PodOrigins) -> Self {
        self.pod_origins = pod_origins;
        self
    }

    /// The same, reading what decides the way of requests, or not.
    #[must_use]
    pub const fn with_routes(mut self, routes: Routes) -> Self {
        self.routes = routes;
        self
    }

    /// Whether objects of `kind` are told.
    pub(super) fn reads(&self, kind: Kind) -> bool {
        match kind {
            Kind::Workload(_) | Kind::KubeletConfiguration => self.pod_origins == PodOrigins::Read,
            Kind::Ingress | Kind::IngressClass | Kind::Secret => self.routes == Routes::Read,
            Kind::Namespace | Kind::Service | Kind::EndpointSlice | Kind::Pod | Kind::ServiceImport => true,
        }
    }

    /// Whether objects of `kind` are looked at.
    pub(super) fn decodes(&self, kind: ReadKind) -> bool {
        match kind {
            ReadKind::Workload(_) | ReadKind::KubeletConfiguration => self.pod_origins == PodOrigins::Read,
            ReadKind::Ingress | ReadKind::IngressClass | ReadKind::Secret => self.routes == Routes::Read,
            _ => true,
        }
    }

    /// The same with a rule for namespaces.
    #[must_use]
    pub const fn with_namespaces(mut self, policy: NamespacePolicy) -> Self {
        self.namespaces = policy;
        self
    }
}

/// Whether objects are read that tell what Pods will be like: Deployments, ReplicaSets, StatefulSets, DaemonSets, Jobs and CronJobs, and kubelet's
/// settings. No endpoint and no address comes of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PodOrigins {
    /// They are skipped, as any kind that nobody reads.
    #[default]
    Skip,
    /// They are told as [`ObjectChange::Workload`](crate::ObjectChange::Workload) and
    /// [`ObjectChange::KubeletConfiguration`](crate::ObjectChange::KubeletConfiguration).
    Read,
}

/// Whether objects are read that decide the way of requests: Ingresses, IngressClasses and, for their certificates, Secrets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Routes {
    /// They are skipped, as any kind that nobody reads.
    #[default]
    Skip,
    /// They are told as [`ObjectChange::Ingress`](crate::ObjectChange::Ingress),
    /// [`ObjectChange::IngressClass`](crate::ObjectChange::IngressClass) and [`ObjectChange::Secret`](crate::ObjectChange::Secret).
    Read,
}

/// Which namespaces exist.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NamespacePolicy {
    /// `Strict` as soon as the input holds a Namespace object, else `Implied`: a dump of a cluster is complete, a folder in
    /// version control seldom is.
    #[default]
    Auto,
    /// Those with a Namespace object, and those that an object of a kind that is read is in.
    Implied,
    /// Those with a Namespace object.
    Strict,
}

/// A range of addresses such as `10.96.0.0/16`.
///
/// ```
/// use k8s_source::manifests::ServiceCidr;
/// assert_eq!("10.96.7.7/16".parse::<ServiceCidr>()?.to_string(), "10.96.0.0/16");
/// assert!("10.96.0.0/33".parse::<ServiceCidr>().is_err());
/// # Ok::<(), k8s_source::manifests::ServiceCidrError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ServiceCidr {
    network: IpAddr,
    prefix: u8,
}

impl ServiceCidr {
    /// How many addresses can be given to Services, at most 2^20: Kubernetes uses no more of larger IPv6 ranges. The network's own address
    /// and, in IPv4, the broadcast address are not among them.
    pub(super) const fn usable(&self) -> u32 {
        let bits = if self.network.is_ipv4() { 32 - self.prefix } else { 128 - self.prefix };
        let all = if bits >= 20 { 1 << 20 } else { 1_u32 << bits };
        let reserved = if self.network.is_ipv4() && bits < 20 { 2 } else { 1 };
        all.saturating_sub(reserved)
    }

    /// The usable address at `index`, which must be below [`Self::usable`].
    pub(super) fn address(&self, index: u32) -> IpAddr {
        match self.network {
            IpAddr::V4(network) => Ipv4Addr::from_bits(network.to_bits().wrapping_add(index).wrapping_add(1)).into(),
            IpAddr::V6(network) => {
                Ipv6Addr::from_bits(network.to_bits().wrapping_add(u128::from(index)).wrapping_add(1)).into()
            }
        }
    }

    /// The index of a usable address.
    pub(super) fn index(&self, address: IpAddr) -> Option<u32> {
        let distance = match (self.network, address) {
            (IpAddr::V4(network), IpAddr::V4(address)) => {
                u128::from(address.to_bits()).checked_sub(u128::from(network.to_bits()))?
            }
            (IpAddr::V6(network), IpAddr::V6(address)) => address.to_bits().checked_sub(network.to_bits())?,
            _ => return None,
        };
        u32::try_from(distance.checked_sub(1)?).ok().filter(|index| *index < self.usable())
    }
}

impl fmt::Display for ServiceCidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.network, self.prefix)
    }
}

/// Why a text is no [`ServiceCidr`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ServiceCidrError {
    /// What stands before the slash is no IP address.
    Address,
    /// What stands after it is no prefix length of the family.
    PrefixLength,
}

impl fmt::Display for ServiceCidrError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Address => "not an IP address before the slash",
            Self::PrefixLength => "not a prefix length after the slash (0–32 for IPv4, 0–128 for IPv6)",
        })
    }
}

impl std::error::Error for ServiceCidrError {}

impl FromStr for ServiceCidr {
    type Err = ServiceCidrError;

    fn from_str(text: &str) -> Result<Self, ServiceCidrError> {
        let (address, prefix) = text.split_once('/').ok_or(ServiceCidrError::PrefixLength)?;
        let address: IpAddr = address.parse().map_err(|_| ServiceCidrError::Address)?;
        let prefix: u8 = prefix.parse().map_err(|_| ServiceCidrError::PrefixLength)?;
        let network = match address {
            IpAddr::V4(address) if prefix <= 32 => {
                let mask = u32::MAX.checked_shl(u32::from(32 - prefix)).unwrap_or(0);
                Ipv4Addr::from_bits(address.to_bits() & mask).into()
            }
            IpAddr::V6(address) if prefix <= 128 => {
                let mask = u128::MAX.checked_shl(u32::from(128 - prefix)).unwrap_or(0);
                Ipv6Addr::from_bits(address.to_bits() & mask).into()
            }
            _ => return Err(ServiceCidrError::PrefixLength),
        };
        Ok(Self { network, prefix })
    }
}
