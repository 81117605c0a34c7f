//! The immutable view that requests are routed by.

mod hosts;
mod paths;
mod route;
mod upstream;

use std::sync::Arc;

use foldhash::fast::FixedState;
use imbl::shared_ptr::DefaultSharedPtr;
use imbl::{GenericHashMap, Vector};
use object_change::ObjectKey;

use crate::certificate::{CertificateChoice, CertificateIndex, CertificateOffer};
use crate::compile::Compiled;
use crate::host::Host;
use crate::model::Kinds;
use crate::options::{HostFallback, HttpsRedirect, Options};
use crate::outcome::{Outcome, Reason, Redirect, RouteMatch};
use crate::request::{Request, RequestBuffer, RequestHead, Scheme, Unroutable};
use crate::router::OfferKey;
pub(crate) use hosts::{Found, HostEntry, HostIndex};
pub(crate) use paths::{Depths, PathIndex, PathNode};
pub use route::{DefaultBackend, Route};
pub(crate) use route::{Destination, Owner, Seniority, Target};
pub use upstream::{Upstream, UpstreamEndpoint, UpstreamState};

/// A persistent map: its keys come from the cluster, not from a request's sender, so its hash needs no secret.
pub(crate) type Map<K, V> = GenericHashMap<K, V, FixedState, DefaultSharedPtr>;

/// Number of a host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct HostId(pub(crate) u32);

/// Number of an [`Upstream`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct UpstreamId(pub(crate) u32);

/// Where requests go, at one moment: immutable, made by [`crate::Router::publish`], shared by any number of threads.
#[derive(Clone, Debug)]
pub struct RoutingTable {
    pub(crate) options: Arc<Options>,
    pub(crate) hosts: HostIndex,
    pub(crate) paths: PathIndex,
    pub(crate) upstreams: Vector<Arc<Upstream>>,
    /// For requests whose host has no default backend of its own.
    pub(crate) default: Option<Arc<DefaultBackend>>,
    pub(crate) ingresses: Map<ObjectKey, Arc<Compiled>>,
    pub(crate) offers: Map<OfferKey, Arc<CertificateOffer>>,
    pub(crate) certificates: CertificateIndex,
    pub(crate) missing: Kinds,
}

impl RoutingTable {
    /// Where a request goes.
    ///
    /// Allocates nothing, but for the growth of `buffer`, in which a path or a host is written that was not in normal form.
    ///
    /// ```
    /// use ingress_routing::model::{Backend, Change, Endpoint, EndpointPort, EndpointSlice, Ingress, Kind, PathRule, PathType, Rule, Service, ServicePort};
    /// use ingress_routing::{Options, Outcome, RequestBuffer, RequestHead, Router};
    /// use object_change::{Delta, ObjectKey};
    ///
    /// let mut router = Router::new(Options::new());
    /// let rule = Rule::new("shop.example").with_path(PathRule::new("/cart", PathType::Prefix, Backend::service("cart", 80)));
    /// router.apply(Change::Ingress(Delta::Upsert(ObjectKey::new("shop", "web"), Ingress::new().with_rule(rule))));
    /// router.apply(Change::Service(Delta::Upsert(ObjectKey::new("shop", "cart"), Service::new().with_port(ServicePort::new("http", 80)))));
    /// let slice = EndpointSlice::new("cart").with_port(EndpointPort::new("http", 8080)).with_endpoint(Endpoint::new("10.1.2.3".parse()?));
    /// router.apply(Change::EndpointSlice(Delta::Upsert(ObjectKey::new("shop", "cart-x7f2p"), slice)));
    /// router.apply_all(Kind::ALL.map(Change::Synced));
    /// let table = router.publish();
    ///
    /// let mut buffer = RequestBuffer::new();
    /// let head = RequestHead::new("GET", "/cart/7?x=1").with_host("shop.example");
    /// let Outcome::Forward(forward) = table.route(&head, &mut buffer) else { panic!() };
    /// assert_eq!(forward.upstream.endpoints()[0].address.to_string(), "10.1.2.3:8080");
    /// assert_eq!(forward.request.path().as_str(), "/cart/7");
    /// # Ok::<(), std::net::AddrParseError>(())
    /// ```
    pub fn route<'a>(&'a self, head: &RequestHead<'a>, buffer: &'a mut RequestBuffer) -> Outcome<'a> {
        match head.read(&self.options.request, buffer) {
            Ok(request) => self.route_request(request),
            Err(Unroutable::Malformed(malformed)) => Outcome::Malformed(malformed),
            Err(unroutable) => Outcome::Respond {
                status: unroutable.status(),
                reason: Reason::Unroutable(unroutable),
                matched: None,
                request: None,
            },
        }
    }

    /// Where a request goes that was read already, with the options of this table ([`Options::request`]).
    pub fn route_request<'a>(&'a self, request: Request<'a>) -> Outcome<'a> {
        let respond = |reason: Reason, matched| Outcome::Respond {
            status: reason.status(),
            reason,
            matched,
            request: Some(request),
        };
        if !self.missing.is_empty() {
            return respond(Reason::NotSynced(self.missing), None);
        }
        let Some(found) = self.find(&request) else { return respond(Reason::NoRule, None) };
        let matched = found.matched;
        if found.guarded {
            return respond(Reason::AccessControl, Some(matched));
        }
        if let Some(redirect) = self.redirect(&request) {
            return Outcome::Redirect { redirect, matched };
        }
        let Some(id) = found.upstream else { return respond(Reason::ResourceBackend, Some(matched)) };
        let Some(upstream) = self.upstream(id) else { return respond(Reason::NoService, Some(matched)) };
        match &upstream.state {
            UpstreamState::Ready(_) => Outcome::Forward(crate::outcome::Forward { matched, upstream, request }),
            UpstreamState::NoEndpoints => respond(Reason::NoEndpoints, Some(matched)),
            UpstreamState::NoService => respond(Reason::NoService, Some(matched)),
            UpstreamState::NoPort => respond(Reason::NoPort, Some(matched)),
            UpstreamState::ExternalName(_) => respond(Reason::ExternalName, Some(matched)),
        }
    }

    /// The certificate for a handshake with this server name, at `now` in seconds since 1970-01-01 UTC.
    pub fn certificate(&self, server_name: Option<&Host<'_>>, now: i64) -> CertificateChoice<'_> {
        self.certificates.choose(server_name, now)
    }

    /// The certificates that Ingresses offer, by host.
    pub const fn certificates(&self) -> &CertificateIndex {
        &self.certificates
    }

    /// What each Ingress offers, by Ingress and place in its `tls`.
    pub fn offers(&self) -> impl Iterator<Item = &CertificateOffer> {
        let mut offers: Vec<_> = self.offers.iter().collect();
        offers.sort_unstable_by_key(|(key, _)| *key);
        offers.into_iter().map(|(_, offer)| &**offer)
    }

    /// The kinds of objects that were not all seen yet: while there are any, nothing is forwarded.
    pub const fn missing(&self) -> Kinds {
        self.missing
    }

    /// The options of the router.
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// All rules, also those of which another is always preferred; in no particular order.
    pub fn routes(&self) -> impl Iterator<Item = &Route> {
        self.paths.nodes().flat_map(|(_, _, node)| node.routes()).map(|route| &**route)
    }

    /// The default backends: those of Ingresses, by namespace and name, then the controller's own.
    pub fn default_backends(&self) -> impl Iterator<Item = &DefaultBackend> {
        let mut ingresses: Vec<_> = self.ingresses.iter().collect();
        ingresses.sort_unstable_by_key(|(key, _)| *key);
        let own = self.default.as_deref().filter(|default| default.ingress().is_none());
        ingresses.into_iter().filter_map(|(_, ingress)| ingress.default.as_deref()).chain(own)
    }

    /// What rules and default backends lead to; in no particular order.
    pub fn upstreams(&self) -> impl Iterator<Item = &Upstream> {
        self.upstreams.iter().map(|upstream| &**upstream)
    }

    /// Whether an Ingress has a part in the table.
    pub fn has_ingress(&self, ingress: &ObjectKey) -> bool {
        self.ingresses.contains_key(ingress)
    }

    /// What a rule or default backend leads to; `None` for a backend that is no Service.
    pub fn upstream_of(&self, matched: RouteMatch<'_>) -> Option<&Upstream> {
        matched.destination().upstream().and_then(|id| self.upstream(id))
    }

    pub(crate) fn upstream(&self, UpstreamId(id): UpstreamId) -> Option<&Upstream> {
        self.upstreams.get(id as usize).map(|upstream| &**upstream)
    }

    /// The rule or the default backend for a request.
    pub(crate) fn find(&self, request: &Request<'_>) -> Option<Found<'_>> {
        let path = request.path();
        let mut hosts = self.hosts.matching(request.host()).peekable();
        let first = hosts.peek().copied();
        let tried = match self.options.host_fallback {
            HostFallback::Never => 1,
            HostFallback::OnPathMiss => usize::MAX,
        };
        if let Some(rule) = hosts.take(tried).find_map(|host| host.find(&self.paths, path.as_str())) {
            return Some(rule);
        }
        let own = first.and_then(|host| host.default.as_deref()).map(RouteMatch::HostDefault);
        own.or_else(|| self.default.as_deref().map(RouteMatch::Default)).map(Found::new)
    }

    /// Whether a request is to be repeated by https.
    fn redirect<'a>(&self, request: &Request<'a>) -> Option<Redirect<'a>> {
        let HttpsRedirect::To { port } = self.options.https_redirect else { return None };
        if request.head().scheme != Scheme::Http || request.path().as_str().starts_with(crate::outcome::ACME_PREFIX) {
            return None;
        }
        let host = request.host()?;
        self.certificates.has_certificate(&host).then_some(Redirect {
            host,
            port,
            path: request.path(),
            query: request.query(),
        })
    }
}
