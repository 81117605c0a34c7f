use std::net::IpAddr;

use super::{Labels, Protocol};

/// An EndpointSlice, as far as DNS reads it.
///
/// ```
/// use dns_records::model::{Endpoint, EndpointPort, EndpointSlice, Protocol, SliceOwner};
/// let slice = EndpointSlice::new(SliceOwner::Service("web".into()))
///     .with_port(EndpointPort::new("http", Protocol::Tcp, 8080))
///     .with_endpoint(Endpoint::new("10.244.0.7".parse()?).with_hostname("web-0"));
/// assert!(slice.endpoints[0].ready);
/// # Ok::<(), std::net::AddrParseError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EndpointSlice {
    /// Whose endpoints these are, from the slice's labels.
    pub owner: SliceOwner,
    /// `ports`; each endpoint of the slice has them all.
    pub ports: Vec<EndpointPort>,
    /// `endpoints`.
    pub endpoints: Vec<Endpoint>,
    /// `metadata.labels`, for the `labels` selector.
    pub labels: Labels,
}

impl EndpointSlice {
    /// A slice without ports and endpoints.
    pub const fn new(owner: SliceOwner) -> Self {
        Self { owner, ports: Vec::new(), endpoints: Vec::new(), labels: Vec::new() }
    }

    /// The same with one more port.
    #[must_use]
    pub fn with_port(mut self, port: EndpointPort) -> Self {
        self.ports.push(port);
        self
    }

    /// The same with one more endpoint.
    #[must_use]
    pub fn with_endpoint(mut self, endpoint: Endpoint) -> Self {
        self.endpoints.push(endpoint);
        self
    }

    /// The same with these labels.
    #[must_use]
    pub fn with_labels(mut self, labels: Labels) -> Self {
        self.labels = labels;
        self
    }
}

/// Whose endpoints a slice holds.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SliceOwner {
    /// Label `kubernetes.io/service-name`: the Service of this name in the slice's namespace.
    Service(Box<str>),
    /// Labels `multicluster.kubernetes.io/service-name` and `…/source-cluster`: a ServiceImport's endpoints in one cluster.
    Import {
        /// Name of the ServiceImport in the slice's namespace.
        service: Box<str>,
        /// Identifier of the cluster in which the endpoints are.
        cluster: Box<str>,
    },
    /// Neither label: no name leads to these endpoints.
    Nobody,
}

/// One port of a slice.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EndpointPort {
    /// `name`; empty when the port has none.
    pub name: Box<str>,
    /// `protocol`.
    pub protocol: Protocol,
    /// `port`; `None` gives addresses but no SRV record.
    pub port: Option<u16>,
}

impl EndpointPort {
    /// A port with a number; an empty `name` means an unnamed one.
    pub fn new(name: impl Into<Box<str>>, protocol: Protocol, port: u16) -> Self {
        Self { name: name.into(), protocol, port: Some(port) }
    }

    /// A port without a number.
    pub fn without_number(name: impl Into<Box<str>>, protocol: Protocol) -> Self {
        Self { name: name.into(), protocol, port: None }
    }
}

/// One endpoint of a slice.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Endpoint {
    /// `addresses`. The API allows several but gives them no meaning beyond the first; DNS serves them all, as CoreDNS does.
    pub hosts: Vec<EndpointHost>,
    /// `hostname`: the endpoint's own label below the Service's name.
    pub hostname: Option<Box<str>>,
    /// `targetRef.name`: the label under [`crate::EndpointNames::PodName`].
    pub target_name: Option<Box<str>>,
    /// `zone`: the topology zone.
    pub zone: Option<Box<str>>,
    /// `conditions.ready`, where absent means ready. `serving` and `terminating` have no meaning for DNS.
    pub ready: bool,
}

impl Endpoint {
    /// A ready endpoint with one address.
    pub fn new(address: IpAddr) -> Self {
        Self::with_hosts(vec![EndpointHost::Address(address)])
    }

    /// A ready endpoint with these addresses or names.
    pub const fn with_hosts(hosts: Vec<EndpointHost>) -> Self {
        Self { hosts, hostname: None, target_name: None, zone: None, ready: true }
    }

    /// The same with a `hostname`.
    #[must_use]
    pub fn with_hostname(mut self, hostname: impl Into<Box<str>>) -> Self {
        self.hostname = Some(hostname.into());
        self
    }

    /// The same with a `targetRef.name`.
    #[must_use]
    pub fn with_target_name(mut self, name: impl Into<Box<str>>) -> Self {
        self.target_name = Some(name.into());
        self
    }

    /// The same in a topology zone.
    #[must_use]
    pub fn with_zone(mut self, zone: impl Into<Box<str>>) -> Self {
        self.zone = Some(zone.into());
        self
    }

    /// The same, ready or not.
    #[must_use]
    pub const fn with_ready(mut self, ready: bool) -> Self {
        self.ready = ready;
        self
    }
}

/// One entry of an endpoint's `addresses`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EndpointHost {
    /// An address, from slices of `addressType` IPv4 and IPv6. An IPv4-mapped IPv6 address counts as IPv4.
    Address(IpAddr),
    /// A host name, from slices of `addressType: FQDN`. Served under [`crate::Conformance::CoreDns`] only.
    Name(Box<str>),
}
