use std::net::IpAddr;

use super::Protocol;

/// An EndpointSlice, as far as routing reads it.
///
/// ```
/// use ingress_routing::model::{Endpoint, EndpointPort, EndpointSlice};
/// let slice = EndpointSlice::new("web")
///     .with_port(EndpointPort::new("http", 8080))
///     .with_endpoint(Endpoint::new("10.244.0.7".parse()?).with_zone("a"));
/// assert!(slice.endpoints[0].ready);
/// # Ok::<(), std::net::AddrParseError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EndpointSlice {
    /// Label `kubernetes.io/service-name`: the Service of this name in the slice's namespace.
    ///
    /// A source leaves out slices without the label, and those of `addressType: FQDN`.
    pub service: Box<str>,
    /// `ports`; each endpoint of the slice has them all.
    pub ports: Vec<EndpointPort>,
    /// `endpoints`.
    pub endpoints: Vec<Endpoint>,
}

impl EndpointSlice {
    /// A slice of a Service, without ports and endpoints.
    pub fn new(service: impl Into<Box<str>>) -> Self {
        Self { service: service.into(), ports: Vec::new(), endpoints: Vec::new() }
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
}

/// One entry of a slice's `ports`; a source leaves out those without a number.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EndpointPort {
    /// `name`: that of the Service's port; empty when it has none.
    pub name: Box<str>,
    /// `port`: 1–65535, the one that the endpoints listen on.
    pub number: u16,
    /// `protocol`.
    pub protocol: Protocol,
}

impl EndpointPort {
    /// A TCP port; an empty `name` means an unnamed one.
    pub fn new(name: impl Into<Box<str>>, number: u16) -> Self {
        Self { name: name.into(), number, protocol: Protocol::Tcp }
    }

    /// The same with another transport protocol.
    #[must_use]
    pub const fn with_protocol(mut self, protocol: Protocol) -> Self {
        self.protocol = protocol;
        self
    }
}

/// One entry of a slice's `endpoints`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Endpoint {
    /// The first of `addresses`: the API gives no meaning to further ones.
    pub address: IpAddr,
    /// `conditions.ready`; absent counts as true.
    pub ready: bool,
    /// `conditions.serving`; absent counts as `ready`.
    pub serving: bool,
    /// `conditions.terminating`; absent counts as false.
    pub terminating: bool,
    /// `zone`.
    pub zone: Option<Box<str>>,
}

impl Endpoint {
    /// A ready endpoint.
    pub const fn new(address: IpAddr) -> Self {
        Self { address, ready: true, serving: true, terminating: false, zone: None }
    }

    /// The same, ready and serving or neither.
    #[must_use]
    pub const fn with_ready(mut self, ready: bool) -> Self {
        self.ready = ready;
        self.serving = ready;
        self
    }

    /// The same, serving or not.
    #[must_use]
    pub const fn with_serving(mut self, serving: bool) -> Self {
        self.serving = serving;
        self
    }

    /// The same, about to end: not ready any more.
    #[must_use]
    pub const fn with_terminating(mut self) -> Self {
        self.terminating = true;
        self.ready = false;
        self
    }

    /// The same in a topology zone.
    #[must_use]
    pub fn with_zone(mut self, zone: impl Into<Box<str>>) -> Self {
        self.zone = Some(zone.into());
        self
    }
}
