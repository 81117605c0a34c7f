use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::{Absence, Emptiness, Finder, Place};
use crate::config::{Conformance, ZoneKind};
use crate::name::FoldedName;
use crate::store::{Owner, ServiceNode};

/// Nibbles of an IPv6 address.
const NIBBLES: usize = 32;

impl<'s> Finder<'s> {
    pub(super) fn find_reverse<'q>(self, name: &'q FoldedName, kind: ZoneKind, apex: usize) -> Place<'s, 'q> {
        let original = self.config.conformance == Conformance::CoreDns;
        if original && apex == 1 && matches!(name.label(0), b"svc" | b"pod") {
            // The forward grammar leaks into the original's reverse zones.
            return Place::Tree;
        }
        let digits = name.count() - 2;
        if kind == ZoneKind::ReverseV4 {
            match digits {
                4 => self.of_address(read_v4(name).map(IpAddr::V4)),
                0..4 => self.below(read_v4_prefix(name, digits).is_some_and(|(low, high)| {
                    self.indexes.addresses.v4_range(low..=high).any(|(_, owner)| self.is_visible(owner))
                })),
                _ => Place::Missing(Absence::TooLong),
            }
        } else {
            match digits {
                NIBBLES => self.of_address(read_v6(name, 0)),
                // Up to three labels more are ignored by the original.
                33..=35 if original => self.of_address(read_v6(name, digits - NIBBLES)),
                0..NIBBLES => self.below(read_v6_prefix(name, digits).is_some_and(|(low, high)| {
                    self.indexes.addresses.v6_range(low..=high).any(|(_, owner)| self.is_visible(owner))
                })),
                _ => Place::Missing(Absence::TooLong),
            }
        }
    }

    fn of_address<'q>(self, address: Option<IpAddr>) -> Place<'s, 'q> {
        match address {
            None => Place::Missing(Absence::NotAnAddress),
            Some(address) if self.owners(address).next().is_some() => Place::Address(address),
            Some(_) => Place::Missing(Absence::UnusedAddress),
        }
    }

    fn below<'q>(self, any: bool) -> Place<'s, 'q> {
        if any {
            self.rfc_only(Emptiness::NonTerminal, Absence::UnusedAddress)
        } else {
            Place::Missing(Absence::UnusedAddress)
        }
    }

    /// The nodes that give an address its names: one whose cluster IP it is, else all with an endpoint there.
    pub(crate) fn owners(self, address: IpAddr) -> impl Iterator<Item = &'s ServiceNode> + use<'s> {
        let mut cluster_ip: Option<&ServiceNode> = None;
        let mut owners = self.indexes.addresses.owners(address);
        // Owners by cluster IP come first. Two Services can't have one; should objects say so, the first in the order
        // of names has it.
        let first_endpoint = owners.find_map(|owner| match (owner, self.visible(owner)?) {
            (Owner::Endpoint(_), node) => cluster_ip.is_none().then_some(node),
            (Owner::ClusterIp(_), node) => {
                if cluster_ip.is_none_or(|other| node.key < other.key) {
                    cluster_ip = Some(node);
                }
                None
            }
        });
        let others = owners.filter_map(move |owner| self.visible(owner)).filter(move |_| cluster_ip.is_none());
        cluster_ip.into_iter().chain(first_endpoint).chain(others)
    }

    fn visible(self, owner: Owner) -> Option<&'s ServiceNode> {
        let (Owner::ClusterIp(id) | Owner::Endpoint(id)) = owner;
        self.indexes.node(id).map(|node| &**node).filter(|_| self.is_visible(owner))
    }

    fn is_visible(self, owner: Owner) -> bool {
        let (Owner::ClusterIp(id) | Owner::Endpoint(id)) = owner;
        let Some(node) = self.indexes.node(id) else { return false };
        // Endpoints of a Service that is not there: their PTR would lead to a name that does not exist (RFC 1912 §2.1).
        let known = node.exposure.is_some() || self.config.conformance == Conformance::CoreDns;
        let listed = self.config.namespaces.is_none() || self.is_namespace_exposed(node);
        node.has_name() && known && listed
    }

    fn is_namespace_exposed(self, node: &ServiceNode) -> bool {
        let mut namespace: &[u8] = &[];
        let mut rest = node.labels();
        while let Some((&len, tail)) = rest.split_first() {
            namespace = tail.get(..usize::from(len)).unwrap_or_default();
            rest = tail.get(usize::from(len)..).unwrap_or_default();
        }
        self.indexes.is_exposed(namespace)
    }
}

fn read_octet(label: &[u8]) -> Option<u8> {
    match label {
        [b'0'] => Some(0),
        [b'1'..=b'9', ..] if label.len() <= 3 => std::str::from_utf8(label).ok()?.parse().ok(),
        _ => None,
    }
}

fn read_v4(name: &FoldedName) -> Option<Ipv4Addr> {
    let octet = |index| read_octet(name.label(index));
    Some(Ipv4Addr::new(octet(3)?, octet(2)?, octet(1)?, octet(0)?))
}

/// The addresses below a name of fewer than four octets.
fn read_v4_prefix(name: &FoldedName, digits: usize) -> Option<(u32, u32)> {
    let mut low = 0u32;
    for index in (0..digits).rev() {
        low = low << 8 | u32::from(read_octet(name.label(index))?);
    }
    let free = 8 * (4 - digits) as u32;
    let low = low.checked_shl(free).unwrap_or(0);
    Some((low, low | 1u32.checked_shl(free).map_or(u32::MAX, |bit| bit - 1)))
}

fn read_nibble(label: &[u8]) -> Option<u8> {
    match label {
        [digit @ b'0'..=b'9'] => Some(digit - b'0'),
        [digit @ b'a'..=b'f'] => Some(digit - b'a' + 10),
        _ => None,
    }
}

fn read_v6_prefix(name: &FoldedName, digits: usize) -> Option<(u128, u128)> {
    read_nibbles(name, 0, digits).map(|low| {
        let free = 4 * (NIBBLES - digits) as u32;
        let low = low.checked_shl(free).unwrap_or(0);
        (low, low | 1u128.checked_shl(free).map_or(u128::MAX, |bit| bit - 1))
    })
}

fn read_nibbles(name: &FoldedName, from: usize, count: usize) -> Option<u128> {
    let mut bits = 0u128;
    for index in (from..from + count).rev() {
        bits = bits << 4 | u128::from(read_nibble(name.label(index))?);
    }
    Some(bits)
}

/// Reads all nibbles, leaving out some labels at the left. An IPv4-mapped address is its IPv4 address.
fn read_v6(name: &FoldedName, skip: usize) -> Option<IpAddr> {
    Some(IpAddr::V6(Ipv6Addr::from_bits(read_nibbles(name, skip, NIBBLES)?)).to_canonical())
}
