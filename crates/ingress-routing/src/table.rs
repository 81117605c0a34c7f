//! The immutable view that requests are routed by.

mod found;
mod hosts;
mod numbered;
mod paths;
mod route;
mod upstream;

use std::num::NonZeroU32;
use std::sync::Arc;

use foldhash::fast::FixedState;
use imbl::GenericHashMap;
use imbl::shared_ptr::DefaultSharedPtr;
use object_change::ObjectKey;

use crate::certificate::{CertificateChoice, CertificateIndex, CertificateOffer};
use crate::compile::Compiled;
use crate::host::Host;
use crate::model::Kinds;
use crate::options::{HostFallback, HttpsRedirect, Options};
use crate::outcome::{ACME_PREFIX, Forward, Outcome, Reason, Redirect, RouteMatch};
use crate::request::{Parts, Request, RequestBuffer, RequestHead, Scheme, Unroutable};
use crate::router::OfferKey;
pub(crate) use found::{Decider, Found};
pub(crate) use hosts::{HostEntry, HostIndex};
pub(crate) use numbered::Numbered;
pub(crate) use paths::{Depths, PathIndex, PathNode};
pub use route::{DefaultBackend, Route};
pub(crate) use route::{Destination, Owner, Seniority, Target};
pub(crate) use upstream::UpstreamSlot;
pub use upstream::{Upstream, UpstreamEndpoint, UpstreamState};

/// A persistent map: its keys come from the cluster, not from a request's sender, so its hash needs no secret.
pub(crate) type Map<K, V> = GenericHashMap<K, V, FixedState, DefaultSharedPtr>;

/// Number of a host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct HostId(pub(crate) u32);

/// Number of an [`Upstream`]: its place, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct UpstreamId(NonZeroU32);

impl UpstreamId {
    pub(crate) fn new(place: usize) -> Self {
        Self(NonZeroU32::MIN.saturating_add(place as u32))
    }

    pub(crate) const fn place(self) -> usize {
        self.0.get() as usize - 1
    }
}

/// Where requests go, at one moment: immutable, made by [`crate::Router::publish`], shared by any number of threads.
#[derive(Clone, Debug)]
pub struct RoutingTable {
    pub(crate) options: Arc<Options>,
    pub(crate) hosts: HostIndex,
    pub(crate) paths: PathIndex,
    pub(crate) upstreams: Numbered<UpstreamSlot>,
    /// For requests whose host has no default backend of its own.
    pub(crate) default: Option<Arc<DefaultBackend>>,
    pub(crate) ingresses: Map<ObjectKey, Arc<Compiled>>,
    pub(crate) offers: Map<OfferKey, Arc<CertificateOffer>>,
    pub(crate) certificates: CertificateIndex,
    pub(crate) missing: Kinds,
}

/// Where a request goes, as [`Outcome`], without the request.
enum Verdict<'a> {
    Forward(RouteMatch<'a>, &'a Upstream),
    Respond(Option<RouteMatch<'a>>, Reason),
    Redirect(RouteMatch<'a>, Redirect<'a>),
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
        match head.parts(&self.options.request, buffer) {
            Ok(parts) => self.outcome(head, parts),
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
        self.outcome(request.head(), *request.parts())
    }

    #[inline(always)]
    fn outcome<'a>(&'a self, head: &RequestHead<'a>, parts: Parts<'a>) -> Outcome<'a> {
        match self.verdict(head.scheme, &parts) {
            Verdict::Forward(matched, upstream) => {
                Outcome::Forward(Forward { matched, upstream, request: Request::new(head, parts) })
            }
            Verdict::Redirect(matched, redirect) => Outcome::Redirect { redirect, matched },
            Verdict::Respond(matched, reason) => {
                Outcome::Respond { status: reason.status(), reason, matched, request: Some(Request::new(head, parts)) }
            }
        }
    }

    #[inline(always)]
    fn verdict<'a>(&'a self, scheme: Scheme, parts: &Parts<'a>) -> Verdict<'a> {
        if !self.missing.is_empty() {
            return Verdict::Respond(None, Reason::NotSynced(self.missing));
        }
        let Some(Found { matched, guarded, upstream }) = self.find(parts) else {
            return Verdict::Respond(None, Reason::NoRule);
        };
        if guarded {
            return Verdict::Respond(Some(matched), Reason::AccessControl);
        }
        if let Some(redirect) = self.redirect(scheme, parts) {
            return Verdict::Redirect(matched, redirect);
        }
        let Some(id) = upstream else { return Verdict::Respond(Some(matched), Reason::ResourceBackend) };
        let Some(slot) = self.upstreams.get(id.place()) else {
            return Verdict::Respond(Some(matched), Reason::NoService);
        };
        match slot.unavailable() {
            None => Verdict::Forward(matched, slot),
            Some(reason) => Verdict::Respond(Some(matched), reason),
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
        self.paths.nodes().flat_map(PathNode::routes).map(|route| &**route)
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

    pub(crate) fn upstream(&self, id: UpstreamId) -> Option<&Upstream> {
        self.upstreams.get(id.place()).map(|upstream| &**upstream)
    }

    /// The rule or the default backend for a request.
    pub(crate) fn find(&self, request: &Parts<'_>) -> Option<Found<'_>> {
        let mut first = None;
        for host in self.hosts.matching(request.host()) {
            if let Some(found) = host.find(&self.paths, request.path().as_bytes()) {
                return Some(found);
            }
            first = first.or(Some(host));
            match self.options.host_fallback {
                HostFallback::Never => break,
                HostFallback::OnPathMiss => {}
            }
        }
        let own = first.and_then(|host| host.default.as_deref()).map(RouteMatch::HostDefault);
        own.or_else(|| self.default.as_deref().map(RouteMatch::Default)).map(Found::new)
    }

    /// Whether a request is to be repeated by https.
    fn redirect<'a>(&self, scheme: Scheme, request: &Parts<'a>) -> Option<Redirect<'a>> {
        let HttpsRedirect::To { port } = self.options.https_redirect else { return None };
        if scheme != Scheme::Http || request.path().as_bytes().starts_with(ACME_PREFIX.as_bytes()) {
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
