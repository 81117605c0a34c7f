use std::fmt;
use std::net::SocketAddr;
use std::ops::Deref;
use std::sync::Arc;

use object_change::ObjectKey;

use crate::model::{EndpointPort, EndpointSlice, Exposure, PortRef, Protocol, Service, SessionAffinity};
use crate::options::ServiceAffinity;
use crate::outcome::Reason;

/// A Service's port with what is behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upstream {
    pub(crate) service: ObjectKey,
    pub(crate) port: PortRef,
    pub(crate) number: Option<u16>,
    pub(crate) app_protocol: Option<Box<str>>,
    pub(crate) session_affinity: SessionAffinity,
    pub(crate) state: UpstreamState,
}

/// Whether requests can be sent to a Service's port.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum UpstreamState {
    /// To one of these, at least one: the ready endpoints, or, where none is ready, those that still serve while they terminate, as kube-proxy
    /// does (KEP-1669). Ordered by address.
    Ready(Arc<[UpstreamEndpoint]>),
    /// The Service has no endpoint to send them to.
    NoEndpoints,
    /// The Service does not exist.
    NoService,
    /// The Service has no such TCP port.
    NoPort,
    /// The Service is of `type: ExternalName`.
    ExternalName(Box<str>),
}

/// An endpoint to send requests to.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub struct UpstreamEndpoint {
    /// Address and port.
    pub address: SocketAddr,
    /// Its topology zone.
    pub zone: Option<Box<str>>,
}

impl UpstreamState {
    /// Why requests are not sent there.
    pub(crate) const fn unavailable(&self) -> Option<Reason> {
        match self {
            Self::Ready(_) => None,
            Self::NoEndpoints => Some(Reason::NoEndpoints),
            Self::NoService => Some(Reason::NoService),
            Self::NoPort => Some(Reason::NoPort),
            Self::ExternalName(_) => Some(Reason::ExternalName),
        }
    }
}

/// An [`Upstream`] as the table has it, with what of it routing needs: the upstream itself lies elsewhere in memory, and is not read.
#[derive(Clone, Debug)]
pub(crate) struct UpstreamSlot {
    upstream: Arc<Upstream>,
    ready: bool,
}

impl From<Upstream> for UpstreamSlot {
    fn from(upstream: Upstream) -> Self {
        Self { ready: upstream.state.unavailable().is_none(), upstream: Arc::new(upstream) }
    }
}

impl UpstreamSlot {
    /// Why requests are not sent there.
    pub(crate) fn unavailable(&self) -> Option<Reason> {
        if self.ready { None } else { self.upstream.state.unavailable() }
    }
}

impl Deref for UpstreamSlot {
    type Target = Upstream;

    fn deref(&self) -> &Upstream {
        &self.upstream
    }
}

impl UpstreamEndpoint {
    /// An endpoint, in a zone or in none.
    pub const fn new(address: SocketAddr, zone: Option<Box<str>>) -> Self {
        Self { address, zone }
    }
}

impl Upstream {
    /// The Service.
    pub const fn service(&self) -> &ObjectKey {
        &self.service
    }

    /// The port as the Ingress names it.
    pub const fn port(&self) -> &PortRef {
        &self.port
    }

    /// The Service's port, where it has one.
    pub const fn number(&self) -> Option<u16> {
        self.number
    }

    /// `appProtocol` of the Service's port.
    pub fn app_protocol(&self) -> Option<&str> {
        self.app_protocol.as_deref()
    }

    /// Whether the Service keeps clients at an endpoint: its `sessionAffinity`, unless [`ServiceAffinity::Ignore`] is set.
    ///
    /// ```
    /// use ingress_routing::{Balance, EndpointView, HashBound, Upstream, client_key};
    /// use ingress_routing::model::SessionAffinity;
    /// /// The endpoint of a request: by the client's address where the Service says so, else in turn.
    /// fn choose(upstream: &Upstream, client: std::net::IpAddr, turn: u64) -> Option<usize> {
    ///     let view = EndpointView::new(upstream.endpoints());
    ///     match upstream.session_affinity() {
    ///         SessionAffinity::ClientIp => Balance::ConsistentHash(HashBound::None).choose(&view, client_key(client)),
    ///         _ => Balance::RoundRobin.choose(&view, turn),
    ///     }
    /// }
    /// ```
    pub const fn session_affinity(&self) -> SessionAffinity {
        self.session_affinity
    }

    /// Whether requests can be sent there.
    pub const fn state(&self) -> &UpstreamState {
        &self.state
    }

    /// Where to send requests to; empty unless [`UpstreamState::Ready`].
    pub fn endpoints(&self) -> &[UpstreamEndpoint] {
        match &self.state {
            UpstreamState::Ready(endpoints) => endpoints,
            _ => &[],
        }
    }

    /// What a reference to a Service's port leads to.
    pub(crate) fn resolve<'s>(
        service_key: ObjectKey,
        port: PortRef,
        service: Option<&Service>,
        slices: impl Iterator<Item = &'s EndpointSlice>,
        affinity: ServiceAffinity,
    ) -> Self {
        let mut upstream = Self {
            service: service_key,
            port,
            number: None,
            app_protocol: None,
            session_affinity: SessionAffinity::None,
            state: UpstreamState::NoService,
        };
        let Some(service) = service else { return upstream };
        if affinity == ServiceAffinity::Honour {
            upstream.session_affinity = service.session_affinity;
        }
        let found = service.ports.iter().find(|candidate| {
            candidate.protocol == Protocol::Tcp
                && match &upstream.port {
                    PortRef::Number(number) => candidate.number == *number,
                    PortRef::Name(name) => candidate.name == *name,
                }
        });
        if let Some(port) = found {
            upstream.number = Some(port.number);
            upstream.app_protocol.clone_from(&port.app_protocol);
        }
        upstream.state = match (&service.exposure, found) {
            (Exposure::ExternalName(host), _) => UpstreamState::ExternalName(host.clone()),
            (Exposure::Endpoints, None) => UpstreamState::NoPort,
            (Exposure::Endpoints, Some(port)) => endpoints(&port.name, slices),
        };
        upstream
    }
}

impl fmt::Display for Upstream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.service, self.port)
    }
}

/// Slices and the Service share the names of ports (EndpointSlice API, `ports[].name`).
fn endpoints<'s>(port: &str, slices: impl Iterator<Item = &'s EndpointSlice>) -> UpstreamState {
    let (mut ready, mut ending) = (Vec::new(), Vec::new());
    for slice in slices {
        let matching = |candidate: &&EndpointPort| &*candidate.name == port && candidate.protocol == Protocol::Tcp;
        let Some(port) = slice.ports.iter().find(matching) else { continue };
        for endpoint in &slice.endpoints {
            let list = match (endpoint.ready, endpoint.serving && endpoint.terminating) {
                (true, _) => &mut ready,
                (false, true) => &mut ending,
                (false, false) => continue,
            };
            let address = SocketAddr::new(endpoint.address.to_canonical(), port.number);
            list.push(UpstreamEndpoint { address, zone: endpoint.zone.clone() });
        }
    }
    let mut chosen = if ready.is_empty() { ending } else { ready };
    if chosen.is_empty() {
        return UpstreamState::NoEndpoints;
    }
    // An endpoint may be in several slices for a while (EndpointSlice, "Duplicate endpoints").
    chosen.sort_unstable();
    chosen.dedup_by(|later, earlier| later.address == earlier.address);
    UpstreamState::Ready(chosen.into())
}
