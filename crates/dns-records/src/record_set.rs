//! The records of one name and type, produced one by one as borrowed views.

mod endpoints;
mod name_servers;

use std::net::IpAddr;

use crate::config::Zone;
use crate::name::NameRef;
use crate::place::{Finder, PortFilter, Selection};
use crate::record::{RecordData, RecordName, RecordRef, Soa};
use crate::record_type::RecordType;
use crate::snapshot::Snapshot;
use crate::store::{EndpointTable, ServiceNode};
pub(crate) use name_servers::NameServers;

/// Longest TTL of an SOA record, which the original fixes.
pub(crate) const MAX_SOA_TTL: u32 = 300;
/// TTL of `dns-version`, which the original fixes.
const VERSION_TTL: u32 = 28800;
/// Version of the DNS specification that is served.
const VERSION: &str = "1.1.0";
const SVC: &[u8] = b"\x03svc";

/// Address families.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    V4,
    V6,
}

impl Family {
    pub(crate) const fn of(record_type: RecordType) -> Option<Self> {
        match record_type {
            RecordType::A => Some(Self::V4),
            RecordType::AAAA => Some(Self::V6),
            _ => None,
        }
    }

    pub(crate) const fn has(self, address: IpAddr) -> bool {
        address.is_ipv4() == matches!(self, Self::V4)
    }
}

/// A question in one of the zones: what every record of the answer borrows from.
#[derive(Clone, Copy)]
pub(crate) struct View<'s, 'q> {
    pub(crate) snapshot: &'s Snapshot,
    pub(crate) zone: &'s Zone,
    /// The name as asked, in wire form.
    pub(crate) name: &'q [u8],
    /// Its part that is the zone, in the asker's letter case: it ends every generated name.
    pub(crate) apex: &'q [u8],
}

impl<'s> View<'s, '_> {
    pub(crate) fn finder(&self) -> Finder<'s> {
        self.snapshot.finder()
    }
}

impl<'s, 'q: 's> View<'s, 'q> {
    pub(crate) fn ttl(&self) -> u32 {
        self.snapshot.config.ttl
    }

    fn record<'a>(&self, data: RecordData<'a>) -> RecordRef<'a>
    where
        'q: 'a,
    {
        RecordRef { owner: RecordName::whole(self.name), ttl: self.ttl(), data }
    }

    /// The zone's SOA record, also the one of negative answers (RFC 2308 §3).
    pub(crate) fn soa(&self) -> RecordRef<'q> {
        let ttl = self.ttl();
        let data = RecordData::Soa(Soa {
            mname: RecordName::below(b"\x02ns\x03dns", self.apex),
            rname: RecordName::below(b"\x0ahostmaster", self.apex),
            serial: self.snapshot.serial,
            refresh: 7200,
            retry: 1800,
            expire: 86400,
            minimum: ttl,
        });
        RecordRef { owner: RecordName::whole(self.apex), ttl: ttl.min(MAX_SOA_TTL), data }
    }

    /// The name of a Service, or of an endpoint of it.
    pub(crate) fn service_name<'a>(&self, node: &'a ServiceNode, zone: &'a [u8]) -> RecordName<'a> {
        RecordName { dashed: None, parts: [b"", b"", node.labels(), SVC, zone] }
    }
}

/// The records of one name and type.
#[derive(Clone, Debug)]
pub(crate) enum RecordSet<'s, 'q> {
    Soa,
    NameServers,
    NameServerAddresses(Family),
    Version,
    ClusterIps { node: &'s ServiceNode, family: Family },
    ClusterServices { node: &'s ServiceNode, ports: PortFilter<'q> },
    Endpoints { table: &'s EndpointTable, selection: Selection<'q>, family: Family },
    EndpointServices { node: &'s ServiceNode, selection: Selection<'q>, multicluster: bool },
    Address(IpAddr),
    PodService { address: IpAddr, count: u32, name: &'q [u8] },
    Pointers(IpAddr),
    Alias(NameRef<'s>),
}

impl<'s, 'q: 's> RecordSet<'s, 'q> {
    /// Hands the records to `take`, from a place that `seed` chooses, until it says that it takes no more.
    pub(crate) fn answers(&self, view: &View<'s, 'q>, seed: u64, take: &mut impl FnMut(RecordRef<'_>) -> bool) {
        match self {
            Self::ClusterIps { .. } | Self::Endpoints { .. } | Self::Address(_) | Self::NameServerAddresses(_) => {
                self.addresses(view, seed, &mut |address| take(view.record(address.into())));
            }
            Self::Soa => drop(take(view.soa())),
            Self::NameServers => NameServers::of(view).names(&mut |name| take(view.record(RecordData::Ns(name)))),
            Self::Version => {
                let owner = RecordName::whole(view.name);
                take(RecordRef { owner, ttl: VERSION_TTL, data: RecordData::Txt(VERSION) });
            }
            Self::ClusterServices { node, ports } => cluster_services(view, node, *ports, take),
            Self::EndpointServices { node, selection, multicluster } => {
                let targets = endpoints::Targets::new(node, selection, *multicluster, view.apex);
                targets.services(seed, &mut |data| take(view.record(data)));
            }
            Self::PodService { count, name, .. } => {
                let target = RecordName::below(name, view.apex);
                let weight = weight(*count);
                take(view.record(RecordData::Srv { priority: 0, weight, port: 0, target }));
            }
            Self::Pointers(address) => pointers(view, *address, take),
            Self::Alias(target) => drop(take(view.record(RecordData::Cname((*target).into())))),
        }
    }

    /// The addresses of a set of A or AAAA records, as [`Self::answers`] has them; `false` for other sets.
    #[inline(always)]
    pub(crate) fn addresses(&self, view: &View<'s, 'q>, seed: u64, take: &mut impl FnMut(IpAddr) -> bool) -> bool {
        match self {
            Self::ClusterIps { node, family } => {
                // At most one of each family.
                if let Some(address) = node.cluster_ips().and_then(|ips| ips.iter().find(|ip| family.has(*ip))) {
                    take(address);
                }
            }
            Self::Endpoints { table, selection, family } => endpoints::addresses(table, selection, *family, seed, take),
            Self::Address(address) => drop(take(*address)),
            Self::NameServerAddresses(family) => {
                NameServers::of(view).distinct_addresses(&mut |address| !family.has(address) || take(address));
            }
            _ => return false,
        }
        true
    }

    /// The record of a set that always has exactly one: an alias.
    pub(crate) fn alias(view: &View<'s, 'q>, target: NameRef<'s>) -> RecordRef<'s> {
        RecordRef { owner: RecordName::whole(view.name), ttl: view.ttl(), data: RecordData::Cname(target.into()) }
    }

    /// Whether there is no record of the type after all.
    pub(crate) fn is_empty(&self, view: &View<'s, 'q>) -> bool {
        let mut empty = true;
        self.answers(view, 0, &mut |_| {
            empty = false;
            false
        });
        empty
    }

    /// Hands out the additional records: the addresses of the names in the answer.
    pub(crate) fn additional(&self, view: &View<'s, 'q>, seed: u64, take: &mut impl FnMut(RecordRef<'_>) -> bool) {
        let ttl = view.ttl();
        match self {
            Self::NameServers => {
                NameServers::of(view).glue(&mut |owner, address| take(RecordRef { owner, ttl, data: address.into() }))
            }
            Self::ClusterServices { node, .. } => {
                let owner = view.service_name(node, view.apex);
                for address in node.cluster_ips().iter().flat_map(|ips| ips.iter()) {
                    if !take(RecordRef { owner, ttl, data: address.into() }) {
                        return;
                    }
                }
            }
            Self::EndpointServices { node, selection, multicluster } => {
                let targets = endpoints::Targets::new(node, selection, *multicluster, view.apex);
                targets.glue(seed, &mut |owner, address| take(RecordRef { owner, ttl, data: address.into() }));
            }
            Self::PodService { address, name, .. } => {
                let owner = RecordName::below(name, view.apex);
                take(RecordRef { owner, ttl, data: (*address).into() });
            }
            _ => {}
        }
    }
}

/// SRV weight of one of `candidates` equal ones: their share of 100, at least 1.
pub(crate) fn weight(candidates: u32) -> u16 {
    (100 / candidates.max(1)).max(1) as u16
}

fn cluster_services<'s, 'q: 's>(
    view: &View<'s, 'q>,
    node: &'s ServiceNode,
    filter: PortFilter<'q>,
    take: &mut impl FnMut(RecordRef<'_>) -> bool,
) {
    let addresses = node.cluster_ips().iter().flat_map(|ips| ips.iter()).count();
    // The original counts a port once for each address, before it drops duplicates.
    let weight = weight((filter.count(&node.ports) * addresses) as u32);
    let target = view.service_name(node, view.apex);
    for (index, port) in filter.matching(&node.ports).enumerate() {
        let Some(number) = port.number else { continue };
        let seen = filter.matching(&node.ports).take(index).any(|earlier| earlier.number == Some(number));
        if !seen && !take(view.record(RecordData::Srv { priority: 0, weight, port: number, target })) {
            return;
        }
    }
}

fn pointers<'s, 'q: 's>(view: &View<'s, 'q>, address: IpAddr, take: &mut impl FnMut(RecordRef<'_>) -> bool) {
    let Some(primary) = view.snapshot.config.zones.primary() else { return };
    let zone = primary.name().as_wire();
    for node in view.finder().owners(address) {
        let service = view.service_name(node, zone);
        if node.cluster_ips().iter().flat_map(|ips| ips.iter()).any(|ip| ip == address) {
            if !take(view.record(RecordData::Ptr(service))) {
                return;
            }
            continue;
        }
        let table = &*node.endpoints;
        let mut last = None;
        for index in table.find_address(address) {
            let Some(entry) = table.entry(index) else { continue };
            let name = table.name(entry);
            if last == Some(name) {
                continue;
            }
            last = Some(name);
            let target = endpoints::name_of(table, entry, &service);
            if !take(view.record(RecordData::Ptr(target))) {
                return;
            }
        }
    }
}
