//! Which requests go elsewhere in another table.

mod host_regions;
mod path_regions;

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::sync::Arc;

use foldhash::fast::FixedState;
use object_change::ObjectKey;

use crate::host::{Host, HostPattern};
use crate::options::{HostFallback, HttpsRedirect};
use crate::outcome::{ACME_PREFIX, Outcome, Reason};
use crate::path_pattern::key_of;
use crate::request::{Malformed, Request, RequestBuffer, Scheme};
use crate::table::{HostId, RoutingTable, Upstream};
use crate::witness::Witness;
use host_regions::HostRegions;
use path_regions::PathRegions;
pub use path_regions::{PathPart, PathRegion, Schemes};

/// What becomes of a request, without what differs from one request to the next.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Decision {
    /// It is sent to a Service's port.
    Forward {
        /// The Service.
        service: ObjectKey,
        /// The Service's port.
        port: u16,
        /// Its `appProtocol`.
        app_protocol: Option<Box<str>>,
    },
    /// It is answered.
    Respond {
        /// The status.
        status: u16,
        /// Why.
        reason: Reason,
    },
    /// It is to be repeated by https, at this port.
    Redirect {
        /// The port.
        port: u16,
    },
    /// It is malformed: 400.
    Malformed(Malformed),
}

impl Decision {
    fn forward(upstream: &Upstream) -> Self {
        Self::Forward {
            service: upstream.service.clone(),
            port: upstream.number.unwrap_or_default(),
            app_protocol: upstream.app_protocol.clone(),
        }
    }
}

impl From<Outcome<'_>> for Decision {
    fn from(outcome: Outcome<'_>) -> Self {
        match outcome {
            Outcome::Forward(forward) => Self::forward(forward.upstream),
            Outcome::Respond { status, reason, .. } => Self::Respond { status, reason },
            Outcome::Redirect { redirect, .. } => Self::Redirect { port: redirect.port },
            Outcome::Malformed(malformed) => Self::Malformed(malformed),
        }
    }
}

impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Forward { service, port, app_protocol } => {
                write!(f, "{service}:{port}")?;
                app_protocol.as_ref().map_or(Ok(()), |protocol| write!(f, " ({protocol})"))
            }
            Self::Respond { status, reason } => write!(f, "{status} {reason}"),
            Self::Redirect { port: 443 } => f.write_str("308 to https"),
            Self::Redirect { port } => write!(f, "308 to https at port {port}"),
            Self::Malformed(malformed) => write!(f, "400 {malformed}"),
        }
    }
}

/// Requests for some hosts that go elsewhere in another table: all from the one place to the other.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RouteDifference {
    /// Their hosts: those of this pattern for which neither table knows a more specific one.
    pub host: HostPattern,
    /// Their paths and schemes.
    pub paths: Vec<PathRegion>,
    /// Where they went.
    pub before: Decision,
    /// Where they go.
    pub after: Decision,
    /// One of them.
    pub witness: Witness,
    hosts: Arc<HostRegions>,
    keys: Arc<PathRegions>,
}

impl RouteDifference {
    /// Whether a request is one of these.
    pub fn covers(&self, request: &Request<'_>) -> bool {
        if *self.hosts.of(request.host().as_ref()) != self.host {
            return false;
        }
        let path = request.path();
        let (base, part) = self.keys.of(path.as_str());
        let is_of = |region: &PathRegion| {
            *region.base == *base && region.part == part && region.schemes.contains(request.head().scheme)
        };
        self.paths.iter().any(is_of)
    }
}

impl fmt::Display for RouteDifference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} -> {} for", self.host, self.before, self.after)?;
        for (index, path) in self.paths.iter().enumerate() {
            f.write_str(if index == 0 { " " } else { ", " })?;
            path.fmt(f)?;
        }
        write!(f, "; such as {}", self.witness)
    }
}

/// The requests whose outcome differs between two tables: all of them, each in one difference; and no two differences are of the same hosts
/// with the same places before and after.
///
/// The requests meant have a target in origin form, a host or none, and no server name that differs from it. Both tables are asked as if they
/// read requests alike ([`crate::Options::request`]). Which endpoints a Service has makes no difference, but whether it has any does.
///
/// ```
/// use ingress_routing::model::{Backend, Change, Ingress, Kind, PathRule, PathType, Rule};
/// use ingress_routing::{Options, Router, diff};
/// use object_change::{Delta, ObjectKey};
/// let mut router = Router::new(Options::new());
/// router.apply_all(Kind::ALL.map(Change::Synced));
/// let before = router.publish();
/// let rule = Rule::new("shop.example").with_path(PathRule::new("/cart", PathType::Prefix, Backend::service("cart", 80)));
/// router.apply(Change::Ingress(Delta::Upsert(ObjectKey::new("shop", "web"), Ingress::new().with_rule(rule))));
/// let differences = diff(&before, &router.publish());
/// assert_eq!(
///     differences[0].to_string(),
///     "shop.example: 404 no rule matches and there is no default backend -> 503 the Service does not exist \
///      for /cart, /cart/, below /cart/; such as http://shop.example/cart"
/// );
/// assert_eq!(differences.len(), 1);
/// ```
pub fn diff(before: &RoutingTable, after: &RoutingTable) -> Vec<RouteDifference> {
    let sides = [Side::new(before), Side::new(after)];
    let hosts = Arc::new(HostRegions::new(sides.iter().flat_map(Side::host_patterns)));
    let mut buffer = RequestBuffer::new();
    let mut found = Vec::new();
    for (pattern, host) in hosts.iter() {
        let mut keys = BTreeSet::from([""]);
        for side in &sides {
            side.collect_keys(&host, &mut keys);
        }
        let keys = Arc::new(PathRegions::new(keys));
        let mut of_host: Vec<RouteDifference> = Vec::new();
        for (base, part, path) in keys.iter() {
            let mut decisions = |scheme| {
                let witness = Witness::new(scheme, host.clone(), path.clone());
                [before, after].map(|table| Decision::from(table.route(&witness.head(), &mut buffer)))
            };
            let [http, https] = [Scheme::Http, Scheme::Https].map(&mut decisions);
            let changes = if http == https {
                vec![(Schemes::Both, http)]
            } else {
                vec![(Schemes::Only(Scheme::Http), http), (Schemes::Only(Scheme::Https), https)]
            };
            for (schemes, [before, after]) in changes.into_iter().filter(|(_, [before, after])| before != after) {
                let region = PathRegion { base: base.into(), part, schemes };
                match of_host.iter_mut().find(|known| known.before == before && known.after == after) {
                    Some(known) => known.paths.push(region),
                    None => of_host.push(RouteDifference {
                        host: pattern.clone(),
                        paths: vec![region],
                        before,
                        after,
                        witness: Witness::new(schemes.first(), host.clone(), path.clone()),
                        hosts: Arc::clone(&hosts),
                        keys: Arc::clone(&keys),
                    }),
                }
            }
        }
        found.append(&mut of_host);
    }
    found
}

/// One of the tables, with its paths by host.
struct Side<'t> {
    table: &'t RoutingTable,
    keys: HashMap<HostId, Vec<&'t str>, FixedState>,
}

impl<'t> Side<'t> {
    fn new(table: &'t RoutingTable) -> Self {
        let mut keys: HashMap<HostId, Vec<&str>, FixedState> = HashMap::default();
        for node in table.paths.nodes() {
            keys.entry(node.host()).or_default().push(node.key());
        }
        Self { table, keys }
    }

    /// The hosts by which the table tells requests apart: those of rules, and those that have certificates, for redirects.
    fn host_patterns(&self) -> impl Iterator<Item = &'t HostPattern> {
        let table = self.table;
        let ruled = table.ingresses.values().flat_map(|ingress| ingress.hosts.iter().map(|host| &**host));
        let redirects = self.redirects();
        let offered = table.offers.values().filter(move |_| redirects).flat_map(|offer| {
            let names = offer.facts().map_or(&[][..], |facts| &facts.names);
            offer.hosts.iter().chain(names)
        });
        ruled.chain(offered)
    }

    fn redirects(&self) -> bool {
        self.table.options.https_redirect != HttpsRedirect::Off
    }

    /// The paths by which the table tells requests for a host apart.
    fn collect_keys(&self, host: &str, keys: &mut BTreeSet<&'t str>) {
        let mut buffer = crate::host::HostBuffer::new();
        let host = Host::parse(host, &mut buffer).ok();
        let tried = match self.table.options.host_fallback {
            HostFallback::Never => 1,
            HostFallback::OnPathMiss => usize::MAX,
        };
        for entry in self.table.hosts.matching(host).take(tried) {
            keys.extend(self.keys.get(&entry.id).into_iter().flatten());
        }
        if self.redirects() {
            keys.insert(key_of(ACME_PREFIX));
        }
    }
}
