//! Small worlds in which much overlaps.

use ingress_routing::model::{
    Backend, Change, Endpoint, EndpointPort, EndpointSlice, Ingress, PathRule, PathType, Rule, Service, ServicePort,
    Tls, TlsSecret,
};
use ingress_routing::{CertificateFacts, Fingerprint, KeyKind, RequestHead, Scheme};
use object_change::{Delta, ObjectKey};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

const NAMESPACES: [&str; 2] = ["m", "n"];
const SERVICES: [&str; 3] = ["s0", "s1", "s2"];
const SECRETS: [&str; 2] = ["t0", "t1"];
const RULE_HOSTS: [&str; 7] = ["", "a.e", "b.e", "*.e", "a.b.e", "*.b.e", "x.y"];
const REQUEST_HOSTS: [&str; 10] = ["a.e", "b.e", "c.e", "a.b.e", "z.b.e", "q.w.e", "e", "x.y", "192.0.2.1", "[::1]"];
const ELEMENTS: [&str; 4] = ["a", "b", "A", "aa"];

/// A request: scheme, host, path.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) scheme: Scheme,
    pub(crate) host: &'static str,
    pub(crate) path: String,
}

impl Asked {
    pub(crate) fn head(&self) -> RequestHead<'_> {
        RequestHead::new("GET", &self.path).with_host(self.host).with_scheme(self.scheme)
    }
}

pub(crate) fn requests() -> impl Strategy<Value = Vec<Asked>> {
    let asked =
        (select(&[Scheme::Http, Scheme::Https][..]), select(&REQUEST_HOSTS[..]), path(&["a", "b", "A", "aa", "", "c"]));
    vec(asked.prop_map(|(scheme, host, path)| Asked { scheme, host, path }), 64)
}

/// A path of up to four elements, with or without a final slash.
fn path(elements: &'static [&'static str]) -> impl Strategy<Value = String> {
    let challenge = Just("/.well-known/acme-challenge/x".to_owned());
    let free = (vec(select(elements), 0..4), any::<bool>()).prop_map(|(elements, slash)| {
        let path: String = elements.iter().map(|element| format!("/{element}")).collect();
        if slash || path.is_empty() { path + "/" } else { path }
    });
    prop_oneof![20 => free, 1 => challenge]
}

fn backend() -> impl Strategy<Value = Backend> {
    select(&SERVICES[..]).prop_map(|service| Backend::service(service, 80))
}

fn path_rule() -> impl Strategy<Value = PathRule> {
    let plain = (path(&ELEMENTS), select(&[PathType::Exact, PathType::Prefix, PathType::ImplementationSpecific][..]));
    // Only this type may have empty elements.
    let other = (path(&["a", "b", ""]), Just(PathType::ImplementationSpecific));
    let empty = Just((String::new(), PathType::ImplementationSpecific));
    (prop_oneof![8 => plain, 2 => other, 1 => empty], backend())
        .prop_map(|((path, path_type), backend)| PathRule::new(path, path_type, backend))
}

fn rule() -> impl Strategy<Value = Rule> {
    (select(&RULE_HOSTS[..]), option::weighted(0.9, vec(path_rule(), 1..4)))
        .prop_map(|(host, paths)| paths.into_iter().flatten().fold(Rule::new(host), Rule::with_path))
}

fn tls() -> impl Strategy<Value = Tls> {
    let host = select(&RULE_HOSTS[1..]);
    (select(&SECRETS[..]), vec(host, 0..3))
        .prop_map(|(secret, hosts)| hosts.into_iter().fold(Tls::new(secret), Tls::with_host))
}

pub(crate) fn ingress() -> impl Strategy<Value = Ingress> {
    let parts = (
        option::weighted(0.8, 0..3_i64),
        vec(rule(), 0..4),
        option::weighted(0.3, backend()),
        option::weighted(0.3, tls()),
        proptest::bool::weighted(0.1),
        proptest::bool::weighted(0.15),
    );
    parts.prop_map(|(created, mut rules, default, tls, closed, many)| {
        // Hosts with many paths are routed otherwise than those with few.
        for rule in rules.iter_mut().filter(|rule| many && rule.paths.is_some()) {
            let more = (0..20).map(|number| {
                PathRule::new(format!("/many/{number}"), PathType::Exact, Backend::service(SERVICES[0], 80))
            });
            rule.paths.get_or_insert_default().extend(more);
        }
        let mut ingress = rules.into_iter().fold(Ingress::new(), Ingress::with_rule);
        ingress.created = created;
        ingress.default_backend = default;
        ingress.tls.extend(tls);
        if closed { ingress.with_annotation("nginx.ingress.kubernetes.io/auth-url", "http://x") } else { ingress }
    })
}

fn key(names: &'static [&'static str]) -> impl Strategy<Value = ObjectKey> {
    (select(&NAMESPACES[..]), select(names)).prop_map(|(namespace, name)| ObjectKey::new(namespace, name))
}

/// Namespace and name of an Ingress: few, so that they meet.
pub(crate) fn ingress_key() -> impl Strategy<Value = ObjectKey> {
    key(&["i0", "i1", "i2"])
}

fn delta<V: Clone + std::fmt::Debug>(
    key: impl Strategy<Value = ObjectKey> + Clone + 'static,
    value: impl Strategy<Value = V> + 'static,
) -> impl Strategy<Value = Delta<V>> {
    let value = value.boxed();
    prop_oneof![
        6 => (key.clone(), value.clone()).prop_map(|(key, value)| Delta::Upsert(key, value)),
        2 => key.clone().prop_map(Delta::Delete),
        1 => vec((key, value), 0..4).prop_map(Delta::ReplaceAll),
    ]
}

fn service() -> impl Strategy<Value = Service> {
    prop_oneof![
        4 => Just(Service::new().with_port(ServicePort::new("http", 80))),
        1 => Just(Service::new().with_port(ServicePort::new("http", 80).with_app_protocol("kubernetes.io/h2c"))),
        1 => Just(Service::new().with_port(ServicePort::new("http", 81))),
        1 => Just(Service::external_name("x.example")),
    ]
}

fn slice() -> impl Strategy<Value = EndpointSlice> {
    (select(&SERVICES[..]), 0..3_u8, any::<bool>()).prop_map(|(service, address, ready)| {
        let endpoint = Endpoint::new([10, 0, 0, address].into()).with_ready(ready);
        EndpointSlice::new(service).with_port(EndpointPort::new("http", 8080)).with_endpoint(endpoint)
    })
}

fn secret() -> impl Strategy<Value = TlsSecret> {
    prop_oneof![
        3 => vec(select(&RULE_HOSTS[1..]), 0..3).prop_map(|names| {
            TlsSecret::Usable(CertificateFacts::new(names, 0, 1_000, KeyKind::Ed25519, Fingerprint([7; 32])))
        }),
        1 => Just(TlsSecret::Broken("no PEM".into())),
    ]
}

pub(crate) fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        4 => delta(ingress_key().boxed(), ingress()).prop_map(Change::Ingress),
        1 => delta(key(&SERVICES).boxed(), service()).prop_map(Change::Service),
        1 => delta(key(&["e0", "e1", "e2"]).boxed(), slice()).prop_map(Change::EndpointSlice),
        1 => delta(key(&SECRETS).boxed(), secret()).prop_map(Change::Secret),
    ]
}

/// Every Service with a ready endpoint.
pub(crate) fn services() -> Vec<Change> {
    let keys = NAMESPACES.iter().flat_map(|namespace| SERVICES.iter().map(|name| ObjectKey::new(*namespace, *name)));
    let made = keys.flat_map(|key| {
        let slice = EndpointSlice::new(key.name.clone()).with_port(EndpointPort::new("http", 8080));
        let slice = slice.with_endpoint(Endpoint::new([10, 0, 0, 1].into()));
        let service = Service::new().with_port(ServicePort::new("http", 80));
        [Change::EndpointSlice(Delta::Upsert(key.clone(), slice)), Change::Service(Delta::Upsert(key, service))]
    });
    made.collect()
}

pub(crate) fn history() -> impl Strategy<Value = Vec<Change>> {
    vec(change(), 0..16).prop_map(|changes| services().into_iter().chain(changes).collect())
}
