use std::fmt;
use std::str::FromStr;

/// A Service, as far as routing reads it.
///
/// ```
/// use ingress_routing::model::{Service, ServicePort};
/// let web = Service::new().with_port(ServicePort::new("http", 80).with_app_protocol("kubernetes.io/h2c"));
/// assert_eq!(web.ports[0].number, 80);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Service {
    /// What is behind it.
    pub exposure: Exposure,
    /// `spec.sessionAffinity`.
    pub session_affinity: SessionAffinity,
    /// `spec.ports`.
    pub ports: Vec<ServicePort>,
}

impl Service {
    /// A Service with endpoints and without ports.
    pub const fn new() -> Self {
        Self { exposure: Exposure::Endpoints, session_affinity: SessionAffinity::None, ports: Vec::new() }
    }

    /// A Service of `type: ExternalName`.
    pub fn external_name(host: impl Into<Box<str>>) -> Self {
        Self { exposure: Exposure::ExternalName(host.into()), ..Self::new() }
    }

    /// The same with another `sessionAffinity`.
    #[must_use]
    pub const fn with_session_affinity(mut self, affinity: SessionAffinity) -> Self {
        self.session_affinity = affinity;
        self
    }

    /// The same with one more port.
    #[must_use]
    pub fn with_port(mut self, port: ServicePort) -> Self {
        self.ports.push(port);
        self
    }
}

/// What is behind a Service.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Exposure {
    /// The endpoints of its EndpointSlices: types ClusterIP, NodePort and LoadBalancer, headless or not.
    #[default]
    Endpoints,
    /// `type: ExternalName`: a host name outside. Requests are not sent there: names can lead anywhere in the proxy's own network.
    ExternalName(Box<str>),
}

/// `spec.sessionAffinity`: whether requests of one client go to one endpoint.
///
/// `sessionAffinityConfig.clientIP.timeoutSeconds` is not here: nothing remembers clients, so nothing is forgotten after a time. A client stays
/// for as long as its endpoint is there, which is no shorter than any timeout asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SessionAffinity {
    /// `None`, the API's default: requests are free to go to any.
    #[default]
    None,
    /// `ClientIP`: the client's address chooses, by [`client_key`](crate::client_key).
    ClientIp,
}

impl SessionAffinity {
    const ALL: [Self; 2] = [Self::None, Self::ClientIp];

    /// The value as the API spells it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "None",
            Self::ClientIp => "ClientIP",
        }
    }
}

impl fmt::Display for SessionAffinity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A `sessionAffinity` that Kubernetes does not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownSessionAffinity;

impl fmt::Display for UnknownSessionAffinity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not one of None, ClientIP")
    }
}

impl std::error::Error for UnknownSessionAffinity {}

impl FromStr for SessionAffinity {
    type Err = UnknownSessionAffinity;

    /// Reads the API's spelling; letter case counts.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|affinity| affinity.name() == text).ok_or(UnknownSessionAffinity)
    }
}

/// One entry of `spec.ports`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServicePort {
    /// `name`; empty when the port has none.
    pub name: Box<str>,
    /// `port`: 1–65535.
    pub number: u16,
    /// `protocol`: only TCP ports carry HTTP/1.1 and HTTP/2.
    pub protocol: Protocol,
    /// `appProtocol`.
    pub app_protocol: Option<Box<str>>,
}

impl ServicePort {
    /// A TCP port; an empty `name` means an unnamed one.
    pub fn new(name: impl Into<Box<str>>, number: u16) -> Self {
        Self { name: name.into(), number, protocol: Protocol::Tcp, app_protocol: None }
    }

    /// The same with another transport protocol.
    #[must_use]
    pub const fn with_protocol(mut self, protocol: Protocol) -> Self {
        self.protocol = protocol;
        self
    }

    /// The same with an `appProtocol`.
    #[must_use]
    pub fn with_app_protocol(mut self, app_protocol: impl Into<Box<str>>) -> Self {
        self.app_protocol = Some(app_protocol.into());
        self
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
    const ALL: [Self; 3] = [Self::Tcp, Self::Udp, Self::Sctp];

    /// The protocol as the API spells it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Tcp => "TCP",
            Self::Udp => "UDP",
            Self::Sctp => "SCTP",
        }
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
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
        Self::ALL.into_iter().find(|protocol| protocol.name() == text).ok_or(UnknownProtocol)
    }
}
