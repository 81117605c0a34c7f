use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use super::Labels;

/// A Service, as far as DNS reads it.
///
/// ```
/// use dns_records::model::{ClusterIps, Exposure, Protocol, Service, ServicePort};
/// let web = Service::new(Exposure::ClusterIp(ClusterIps::single("10.96.0.10".parse()?)))
///     .with_port(ServicePort::new("http", Protocol::Tcp, 80));
/// assert_eq!(web.ports.len(), 1);
/// # Ok::<(), std::net::AddrParseError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Service {
    /// How clients reach it: decides which records the name has.
    pub exposure: Exposure,
    /// `spec.ports`; each gives SRV records.
    pub ports: Vec<ServicePort>,
    /// `metadata.labels`, for the `labels` selector.
    pub labels: Labels,
}

impl Service {
    /// A Service without ports and labels.
    pub const fn new(exposure: Exposure) -> Self {
        Self { exposure, ports: Vec::new(), labels: Vec::new() }
    }

    /// The same with one more port.
    #[must_use]
    pub fn with_port(mut self, port: ServicePort) -> Self {
        self.ports.push(port);
        self
    }

    /// The same with these labels.
    #[must_use]
    pub fn with_labels(mut self, labels: Labels) -> Self {
        self.labels = labels;
        self
    }
}

/// Which kind of address a Service has.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Exposure {
    /// Virtual IPs: types ClusterIP, NodePort and LoadBalancer alike.
    ClusterIp(ClusterIps),
    /// `clusterIP: None`: the name has the addresses of the ready endpoints.
    Headless,
    /// `type: ExternalName`: the name is an alias of this host name, kept as written (letter case, final dot).
    ExternalName(Box<str>),
    /// A cluster IP is wanted but not allocated yet; the name exists once it is.
    Unallocated,
}

/// One virtual IP, or one of each family; the first is the primary one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ClusterIps {
    primary: IpAddr,
    secondary: Option<IpAddr>,
}

impl ClusterIps {
    /// A single-stack Service's address.
    pub const fn single(address: IpAddr) -> Self {
        Self { primary: address, secondary: None }
    }

    /// A dual-stack Service's addresses; `None` unless they are of different families.
    pub fn dual(primary: IpAddr, secondary: IpAddr) -> Option<Self> {
        (primary.is_ipv4() != secondary.is_ipv4()).then_some(Self { primary, secondary: Some(secondary) })
    }

    /// The addresses, primary first.
    pub fn iter(&self) -> impl Iterator<Item = IpAddr> + use<> {
        [Some(self.primary), self.secondary].into_iter().flatten()
    }
}

/// One entry of `spec.ports`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServicePort {
    /// `name`; empty when the port has none.
    pub name: Box<str>,
    /// `protocol`.
    pub protocol: Protocol,
    /// `port`: 1–65535.
    pub port: u16,
}

impl ServicePort {
    /// A port; an empty `name` means an unnamed one.
    pub fn new(name: impl Into<Box<str>>, protocol: Protocol, port: u16) -> Self {
        Self { name: name.into(), protocol, port }
    }
}

/// Transport protocol of a port.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Protocol {
    /// TCP, the API's default.
    #[default]
    Tcp,
    /// UDP.
    Udp,
    /// SCTP.
    Sctp,
}

impl Protocol {
    /// The label that names it in SRV owners, without the underscore (RFC 2782).
    pub const fn label(self) -> &'static str {
        match self {
            Self::Tcp => "tcp",
            Self::Udp => "udp",
            Self::Sctp => "sctp",
        }
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Tcp => "TCP",
            Self::Udp => "UDP",
            Self::Sctp => "SCTP",
        })
    }
}

/// A protocol name that Kubernetes does not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownProtocol;

impl fmt::Display for UnknownProtocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not one of TCP, UDP, SCTP")
    }
}

impl std::error::Error for UnknownProtocol {}

impl FromStr for Protocol {
    type Err = UnknownProtocol;

    /// Reads the API's spelling, which is upper case.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "TCP" => Ok(Self::Tcp),
            "UDP" => Ok(Self::Udp),
            "SCTP" => Ok(Self::Sctp),
            _ => Err(UnknownProtocol),
        }
    }
}
