use dns_records::{Name, Rcode, RecordType};
use rand::rngs::SmallRng;
use rand::seq::IndexedRandom as _;
use rand::{RngExt as _, SeedableRng as _};

use crate::cluster::{Cluster, Role, Service, ZONE, namespace};
use crate::file::reverse_name;

/// First labels of search-list misses: what Pods ask for outside names before they ask for those themselves.
const OUTSIDE: [&str; 4] = ["www.example.com", "api.github.com", "s3.amazonaws.com", "db"];

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// A of a Service with a virtual IP.
    ClusterIp,
    /// AAAA of a Service with an IPv4 address alone: no data.
    NoData,
    /// A or AAAA of an outside name with a domain of the search list added: no such name.
    Missing,
    /// SRV of a Service with a virtual IP, with the address in the additional section.
    Port,
    /// SRV of a headless Service, with the endpoints' addresses in the additional section.
    HeadlessPort,
    /// A of a headless Service.
    Headless,
    /// A of an endpoint of a headless Service.
    Endpoint,
    /// PTR of a virtual IP or an endpoint.
    Pointer,
    /// NS of the zone.
    NameServers,
    /// A of an alias of a name outside.
    External,
    /// What Pods send under `ndots:5`: 50 % virtual IPs, 15 % no data, 20 % search-list misses, 6 % headless,
    /// 3 % endpoints, 3 % ports, 3 % pointers.
    Mix,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 11] = [
        Self::ClusterIp,
        Self::NoData,
        Self::Missing,
        Self::Port,
        Self::HeadlessPort,
        Self::Headless,
        Self::Endpoint,
        Self::Pointer,
        Self::NameServers,
        Self::External,
        Self::Mix,
    ];

    /// What it is called in tables.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::ClusterIp => "a",
            Self::NoData => "aaaa-nodata",
            Self::Missing => "nxdomain",
            Self::Port => "srv",
            Self::HeadlessPort => "srv-headless",
            Self::Headless => "a-headless",
            Self::Endpoint => "a-endpoint",
            Self::Pointer => "ptr",
            Self::NameServers => "ns",
            Self::External => "external",
            Self::Mix => "mix",
        }
    }
}

/// A question and what it must get.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Query {
    /// The absolute name.
    pub name: String,
    /// The type.
    pub record_type: RecordType,
    /// What it must get.
    pub expected: Expected,
}

/// What a query must get, from any server that has the cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(clippy::exhaustive_structs, reason = "made by whoever reads replies")]
pub struct Expected {
    /// The response code.
    pub rcode: Rcode,
    /// Number of records in the answer section.
    pub answers: u16,
}

impl Expected {
    /// Reads a reply's header; `None` when there is none.
    #[must_use]
    pub fn read(reply: &[u8]) -> Option<Self> {
        let header = reply.first_chunk::<12>()?;
        let rcode = Rcode(u16::from(header[3] & 15));
        Some(Self { rcode, answers: u16::from_be_bytes([header[6], header[7]]) })
    }
}

impl Query {
    fn new(name: String, record_type: RecordType, rcode: Rcode, answers: usize) -> Self {
        let answers = u16::try_from(answers).unwrap_or(u16::MAX);
        Self { name, record_type, expected: Expected { rcode, answers } }
    }

    fn found(name: String, record_type: RecordType, answers: usize) -> Self {
        Self::new(name, record_type, Rcode::NOERROR, answers)
    }

    /// The query as a message with RD set and identifier 0.
    ///
    /// # Panics
    /// When the name is none.
    #[must_use]
    pub fn wire(&self) -> Vec<u8> {
        let name: Name = self.name.parse().unwrap_or_else(|error| panic!("{}: {error}", self.name));
        let header = [0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
        let class_in = [0, 1];
        [&header, name.as_wire(), &self.record_type.0.to_be_bytes(), &class_in].concat()
    }
}

impl Cluster {
    /// So many queries of a kind, for uniformly random names. Empty when the cluster has nothing to ask for.
    #[must_use]
    pub fn queries(&self, kind: Kind, count: usize) -> Vec<Query> {
        let pool = Pool::new(self);
        let mut chance = SmallRng::seed_from_u64(self.shape.seed ^ kind as u64);
        (0..count).map_while(|_| pool.pick(kind, &mut chance)).collect()
    }
}

/// What may be asked for.
struct Pool<'c> {
    cluster_ip: Vec<&'c Service>,
    headless: Vec<&'c Service>,
    external: Vec<&'c Service>,
    /// Services with ports.
    ported: Vec<&'c Service>,
    /// Names of addresses.
    reverse: Vec<String>,
    namespaces: usize,
}

impl<'c> Pool<'c> {
    fn new(cluster: &'c Cluster) -> Self {
        let such = |wanted: fn(&Role) -> bool| cluster.services.iter().filter(|s| wanted(&s.role)).collect::<Vec<_>>();
        let addresses = cluster.services.iter().flat_map(|service| match &service.role {
            Role::ClusterIp(address) => std::slice::from_ref(address),
            Role::Headless => &service.endpoints,
            Role::External(_) => &[],
        });
        Self {
            cluster_ip: such(|role| matches!(role, Role::ClusterIp(_))),
            headless: such(|role| matches!(role, Role::Headless)),
            external: such(|role| matches!(role, Role::External(_))),
            ported: such(|role| !matches!(role, Role::External(_))),
            reverse: addresses.copied().map(reverse_name).collect(),
            namespaces: cluster.shape.namespaces,
        }
    }

    fn pick(&self, kind: Kind, chance: &mut SmallRng) -> Option<Query> {
        let srv = |service: &Service| {
            let answers = if service.role == Role::Headless { service.endpoints.len() } else { 1 };
            Query::found(format!("_http._tcp.{}", service.fqdn()), RecordType::SRV, answers)
        };
        Some(match kind {
            Kind::ClusterIp => Query::found(self.cluster_ip.choose(chance)?.fqdn(), RecordType::A, 1),
            Kind::NoData => Query::found(self.cluster_ip.choose(chance)?.fqdn(), RecordType::AAAA, 0),
            Kind::Missing => self.miss(chance)?,
            Kind::Port => srv(self.cluster_ip.choose(chance)?),
            Kind::HeadlessPort => srv(self.headless.choose(chance)?),
            Kind::Headless => {
                let service = self.headless.choose(chance)?;
                Query::found(service.fqdn(), RecordType::A, service.endpoints.len())
            }
            Kind::Endpoint => {
                let service = self.headless.choose(chance)?;
                let endpoint = chance.random_range(0..service.endpoints.len().max(1));
                Query::found(format!("{}.{}", service.pod(endpoint), service.fqdn()), RecordType::A, 1)
            }
            Kind::Pointer => Query::found(self.reverse.choose(chance)?.clone(), RecordType::PTR, 1),
            Kind::NameServers => Query::found(ZONE.to_owned(), RecordType::NS, 1),
            Kind::External => Query::found(self.external.choose(chance)?.fqdn(), RecordType::A, 1),
            Kind::Mix => match chance.random_range(0..100) {
                0..50 => self.pick(Kind::ClusterIp, chance)?,
                50..65 => self.pick(Kind::NoData, chance)?,
                65..85 => self.pick(Kind::Missing, chance)?,
                85..91 => self.pick(Kind::Headless, chance)?,
                91..94 => self.pick(Kind::Endpoint, chance)?,
                94..97 => srv(self.ported.choose(chance)?),
                _ => self.pick(Kind::Pointer, chance)?,
            },
        })
    }

    fn miss(&self, chance: &mut SmallRng) -> Option<Query> {
        let host = OUTSIDE.choose(chance)?;
        let domain = match chance.random_range(0..3) {
            0 => format!("{}.svc.{ZONE}", namespace(chance.random_range(0..self.namespaces.max(1)))),
            1 => format!("svc.{ZONE}"),
            _ => ZONE.to_owned(),
        };
        let record_type = if chance.random() { RecordType::A } else { RecordType::AAAA };
        Some(Query::new(format!("{host}.{domain}"), record_type, Rcode::NXDOMAIN, 0))
    }
}
