//! Cluster IPs for Services that have none.

use std::collections::{BTreeMap, HashSet};
use std::net::IpAddr;

use super::nodes::{Facts, Needs, NodeId, Nodes};
use super::options::{ManifestOptions, ServiceCidr};

/// What a Service was given, the primary address first.
pub(super) type Given = [Option<IpAddr>; 2];

/// The addresses of all Services that wait for one: a function of the set of Services, so that order and history have no influence.
///
/// Each takes the address that its key hashes to or the next free one; addresses that a manifest gives are never free. Where two meet,
/// the one whose key sorts first has precedence.
pub(super) fn allocate(nodes: &Nodes, options: &ManifestOptions) -> BTreeMap<NodeId, Given> {
    let mut waiting = Vec::new();
    let mut taken_v4 = HashSet::new();
    let mut taken_v6 = HashSet::new();
    let is_waiting = |facts| matches!(facts, Facts::Service { needs, .. } if needs.any());
    if !nodes.iter().any(|(_, node)| node.winner.is_some() && is_waiting(node.facts)) {
        return BTreeMap::new();
    }
    for (id, node) in nodes.iter() {
        let Facts::Service { needs, given, .. } = node.facts else { continue };
        if needs.any() {
            waiting.push((nodes.key(node), id, needs));
        }
        for address in given.into_iter().flatten() {
            taken_v4.extend(options.service_cidr.index(address));
            taken_v6.extend(options.service_cidr_v6.index(address));
        }
    }
    waiting.sort_unstable_by(|a, b| a.0.cmp(&b.0));
    let mut given = BTreeMap::new();
    for (key, id, Needs { v4, v6, v6_first }) in waiting {
        let hash = fnv1a(key.namespace.bytes().chain([b'/']).chain(key.name.bytes()));
        let v4 = v4.then(|| take(&options.service_cidr, hash, &mut taken_v4)).flatten();
        let v6 = v6.then(|| take(&options.service_cidr_v6, hash, &mut taken_v6)).flatten();
        given.insert(id, if v6_first { [v6, v4] } else { [v4, v6] });
    }
    given
}

/// The free address nearest behind the hash's; `None` when all are taken.
fn take(cidr: &ServiceCidr, hash: u64, taken: &mut HashSet<u32>) -> Option<IpAddr> {
    let usable = cidr.usable();
    let start = u32::try_from(hash.checked_rem(u64::from(usable))?).ok()?;
    let index = (start..usable).chain(0..start).find(|index| !taken.contains(index))?;
    taken.insert(index);
    Some(cidr.address(index))
}

/// FNV-1a: the same in every run and on every machine, so that addresses may be written down.
fn fnv1a(bytes: impl Iterator<Item = u8>) -> u64 {
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
