//! Random options, changes and questions over few names, so that they collide.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use dns_records::model::{
    Change, ClusterIps, Endpoint, EndpointHost, EndpointPort, EndpointSlice, Exposure, ImportExposure, Kind, Kinds,
    Labels, Namespace, Pod, Protocol, Service, ServiceImport, ServicePort, SliceOwner,
};
use dns_records::{
    ClusterZones, Conformance, EmptyServices, EndpointNames, Endpoints, Fallthrough, Name, PodMode, RecordType,
    ZonalNames, ZoneConfig,
};
use object_change::{Delta, ObjectKey};

use super::reading::Reading;

const NAMESPACES: [&str; 2] = ["a", "b"];
const SERVICES: [&str; 3] = ["x", "y", "z"];
const SLICES: [&str; 3] = ["s", "t", "u"];
const HOST_NAMES: [&str; 8] = ["h", "H", "g", "10-0-0-1", "fd00--1", "_tcp", "a.b", "p"];
const TARGETS: [&str; 9] = [
    "x.a.svc.cluster.local.",
    "y.a.svc.cluster.local",
    "Z.b.svc.Cluster.local.",
    "nosuch.a.svc.cluster.local.",
    "10-0-0-1.x.a.svc.cluster.local.",
    "x.a.svc.clusterset.local.",
    "1.0.0.10.in-addr.arpa.",
    "out.example.",
    "10.0.0.1",
];
const TOPOLOGY_ZONES: [&str; 3] = ["za", "Zb", "z.c"];
const CLUSTERS: [&str; 2] = ["c1", "C2"];
const PORT_NAMES: [&str; 3] = ["", "p", "Q"];
const PROTOCOLS: [Protocol; 2] = [Protocol::Tcp, Protocol::Udp];
pub(crate) const TYPES: [RecordType; 12] = [
    RecordType::A,
    RecordType::AAAA,
    RecordType::SRV,
    RecordType::PTR,
    RecordType::TXT,
    RecordType::CNAME,
    RecordType::NS,
    RecordType::SOA,
    RecordType::ANY,
    RecordType::HTTPS,
    RecordType::MX,
    RecordType(65280),
];

/// Options and what happens.
#[derive(Clone, Debug)]
pub(crate) struct Script {
    pub(crate) config: ZoneConfig,
    pub(crate) changes: Vec<Change>,
}

impl Script {
    /// Reads options, then a change from each chunk.
    pub(crate) fn read(octets: &[u8]) -> Self {
        let mut reading = Reading::new(octets);
        let config = options(&mut Reading::new(reading.chunk()));
        let mut changes = Vec::new();
        while !reading.is_empty() && changes.len() < 64 {
            changes.push(change(&mut Reading::new(reading.chunk())));
        }
        Self { config, changes }
    }

    pub(crate) fn of(options_from: &[u8], changes_from: &[Vec<u8>]) -> Self {
        let config = options(&mut Reading::new(options_from));
        Self { config, changes: changes_from.iter().map(|octets| change(&mut Reading::new(octets))).collect() }
    }

    pub(crate) fn world(&self) -> World {
        let mut world = World::default();
        for change in &self.changes {
            world.apply(change.clone());
        }
        world
    }

    pub(crate) fn zones(&self) -> ClusterZones {
        let mut zones = ClusterZones::new(self.config.clone()).expect("the options fit together");
        zones.apply_all(self.changes.iter().cloned());
        zones
    }
}

/// Reads options; nothing reads as the defaults.
pub(crate) fn options(from: &mut Reading<'_>) -> ZoneConfig {
    let mut config = super::cluster::config(from.pick(&[Conformance::Rfc, Conformance::CoreDns]));
    config = config.with_pods(from.pick(&[PodMode::Disabled, PodMode::Verified, PodMode::Insecure]));
    if from.one_in(2) {
        config = config
            .with_zone("clusterset.local")
            .and_then(|c| c.with_multicluster_zone("clusterset.local"))
            .expect("a zone");
    }
    if from.one_in(2) {
        config = config.with_zonal_names(ZonalNames::Serve);
    }
    if from.one_in(3) {
        config = config.with_endpoint_names(EndpointNames::PodName);
    }
    if from.one_in(4) {
        config = config.with_empty_services(EmptyServices::Ignore);
    }
    match from.below(8) {
        1 => config = config.with_namespaces(["a"]),
        2 => config = config.with_namespace_labels("l=1".parse().expect("a selector")),
        3 => config = config.with_labels("l=1".parse().expect("a selector")),
        4 => config = config.with_zonal_names(ZonalNames::Ignore).with_endpoints(Endpoints::Ignore),
        5 => config = config.with_ttl(600).expect("a TTL"),
        6 => config = config.with_zone("10.0.0.0/16").expect("a zone"),
        7 => {
            config = config.with_fallthrough(Fallthrough::Zones(vec!["b.svc.cluster.local.".parse().expect("a name")]))
        }
        _ => {}
    }
    config
}

fn change(from: &mut Reading<'_>) -> Change {
    match from.below(16) {
        0..=3 => Change::Service(delta(from, namespaced(&SERVICES), service)),
        4..=8 => Change::EndpointSlice(delta(from, namespaced(&SLICES), slice)),
        9 | 10 => Change::Namespace(delta(
            from,
            |from| ObjectKey::cluster_scoped(from.pick(&NAMESPACES)),
            |from| Namespace::new().with_labels(labels(from)),
        )),
        11 => Change::Pod(delta(from, namespaced(&SLICES), |from| Pod::new(address(from)).with_labels(labels(from)))),
        12 => Change::ServiceImport(delta(from, namespaced(&SERVICES), import)),
        13 => Change::OwnAddresses((0..from.below(3)).map(|_| address(from)).collect()),
        _ => Change::Synced(from.pick(&Kind::ALL)),
    }
}

fn namespaced(names: &'static [&'static str]) -> impl Fn(&mut Reading<'_>) -> ObjectKey {
    move |from| ObjectKey::new(from.pick(&NAMESPACES), from.pick(names))
}

fn delta<V>(
    from: &mut Reading<'_>,
    key: impl Fn(&mut Reading<'_>) -> ObjectKey,
    value: impl Fn(&mut Reading<'_>) -> V,
) -> Delta<V> {
    match from.below(8) {
        6 => Delta::Delete(key(from)),
        7 => Delta::ReplaceAll((0..from.below(4)).map(|_| (key(from), value(from))).collect()),
        _ => Delta::Upsert(key(from), value(from)),
    }
}

fn labels(from: &mut Reading<'_>) -> Labels {
    if from.one_in(3) { Vec::new() } else { vec![("l".into(), "1".into())] }
}

fn v4(from: &mut Reading<'_>) -> IpAddr {
    Ipv4Addr::new(10, 0, 0, from.below(4) as u8).into()
}

fn v6(from: &mut Reading<'_>) -> IpAddr {
    Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 0, 0, from.below(3) as u16).into()
}

fn address(from: &mut Reading<'_>) -> IpAddr {
    match from.below(4) {
        0..=1 => v4(from),
        2 => v6(from),
        _ => Ipv4Addr::new(10, 0, 0, from.below(4) as u8).to_ipv6_mapped().into(),
    }
}

fn cluster_ips(from: &mut Reading<'_>) -> ClusterIps {
    let (four, six) = (v4(from), v6(from));
    match from.below(4) {
        0 | 1 => ClusterIps::single(four),
        2 => ClusterIps::single(six),
        _ => ClusterIps::dual(six, four).expect("two families"),
    }
}

fn ports(from: &mut Reading<'_>) -> Vec<(&'static str, Protocol, u16)> {
    let count = from.below(4);
    (0..count).map(|_| (from.pick(&PORT_NAMES), from.pick(&PROTOCOLS), 1 + from.below(2) as u16)).collect()
}

fn service(from: &mut Reading<'_>) -> Service {
    let exposure = match from.below(6) {
        0 | 1 => Exposure::ClusterIp(cluster_ips(from)),
        2 | 3 => Exposure::Headless,
        4 => Exposure::ExternalName(from.pick(&TARGETS).into()),
        _ => Exposure::Unallocated,
    };
    let ports = ports(from).into_iter();
    let service = ports.fold(Service::new(exposure), |service, (name, protocol, number)| {
        service.with_port(ServicePort::new(name, protocol, number))
    });
    service.with_labels(labels(from))
}

fn import(from: &mut Reading<'_>) -> ServiceImport {
    let exposure = match from.below(4) {
        0 | 1 => ImportExposure::Headless,
        2 => ImportExposure::ClusterSetIp(cluster_ips(from)),
        _ => ImportExposure::Unallocated,
    };
    let ports = ports(from).into_iter();
    let import = ports.fold(ServiceImport::new(exposure), |import, (name, protocol, number)| {
        import.with_port(ServicePort::new(name, protocol, number))
    });
    import.with_labels(labels(from))
}

fn slice(from: &mut Reading<'_>) -> EndpointSlice {
    let service = from.pick(&SERVICES);
    let owner = match from.below(8) {
        0..=4 => SliceOwner::Service(service.into()),
        5 | 6 => SliceOwner::Import { service: service.into(), cluster: from.pick(&CLUSTERS).into() },
        _ => SliceOwner::Nobody,
    };
    let mut slice = EndpointSlice::new(owner);
    for (name, protocol, number) in ports(from) {
        slice = slice.with_port(match from.one_in(8) {
            true => EndpointPort::without_number(name, protocol),
            false => EndpointPort::new(name, protocol, number),
        });
    }
    for _ in 0..from.below(5) {
        slice = slice.with_endpoint(endpoint(from));
    }
    slice.with_labels(labels(from))
}

fn endpoint(from: &mut Reading<'_>) -> Endpoint {
    let mut endpoint = Endpoint::new(address(from));
    match from.below(16) {
        0..=5 => endpoint = endpoint.with_hostname(from.pick(&HOST_NAMES)),
        6 => endpoint = endpoint.with_target_name(from.pick(&HOST_NAMES)),
        7 => endpoint = endpoint.with_ready(false),
        8 => endpoint.hosts.push(EndpointHost::Address(address(from))),
        9 => endpoint.hosts = vec![EndpointHost::Name(from.pick(&TARGETS).into())],
        _ => {}
    }
    if from.one_in(2) {
        endpoint = endpoint.with_zone(from.pick(&TOPOLOGY_ZONES));
    }
    endpoint
}

/// What there is after the changes: objects, and what was synced.
#[derive(Clone, Debug, Default)]
pub(crate) struct World {
    services: BTreeMap<ObjectKey, Service>,
    slices: BTreeMap<ObjectKey, EndpointSlice>,
    namespaces: BTreeMap<ObjectKey, Namespace>,
    pods: BTreeMap<ObjectKey, Pod>,
    imports: BTreeMap<ObjectKey, ServiceImport>,
    own: Vec<IpAddr>,
    synced: Kinds,
}

impl World {
    pub(crate) fn apply(&mut self, change: Change) {
        match change {
            Change::Service(delta) => self.synced = put(&mut self.services, delta, Kind::Service, self.synced),
            Change::EndpointSlice(delta) => {
                self.synced = put(&mut self.slices, delta, Kind::EndpointSlice, self.synced)
            }
            Change::Namespace(delta) => self.synced = put(&mut self.namespaces, delta, Kind::Namespace, self.synced),
            Change::Pod(delta) => self.synced = put(&mut self.pods, delta, Kind::Pod, self.synced),
            Change::ServiceImport(delta) => {
                self.synced = put(&mut self.imports, delta, Kind::ServiceImport, self.synced)
            }
            Change::Synced(kind) => self.synced = self.synced.with(kind),
            Change::OwnAddresses(addresses) => self.own = addresses,
            other => panic!("{other:?}"),
        }
    }

    /// Whether an endpoint is a host name, which only the wire form shows.
    pub(crate) fn has_host_names(&self) -> bool {
        let endpoints = self.slices.values().flat_map(|slice| &slice.endpoints);
        endpoints.flat_map(|endpoint| &endpoint.hosts).any(|host| matches!(host, EndpointHost::Name(_)))
    }

    /// One change for each object, in no kind of order that a source would have.
    pub(crate) fn changes(&self) -> Vec<Change> {
        let upserts = |map: &BTreeMap<ObjectKey, _>| map.clone();
        let mut changes: Vec<Change> = Vec::new();
        changes.extend(self.pods.clone().into_iter().map(|(key, pod)| Change::Pod(Delta::Upsert(key, pod))));
        changes
            .extend(upserts(&self.slices).into_iter().map(|(key, it)| Change::EndpointSlice(Delta::Upsert(key, it))));
        changes.extend(self.imports.clone().into_iter().map(|(key, it)| Change::ServiceImport(Delta::Upsert(key, it))));
        changes.extend(self.services.clone().into_iter().map(|(key, it)| Change::Service(Delta::Upsert(key, it))));
        changes.extend(self.namespaces.clone().into_iter().map(|(key, it)| Change::Namespace(Delta::Upsert(key, it))));
        changes.push(Change::OwnAddresses(self.own.clone()));
        changes.extend(self.synced.iter().map(Change::Synced));
        changes
    }

    pub(crate) fn zones(&self, config: &ZoneConfig) -> ClusterZones {
        let mut zones = ClusterZones::new(config.clone()).expect("the options fit together");
        zones.apply_all(self.changes());
        zones
    }
}

fn put<V>(map: &mut BTreeMap<ObjectKey, V>, delta: Delta<V>, kind: Kind, synced: Kinds) -> Kinds {
    match delta {
        Delta::Upsert(key, value) => drop(map.insert(key, value)),
        Delta::Delete(key) => drop(map.remove(&key)),
        Delta::ReplaceAll(all) => {
            *map = all.into_iter().collect();
            return synced.with(kind);
        }
        _ => {}
    }
    synced
}

/// A name that may well exist.
pub(crate) fn question(from: &mut Reading<'_>) -> Name {
    let zone = match from.below(8) {
        0..=5 => "cluster.local.",
        6 => "clusterset.local.",
        _ => "Cluster.LOCAL.",
    };
    let service = format!("{}.{}.svc.{zone}", from.pick(&["x", "y", "z", "X", "w"]), from.pick(&["a", "b", "B", "c"]));
    let endpoint = from.pick(&[
        "h", "g", "p", "q", "10-0-0-0", "10-0-0-1", "10-0-0-2", "fd00--0", "fd00--1", "_tcp", "_udp", "tcp", "_", "c1",
        "_zone", "a",
    ]);
    let port = from.pick(&["_p", "_q", "p", "_", "h", "10-0-0-1", "b", "_P"]);
    let protocol = from.pick(&["_tcp", "_udp", "udp", "_", "c1", "c2"]);
    let text = match from.below(12) {
        0..=2 => service,
        3 | 4 => format!("{endpoint}.{service}"),
        5 => format!("{port}.{protocol}.{service}"),
        6 => {
            let name = format!(
                "{}.{}._zone.{service}",
                from.pick(&["za", "zb", "z.c", "none"]),
                from.pick(&["pin", "prefer"])
            );
            let labels = from.below(3);
            name.splitn(labels + 1, '.').last().unwrap_or_default().to_owned()
        }
        7 => format!("{endpoint}.{}.pod.{zone}", from.pick(&NAMESPACES)),
        8 => {
            let digits = from.below(6);
            let name = format!("9.{}.0.0.10.in-addr.arpa.", from.below(4));
            name.splitn(digits + 1, '.').last().unwrap_or_default().to_owned()
        }
        9 => {
            let last = from.below(3);
            let name = format!("9.{last}.{}0.0.d.f.ip6.arpa.", "0.".repeat(27));
            let digits = if from.one_in(2) { from.below(34) } else { 1 };
            name.splitn(digits + 1, '.').last().unwrap_or_default().to_owned()
        }
        10 => {
            let head =
                from.pick(&["", "svc.", "pod.", "dns.", "ns.dns.", "dns-version.", "a.svc.", "b.pod.", "x.", "ns."]);
            format!("{head}{zone}")
        }
        _ => {
            let labels = from.below(7);
            let all = ["a", "svc", "x", "_tcp", "pod", "10-0-0-1", "dns"];
            let head: String = (0..labels).map(|_| format!("{}.", from.pick(&all))).collect();
            format!("{head}{zone}")
        }
    };
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}
