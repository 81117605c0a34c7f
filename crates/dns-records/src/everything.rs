//! Every record of the zones: for transfers, for zone files, for people.
//!
//! The names are derived from the objects and then asked for like any other question, so that what is listed is what
//! is answered, by construction. Left out are names without end: Pods under [`crate::PodMode::Insecure`], spellings
//! without underscores, and zonal names.

use std::fmt;
use std::net::IpAddr;

use crate::classify::{Outcome, classify};
use crate::config::{PodMode, Zone, ZoneKind};
use crate::name::{FoldedName, Name, NameRef};
use crate::record::RecordRef;
use crate::record_type::RecordType;
use crate::snapshot::Snapshot;
use crate::store::{EndpointLabel, ServiceNode};

/// The types that names in the zones have, in the order in which they are listed.
const TYPES: [RecordType; 8] = [
    RecordType::SOA,
    RecordType::NS,
    RecordType::A,
    RecordType::AAAA,
    RecordType::CNAME,
    RecordType::SRV,
    RecordType::PTR,
    RecordType::TXT,
];

/// A part of a zone whose names belong together.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Unit<'s> {
    Apex,
    Service(&'s ServiceNode),
    Pod(&'s [u8], IpAddr),
    Address(IpAddr),
}

impl Snapshot {
    /// Visits every record of every zone until `visit` returns `false`; each zone begins with its SOA record.
    ///
    /// ```
    /// # use dns_records::{ClusterZones, ZoneConfig};
    /// let snapshot = ClusterZones::new(ZoneConfig::new("cluster.local")?)?.publish(7);
    /// let mut lines = Vec::new();
    /// snapshot.records(|record| {
    ///     lines.push(record.to_string());
    ///     true
    /// });
    /// assert!(lines[0].starts_with("cluster.local. 5 IN SOA ns.dns.cluster.local. hostmaster.cluster.local. 7 "));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn records(&self, mut visit: impl FnMut(&RecordRef<'_>) -> bool) {
        for zone in self.config.zones.iter() {
            for unit in self.units(zone) {
                if !self.unit_records(zone, unit, &mut |record| visit(record)) {
                    return;
                }
            }
        }
    }

    /// Everything as zone text (RFC 1035 §5), one record a line, zone after zone.
    ///
    /// Each zone is what a secondary would get; a line that begins with `;` separates them.
    pub fn to_zone_file(&self) -> String {
        let mut text = String::new();
        for zone in self.config.zones.iter() {
            // Writing to a String can't fail.
            let _ = self.write_zone(zone, &mut text);
        }
        text
    }

    fn write_zone(&self, zone: &Zone, text: &mut String) -> fmt::Result {
        use fmt::Write as _;
        writeln!(text, "; {}", zone.name())?;
        let mut result = Ok(());
        for unit in self.units(zone) {
            self.unit_records(zone, unit, &mut |record| {
                result = writeln!(text, "{record}");
                result.is_ok()
            });
        }
        result
    }

    /// The units of a zone in a stable order.
    pub(crate) fn units(&self, zone: &Zone) -> Vec<Unit<'_>> {
        let mut units = vec![Unit::Apex];
        let indexes = &self.indexes;
        match zone.kind {
            ZoneKind::Cluster | ZoneKind::Multicluster => {
                let nodes = match zone.kind {
                    ZoneKind::Multicluster => &indexes.imports,
                    _ => &indexes.services,
                };
                let mut nodes: Vec<&ServiceNode> = nodes.iter().filter(|node| node.exposure.is_some()).collect();
                nodes.sort_by_key(|node| node.object_key());
                units.extend(nodes.into_iter().map(Unit::Service));
                if self.config.pods == PodMode::Verified {
                    let mut names: Vec<_> = indexes.namespaces.iter().filter(|(_, state)| state.exposed).collect();
                    names.sort_by_key(|(name, _)| *name);
                    for (namespace, state) in names {
                        let pods = indexes.pods.keys().filter(|(id, _)| *id == state.id);
                        let mut addresses: Vec<IpAddr> = pods.map(|(_, address)| *address).collect();
                        addresses.sort_unstable();
                        units.extend(addresses.into_iter().map(|address| Unit::Pod(namespace, address)));
                    }
                }
            }
            ZoneKind::ReverseV4 | ZoneKind::ReverseV6 => {
                let v4 = zone.kind == ZoneKind::ReverseV4;
                let mut addresses: Vec<IpAddr> =
                    indexes.addresses.iter().map(|(address, _)| address).filter(|a| a.is_ipv4() == v4).collect();
                addresses.dedup();
                units.extend(addresses.into_iter().map(Unit::Address));
            }
        }
        units
    }

    /// Visits the records of one unit; `false` when `visit` had enough.
    pub(crate) fn unit_records(
        &self,
        zone: &Zone,
        unit: Unit<'_>,
        visit: &mut impl FnMut(&RecordRef<'_>) -> bool,
    ) -> bool {
        for name in names(zone, unit) {
            let folded = FoldedName::new(name.as_ref());
            let Some((view, place)) = self.resolve(name.as_wire(), &folded) else { continue };
            // A name may lie in a zone below this one.
            if view.zone.name() != zone.name() {
                continue;
            }
            for record_type in TYPES {
                let Outcome::Records(records) = classify(&view, &place, record_type) else { continue };
                let mut more = true;
                records.answers(&view, 0, &mut |record| {
                    more = visit(&record);
                    more
                });
                if !more {
                    return false;
                }
            }
        }
        true
    }
}

/// The names of a unit.
fn names(zone: &Zone, unit: Unit<'_>) -> Vec<Name> {
    let apex = zone.name();
    let below = |labels: &[&[u8]]| {
        let wire: Vec<u8> = labels.iter().copied().chain([apex.as_wire()]).flatten().copied().collect();
        NameRef::from_wire(&wire).ok().map(|name| name.to_name())
    };
    match unit {
        Unit::Apex => [Some(apex.to_name()), below(&[b"\x02ns\x03dns"]), below(&[b"\x0bdns-version"])]
            .into_iter()
            .flatten()
            .collect(),
        Unit::Pod(namespace, address) => {
            let label = prefixed(EndpointLabel::of(address).as_bytes());
            below(&[&label, &prefixed(namespace), b"\x03pod"]).into_iter().collect()
        }
        Unit::Address(address) => {
            Some(reverse_name(address)).filter(|name| name.as_ref().is_in(apex)).into_iter().collect()
        }
        Unit::Service(node) => service_names(zone, node, &below),
    }
}

fn service_names(zone: &Zone, node: &ServiceNode, below: &impl Fn(&[&[u8]]) -> Option<Name>) -> Vec<Name> {
    let table = &*node.endpoints;
    let mut names = vec![below(&[node.labels(), b"\x03svc"])];
    let mut ports: Vec<(&str, &str)> = table
        .groups()
        .filter(|_| node.cluster_ips().is_none())
        .chain([&*node.ports])
        .flatten()
        .filter(|port| !port.name.is_empty())
        .map(|port| (&*port.name, port.protocol.label()))
        .collect();
    ports.sort_unstable();
    ports.dedup();
    for (port, protocol) in ports {
        let (port, protocol) = (format!("_{port}"), format!("_{protocol}"));
        let labels = [prefixed(port.as_bytes()), prefixed(protocol.as_bytes())].concat();
        names.push(below(&[&labels, node.labels(), b"\x03svc"]));
    }
    let mut labels: Vec<Vec<u8>> = table
        .entries()
        .iter()
        .map(|entry| {
            let mut label = match table.name(entry) {
                Some(name) => name.to_ascii_lowercase(),
                None => prefixed(EndpointLabel::of(entry.address()).as_bytes()),
            };
            if zone.kind == ZoneKind::Multicluster {
                label.extend_from_slice(table.tag_text(entry.tag()).unwrap_or_default());
            }
            label
        })
        .collect();
    labels.sort_unstable();
    labels.dedup();
    names.extend(labels.iter().map(|label| below(&[label, node.labels(), b"\x03svc"])));
    names.into_iter().flatten().collect()
}

fn prefixed(label: &[u8]) -> Vec<u8> {
    [&[label.len() as u8], label].concat()
}

/// The reverse name of an address (RFC 1035 §3.5, RFC 3596 §2.5).
pub(crate) fn reverse_name(address: IpAddr) -> Name {
    let mut wire = Vec::new();
    match address {
        IpAddr::V4(v4) => {
            for octet in v4.octets().iter().rev() {
                wire.extend(prefixed(octet.to_string().as_bytes()));
            }
            wire.extend_from_slice(b"\x07in-addr\x04arpa\x00");
        }
        IpAddr::V6(v6) => {
            for octet in v6.octets().iter().rev() {
                for nibble in [octet & 15, octet >> 4] {
                    wire.extend(prefixed(format!("{nibble:x}").as_bytes()));
                }
            }
            wire.extend_from_slice(b"\x03ip6\x04arpa\x00");
        }
    }
    Name::from_trusted_wire(wire)
}
