use std::net::Ipv4Addr;

use clap::Args;
use rand::rngs::SmallRng;
use rand::{RngExt as _, SeedableRng as _};

/// Ports of every Service that has some: name, the Service's number, the endpoints' number.
pub(crate) const PORTS: [(&str, u16, u16); 2] = [("http", 80, 8080), ("metrics", 9090, 9090)];
/// Where the DNS server itself is.
pub(crate) const SERVER: Ipv4Addr = Ipv4Addr::new(10, 96, 0, 10);
/// The cluster's zone.
pub(crate) const ZONE: &str = "cluster.local.";
/// Hosts in one octet: 1–250.
const OCTET: usize = 250;

/// The numbers that a cluster is made from; options of every program.
#[derive(Clone, Copy, Debug, PartialEq, Args)]
#[command(next_help_heading = "The cluster")]
#[allow(clippy::exhaustive_structs, reason = "made by benchmarks with struct update syntax")]
pub struct Shape {
    /// Namespaces; Services are dealt out to them in turn.
    #[arg(long, value_name = "N", default_value_t = Self::default().namespaces)]
    pub namespaces: usize,
    /// Services.
    #[arg(long, value_name = "N", default_value_t = Self::default().services)]
    pub services: usize,
    /// Share of the Services without a virtual IP, whose names have the endpoints' addresses.
    #[arg(long, value_name = "X", default_value_t = Self::default().headless_share)]
    pub headless_share: f64,
    /// Share of the Services that are aliases of names outside; these have no endpoints.
    #[arg(long, value_name = "X", default_value_t = Self::default().external_share)]
    pub external_share: f64,
    /// Endpoints of a Service, all in one slice.
    #[arg(long, value_name = "N", default_value_t = Self::default().endpoints)]
    pub endpoints: usize,
    /// What decides which Service is what, and which queries are asked.
    #[arg(long, value_name = "N", default_value_t = Self::default().seed)]
    pub seed: u64,
}

impl Default for Shape {
    fn default() -> Self {
        Self { namespaces: 200, services: 10_000, headless_share: 0.12, external_share: 0.03, endpoints: 5, seed: 7 }
    }
}

/// A synthetic cluster.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Cluster {
    /// What it was made from.
    pub shape: Shape,
    /// Its Services.
    pub services: Vec<Service>,
}

/// One Service.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Service {
    /// `metadata.name`.
    pub name: String,
    /// `metadata.namespace`.
    pub namespace: String,
    /// What its name stands for.
    pub role: Role,
    /// Addresses of its endpoints, in the order of their numbers.
    pub endpoints: Vec<Ipv4Addr>,
}

/// What a Service's name stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "the generator knows three kinds of Services")]
pub enum Role {
    /// A virtual IP.
    ClusterIp(Ipv4Addr),
    /// The addresses of the endpoints.
    Headless,
    /// A name outside, without final dot.
    External(String),
}

impl Cluster {
    /// Makes the cluster of a shape.
    #[must_use]
    pub fn new(shape: Shape) -> Self {
        let mut chance = SmallRng::seed_from_u64(shape.seed);
        let mut pods = 0;
        let services = (0..shape.services)
            .map(|index| {
                let draw: f64 = chance.random();
                let role = if draw < shape.external_share {
                    Role::External(format!("www{index}.example.com"))
                } else if draw < shape.external_share + shape.headless_share {
                    Role::Headless
                } else {
                    Role::ClusterIp(address(96, index))
                };
                let count = if matches!(role, Role::External(_)) { 0 } else { shape.endpoints };
                let endpoints = (pods..pods + count).map(|pod| address(128, pod)).collect();
                pods += count;
                Service {
                    name: format!("svc-{index}"),
                    namespace: namespace(index % shape.namespaces.max(1)),
                    role,
                    endpoints,
                }
            })
            .collect();
        Self { shape, services }
    }

    /// Names of the namespaces.
    pub fn namespaces(&self) -> impl Iterator<Item = String> + use<> {
        (0..self.shape.namespaces).map(namespace)
    }

    /// So many Services with endpoints, spread over the cluster, and their positions: those that are made to change.
    pub fn changing(&self, count: usize) -> impl Iterator<Item = (usize, &Service)> {
        let step = (self.services.len() / count.max(1)).max(1);
        let with_endpoints = self.services.iter().enumerate().filter(|(_, service)| !service.endpoints.is_empty());
        with_endpoints.step_by(step).take(count)
    }

    /// How many endpoints all Services have together.
    #[must_use]
    pub fn endpoints(&self) -> usize {
        self.services.iter().map(|service| service.endpoints.len()).sum()
    }
}

impl Service {
    /// The absolute name.
    #[must_use]
    pub fn fqdn(&self) -> String {
        format!("{}.{}.svc.{ZONE}", self.name, self.namespace)
    }

    /// Name of the Pod behind an endpoint; for headless Services also its host name.
    #[must_use]
    pub fn pod(&self, endpoint: usize) -> String {
        format!("{}-{endpoint}", self.name)
    }

    /// Name of its one EndpointSlice.
    #[must_use]
    pub fn slice(&self) -> String {
        format!("{}-abcde", self.name)
    }
}

pub(crate) fn namespace(index: usize) -> String {
    format!("ns-{index}")
}

/// The address number `index` of a range that begins at 10.`second`.
fn address(second: usize, index: usize) -> Ipv4Addr {
    let octet = |number: usize| u8::try_from(number).unwrap_or(u8::MAX);
    Ipv4Addr::new(10, octet(second + index / (OCTET * OCTET)), octet(index / OCTET % OCTET), octet(index % OCTET + 1))
}
