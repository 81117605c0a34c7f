//! Ingresses of any number and several shapes, with their Services and endpoints, and requests for them.

use std::net::Ipv4Addr;

use ingress_routing::model::{
    Backend, Change, Endpoint, EndpointPort, EndpointSlice, Ingress, Kind, PathRule, PathType, Rule, Service,
    ServicePort,
};
use ingress_routing::{Options, Outcome, RequestBuffer, RequestHead, Router, RoutingTable, Scheme};
use object_change::{Delta, ObjectKey};
use rand::rngs::SmallRng;
use rand::{RngExt as _, SeedableRng as _};

const PATHS_PER_HOST: usize = 4;

/// How rules are spread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spread {
    /// An Ingress for each host, with four paths.
    Hosts,
    /// As `Hosts`, with wildcards for hosts.
    Wildcards,
    /// One host; an Ingress for each of its paths.
    OneHost,
}

impl Spread {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Hosts, Self::Wildcards, Self::OneHost];

    /// The name of its rows.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Hosts => "hosts",
            Self::Wildcards => "wildcards",
            Self::OneHost => "one-host",
        }
    }

    /// How many Ingresses so many rules are in.
    pub const fn ingresses(self, rules: usize) -> usize {
        match self {
            Self::OneHost => rules,
            Self::Hosts | Self::Wildcards => rules / PATHS_PER_HOST,
        }
    }

    fn rule_host(self, index: usize) -> String {
        match self {
            Self::Hosts => format!("app-{index}.shop.example"),
            Self::Wildcards => format!("*.app-{index}.shop.example"),
            Self::OneHost => "shop.example".to_owned(),
        }
    }

    fn request_host(self, index: usize) -> String {
        self.rule_host(index).replace('*', "eu")
    }

    /// The target of a request for one of the Ingress's rules: some are below a prefix, some the prefix or the exact path itself.
    fn target(self, index: usize, chance: &mut SmallRng) -> String {
        match self {
            Self::OneHost if chance.random() => format!("/service-{index}/items/4711"),
            Self::OneHost => format!("/service-{index}"),
            Self::Hosts | Self::Wildcards => {
                let targets = ["/static/css/site.css", "/api/v1/items/4711?expand=all", "/login", "/cart"];
                targets[chance.random_range(0..PATHS_PER_HOST)].to_owned()
            }
        }
    }

    /// The Ingress of this number, which leads to a Service in its namespace.
    pub fn ingress(self, index: usize, service: &str) -> Ingress {
        let path = |path: &str, path_type| PathRule::new(path, path_type, Backend::service(service, 80));
        let rule = Rule::new(self.rule_host(index));
        let rule = match self {
            Self::OneHost => rule.with_path(path(&format!("/service-{index}"), PathType::Prefix)),
            Self::Hosts | Self::Wildcards => rule
                .with_path(path("/", PathType::Prefix))
                .with_path(path("/api/v1", PathType::Prefix))
                .with_path(path("/static", PathType::Prefix))
                .with_path(path("/login", PathType::Exact)),
        };
        Ingress::new().with_created(index as i64).with_rule(rule)
    }

    /// So many rules, each Ingress with a Service of its own.
    pub fn changes(self, rules: usize) -> Vec<Change> {
        let (mut ingresses, mut services, mut slices) = (Vec::new(), Vec::new(), Vec::new());
        for index in 0..self.ingresses(rules) {
            let key = key(index);
            ingresses.push((key.clone(), self.ingress(index, &key.name)));
            services.push((key.clone(), Service::new().with_port(ServicePort::new("http", 80))));
            slices.push((key.clone(), slice(index, &key.name)));
        }
        vec![
            Change::Service(Delta::ReplaceAll(services)),
            Change::EndpointSlice(Delta::ReplaceAll(slices)),
            Change::Ingress(Delta::ReplaceAll(ingresses)),
            Change::Synced(Kind::Secret),
        ]
    }

    /// A router that has seen them.
    pub fn router(self, rules: usize) -> Router {
        let mut router = Router::new(Options::new());
        router.apply_all(self.changes(rules));
        assert!(router.missing().is_empty(), "a kind of object is missing");
        router
    }
}

/// The name of an Ingress, of its Service and of its slice.
pub fn key(index: usize) -> ObjectKey {
    ObjectKey::new(format!("team-{}", index % 100), format!("app-{index}"))
}

/// A slice with three endpoints; those of two numbers differ.
pub fn slice(index: usize, service: &str) -> EndpointSlice {
    let mut slice = EndpointSlice::new(service).with_port(EndpointPort::new("http", 8080));
    for endpoint in 0..3 {
        let address = Ipv4Addr::from_bits(0x0a00_0000 + (index * 4 + endpoint) as u32);
        slice = slice.with_endpoint(Endpoint::new(address.into()));
    }
    slice
}

/// Requests for uniformly random rules. Their texts lie one after another: a server has just read the one that it routes, so waiting for it to
/// come from memory is no part of routing.
#[derive(Debug)]
pub struct Requests {
    text: String,
    /// Where host and target of each end.
    ends: Vec<[usize; 2]>,
    /// The Ingress that each is for.
    ingresses: Vec<usize>,
}

impl Requests {
    /// So many requests for so many rules, always the same.
    pub fn new(spread: Spread, rules: usize, count: usize) -> Self {
        let mut chance = SmallRng::seed_from_u64(1);
        let mut requests = Self { text: String::new(), ends: Vec::new(), ingresses: Vec::new() };
        for _ in 0..count {
            let index = chance.random_range(0..spread.ingresses(rules));
            requests.text += &spread.request_host(index);
            let host_end = requests.text.len();
            requests.text += &spread.target(index, &mut chance);
            requests.ends.push([host_end, requests.text.len()]);
            requests.ingresses.push(index);
        }
        requests
    }

    /// In order.
    pub fn iter(&self) -> impl Iterator<Item = RequestHead<'_>> + Clone {
        let begins = std::iter::once(0).chain(self.ends.iter().map(|[_, end]| *end));
        let text = self.text.as_bytes();
        begins.zip(&self.ends).map(move |(begin, [host_end, end])| {
            let (host, target) = (&text[begin..*host_end], &text[*host_end..*end]);
            RequestHead::new("GET", target).with_host(host).with_scheme(Scheme::Https)
        })
    }

    /// # Panics
    /// When one does not go to the Service of the Ingress that it is for.
    pub fn check(&self, table: &RoutingTable) {
        let mut buffer = RequestBuffer::new();
        for (head, index) in self.iter().zip(&self.ingresses) {
            let Outcome::Forward(forward) = table.route(&head, &mut buffer) else { panic!("{head:?}: not forwarded") };
            assert_eq!(*forward.upstream.service(), key(*index), "{head:?}");
        }
    }
}
