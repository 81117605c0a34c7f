//! Random Ingress rules whose meaning is the same for our table and for both originals.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use ingress_routing::model::{
    Backend, Change, Endpoint, EndpointPort, EndpointSlice, Ingress, Kind, PathRule, PathType, Rule, Service,
    ServicePort,
};
use ingress_routing::{HttpsRedirect, Options, RequestOptions, Router, RoutingTable};
use object_change::{Delta, ObjectKey};
use whereto_conformance::chance::Chance;

/// Few, so that they overlap.
const HOSTS: [&str; 12] = [
    "",
    "a.e",
    "b.e",
    "*.e",
    "a.b.e",
    "*.b.e",
    "x.y",
    "*.x.y",
    "shop.example",
    "www.shop.example",
    "*.shop.example",
    "c-d.a.b.e",
];
/// No `%`, no `~` and no digit in front: see `reading.rs`.
pub(crate) const ELEMENTS: [&str; 9] = ["a", "b", "A", "aa", "foo", "exact", "a.b", "...", "_-c"];
const NAMESPACE: &str = "n";

/// One path of a rule, with a backend that no other has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Route {
    pub(crate) host: &'static str,
    pub(crate) path: String,
    pub(crate) exact: bool,
    pub(crate) backend: String,
}

impl Route {
    pub(crate) fn new(host: &'static str, path: &str, exact: bool, backend: &str) -> Self {
        Self { host, path: path.to_owned(), exact, backend: backend.to_owned() }
    }

    /// The path by which a configuration finds the rule: a Prefix has no final slash, so that of `/` is empty.
    pub(crate) fn key(&self) -> &str {
        if self.exact { &self.path } else { self.path.strip_suffix('/').unwrap_or(&self.path) }
    }
}

/// Ingresses, the oldest first, and the backend for what no rule is for.
#[derive(Clone, Debug)]
pub(crate) struct RuleSet {
    pub(crate) ingresses: Vec<Vec<Route>>,
    pub(crate) default: Option<String>,
}

impl RuleSet {
    pub(crate) fn random(chance: &mut Chance) -> Self {
        let count = chance.between(2, HOSTS.len());
        let hosts = chance.sample(&HOSTS, count);
        // A Prefix has the same final slash wherever it occurs: of `/foo` and `/foo/` the API takes neither for the first.
        let slashes = chance.bits();
        let mut backends = 0;
        let mut route = |chance: &mut Chance| {
            backends += 1;
            let exact = chance.percent(35);
            let mut path = path(chance, 4);
            let slash = if exact { chance.percent(25) } else { slashes >> (path.len() % 64) & 1 == 1 };
            if path.is_empty() || slash {
                path.push('/');
            }
            Route::new(one(chance, &hosts), &path, exact, &format!("s{backends}"))
        };
        let ingresses =
            (0..chance.between(1, 6)).map(|_| (0..chance.between(1, 12)).map(|_| route(chance)).collect()).collect();
        Self { ingresses, default: chance.percent(50).then(|| "default".to_owned()) }
    }

    /// Hosts, each with the rules that count, as a controller comes to them: of equal ones the oldest. There is always a
    /// host `""`, for requests for any other.
    pub(crate) fn hosts(&self) -> BTreeMap<&'static str, Vec<&Route>> {
        let mut hosts = BTreeMap::from([("", Vec::new())]);
        let mut seen = BTreeSet::new();
        for route in self.ingresses.iter().flatten() {
            if seen.insert((route.host, route.exact, route.key())) {
                hosts.entry(route.host).or_default().push(route);
            }
        }
        hosts
    }

    /// Our table of these rules, for requests read by `request`.
    pub(crate) fn table(&self, request: RequestOptions) -> Arc<RoutingTable> {
        let mut router = Router::new(Options::new().with_https_redirect(HttpsRedirect::Off).with_request(request));
        let count = self.ingresses.len();
        for (age, routes) in self.ingresses.iter().enumerate() {
            let ingress = routes.iter().fold(Ingress::new().with_created(age as i64), |ingress, route| {
                let path_type = if route.exact { PathType::Exact } else { PathType::Prefix };
                let path = PathRule::new(&*route.path, path_type, Backend::service(&*route.backend, 80));
                ingress.with_rule(Rule::new(route.host).with_path(path))
            });
            // The order of names is not that of ages.
            router.apply(Change::Ingress(Delta::Upsert(key(&format!("i{}", count - age)), ingress)));
        }
        if let Some(default) = &self.default {
            let ingress = Ingress::new().with_default_backend(Backend::service(&**default, 80));
            router.apply(Change::Ingress(Delta::Upsert(key("default"), ingress)));
        }
        let backends = self.ingresses.iter().flatten().map(|route| &route.backend).chain(&self.default);
        for backend in backends {
            let slice = EndpointSlice::new(&**backend)
                .with_port(EndpointPort::new("http", 8080))
                .with_endpoint(Endpoint::new([10, 0, 0, 1].into()));
            let service = Service::new().with_port(ServicePort::new("http", 80));
            router.apply(Change::Service(Delta::Upsert(key(backend), service)));
            router.apply(Change::EndpointSlice(Delta::Upsert(key(backend), slice)));
        }
        router.apply_all(Kind::ALL.map(Change::Synced));
        router.publish()
    }
}

impl fmt::Display for RuleSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (age, routes) in self.ingresses.iter().enumerate() {
            for Route { host, path, exact, backend } in routes {
                let form = if *exact { "Exact" } else { "Prefix" };
                writeln!(f, "  ingress {age}: {host:?} {form} {path} -> {backend}")?;
            }
        }
        writeln!(f, "  else {}", self.default.as_deref().unwrap_or("404"))
    }
}

/// A path of up to `most` elements without a final slash.
pub(crate) fn path(chance: &mut Chance, most: usize) -> String {
    (0..chance.between(0, most)).flat_map(|_| ["/", one(chance, &ELEMENTS)]).collect()
}

/// One of these texts.
pub(crate) const fn one(chance: &mut Chance, texts: &[&'static str]) -> &'static str {
    let text: &&'static str = chance.pick(texts);
    text
}

fn key(name: &str) -> ObjectKey {
    ObjectKey::new(NAMESPACE, name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_equal_rules_the_oldest_counts() {
        let set = RuleSet {
            ingresses: vec![
                vec![Route::new("a.e", "/a/", false, "s1"), Route::new("a.e", "/a", true, "s2")],
                vec![Route::new("a.e", "/a/", false, "s3"), Route::new("a.e", "/a/", true, "s4")],
            ],
            default: None,
        };
        let backends: Vec<&str> = set.hosts()["a.e"].iter().map(|route| &*route.backend).collect();
        assert_eq!(backends, ["s1", "s2", "s4"]);
        assert!(set.hosts()[""].is_empty());
        assert_eq!(set.table(RequestOptions::default()).conflicts().len(), 1);
    }
}
