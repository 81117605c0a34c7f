use std::cmp::Ordering;
use std::net::{IpAddr, Ipv6Addr};
use std::ops::Range;
use std::sync::Arc;

use super::Port;
use super::endpoint_label::address_of_label;
use crate::name::Name;

/// One address of a ready endpoint: 24 octets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    /// IPv4 addresses as IPv4-mapped ones, so that one field orders both families.
    address: [u8; 16],
    /// Offset of the name in the table's pool, [`Entry::UNNAMED`] where the label is the address with dashes.
    name: u32,
    group: u16,
    tag: u16,
}

impl Entry {
    const UNNAMED: u32 = u32::MAX;
    const UNTAGGED: u16 = u16::MAX;

    pub(crate) fn address(&self) -> IpAddr {
        Ipv6Addr::from(self.address).to_canonical()
    }

    pub(crate) const fn is_named(&self) -> bool {
        self.name != Self::UNNAMED
    }

    /// The list of ports that the entry's slice had.
    pub(crate) const fn group(&self) -> u16 {
        self.group
    }

    /// Topology zone, or source cluster.
    pub(crate) const fn tag(&self) -> Tag {
        Tag(self.tag)
    }

    pub(crate) fn same_address(&self, other: &Self) -> bool {
        self.address == other.address
    }
}

/// What an entry is marked with: its topology zone, or for imported endpoints the cluster they are in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tag(u16);

/// The ready endpoints of a Service, or of one of its slices.
///
/// Entries are ordered by address; `by_name` orders the named ones by label, so that equal labels are neighbours.
/// Duplicates are kept: they count in SRV weights, as in the original.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct EndpointTable {
    entries: Box<[Entry]>,
    by_name: Box<[u32]>,
    /// Names as wire labels, each after its length in one octet.
    pool: Box<[u8]>,
    groups: Box<[Arc<[Port]>]>,
    tags: Box<[Box<[u8]>]>,
    /// Endpoints that are host names; empty but for `addressType: FQDN` under the original's rules.
    hosts: Box<[HostEntry]>,
    /// Pairs of an entry and one of its ports; an entry without ports counts as one.
    pairs: u32,
    unready: u32,
    /// Whether a name of one entry is the dashed address of another.
    ambiguous: bool,
}

/// An endpoint that is a host name instead of an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct HostEntry {
    pub(crate) target: Name,
    /// Wire labels.
    pub(crate) label: Box<[u8]>,
    pub(crate) group: u16,
}

impl EndpointTable {
    pub(crate) const fn entries(&self) -> &[Entry] {
        &self.entries
    }

    pub(crate) const fn hosts(&self) -> &[HostEntry] {
        &self.hosts
    }

    /// Pairs of an entry and one of its ports, before duplicates go.
    pub(crate) const fn pairs(&self) -> u32 {
        self.pairs
    }

    pub(crate) const fn unready(&self) -> u32 {
        self.unready
    }

    pub(crate) const fn is_ambiguous(&self) -> bool {
        self.ambiguous
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty() && self.hosts.is_empty()
    }

    pub(crate) fn entry(&self, index: u32) -> Option<&Entry> {
        self.entries.get(index as usize)
    }

    /// The entry at a position of the order by name.
    pub(crate) fn named(&self, position: u32) -> Option<&Entry> {
        self.entry(*self.by_name.get(position as usize)?)
    }

    pub(crate) fn named_len(&self) -> u32 {
        self.by_name.len() as u32
    }

    pub(crate) fn len(&self) -> u32 {
        self.entries.len() as u32
    }

    pub(crate) fn ports(&self, group: u16) -> &[Port] {
        self.groups.get(usize::from(group)).map(|list| &**list).unwrap_or_default()
    }

    pub(crate) fn groups(&self) -> impl Iterator<Item = &[Port]> {
        self.groups.iter().map(|list| &**list)
    }

    /// The entry's own name as wire labels; `None` when its label is the address with dashes.
    pub(crate) fn name(&self, entry: &Entry) -> Option<&[u8]> {
        self.pool_name(entry.name)
    }

    fn pool_name(&self, offset: u32) -> Option<&[u8]> {
        let (&len, rest) = self.pool.get(usize::try_from(offset).ok()?..)?.split_first()?;
        rest.get(..usize::from(len))
    }

    /// The tag's text in lower case.
    pub(crate) fn tag_text(&self, tag: Tag) -> Option<&[u8]> {
        self.tags.get(usize::from(tag.0)).map(|text| &**text)
    }

    pub(crate) fn find_tag(&self, text: &[u8]) -> Option<Tag> {
        let at = self.tags.iter().position(|tag| **tag == *text)?;
        Some(Tag(at as u16))
    }

    /// Positions in the order by name of the entries whose one label is `label` (lower case).
    pub(crate) fn find_name(&self, label: &[u8]) -> Range<u32> {
        let compare = |index: &u32| {
            let name = self.entry(*index).and_then(|entry| self.name(entry)).unwrap_or_default();
            // Labels in front of their length octet sort as their texts do only among equals; any total order serves.
            compare_folded(name.get(1..).unwrap_or_default(), label)
                .then_with(|| name.first().copied().map(usize::from).cmp(&Some(label.len())))
        };
        let start = self.by_name.partition_point(|index| compare(index).is_lt());
        let found = self.by_name.get(start..).unwrap_or_default();
        let len = found.partition_point(|index| compare(index).is_eq());
        start as u32..(start + len) as u32
    }

    /// Indexes of the entries with this address.
    pub(crate) fn find_address(&self, address: IpAddr) -> Range<u32> {
        let octets = mapped(address);
        let start = self.entries.partition_point(|entry| entry.address < octets);
        let found = self.entries.get(start..).unwrap_or_default();
        let len = found.partition_point(|entry| entry.address == octets);
        start as u32..(start + len) as u32
    }

    /// Addresses in order, each once.
    pub(crate) fn addresses(&self) -> impl Iterator<Item = IpAddr> + '_ {
        let mut last = None;
        self.entries.iter().filter_map(move |entry| {
            let new = last != Some(entry.address);
            last = Some(entry.address);
            new.then(|| entry.address())
        })
    }
}

/// Collects entries from slices into a table.
#[derive(Debug, Default)]
pub(crate) struct TableBuilder {
    entries: Vec<Entry>,
    pool: Vec<u8>,
    groups: Vec<Arc<[Port]>>,
    tags: Vec<Box<[u8]>>,
    hosts: Vec<HostEntry>,
    unready: u32,
}

impl TableBuilder {
    /// Starts the ports of a slice; returns the group for its entries, `None` when there are too many.
    pub(crate) fn group(&mut self, ports: &Arc<[Port]>) -> Option<u16> {
        let at = self.groups.iter().position(|list| list == ports).unwrap_or_else(|| {
            self.groups.push(Arc::clone(ports));
            self.groups.len() - 1
        });
        u16::try_from(at).ok()
    }

    pub(crate) fn tag(&mut self, text: &[u8]) -> Tag {
        let at = self.tags.iter().position(|tag| **tag == *text).unwrap_or_else(|| {
            self.tags.push(text.into());
            self.tags.len() - 1
        });
        Tag(u16::try_from(at).unwrap_or(Entry::UNTAGGED))
    }

    /// Adds one address; `name` is its label or labels in wire form, if it has one of its own.
    pub(crate) fn add(&mut self, address: IpAddr, name: Option<&[u8]>, group: u16, tag: Option<Tag>) {
        let name = match name {
            Some(labels) => {
                let offset = self.pool.len() as u32;
                self.pool.push(labels.len() as u8);
                self.pool.extend_from_slice(labels);
                offset
            }
            None => Entry::UNNAMED,
        };
        let tag = tag.map_or(Entry::UNTAGGED, |tag| tag.0);
        self.entries.push(Entry { address: mapped(address), name, group, tag });
    }

    pub(crate) fn add_host(&mut self, target: Name, label: &[u8], group: u16) {
        self.hosts.push(HostEntry { target, label: label.into(), group });
    }

    pub(crate) fn add_unready(&mut self, count: u32) {
        self.unready += count;
    }

    /// Adds everything that another table holds.
    pub(crate) fn merge(&mut self, table: &EndpointTable) {
        let groups: Vec<_> = table.groups.iter().map(|ports| self.group(ports).unwrap_or_default()).collect();
        let tags: Vec<_> = table.tags.iter().map(|text| self.tag(text)).collect();
        let group = |old: u16| groups.get(usize::from(old)).copied().unwrap_or_default();
        for entry in &table.entries {
            let tag = tags.get(usize::from(entry.tag)).copied();
            self.add(entry.address(), table.name(entry), group(entry.group), tag);
        }
        self.hosts.extend(table.hosts.iter().map(|host| HostEntry { group: group(host.group), ..host.clone() }));
        self.unready += table.unready;
    }

    pub(crate) fn build(self) -> EndpointTable {
        let Self { mut entries, pool, groups, tags, hosts, unready } = self;
        let name_at = |offset: u32| -> &[u8] {
            pool.get(usize::try_from(offset).unwrap_or(usize::MAX)..)
                .and_then(<[u8]>::split_first)
                .and_then(|(&len, rest)| rest.get(..usize::from(len)))
                .unwrap_or_default()
        };
        entries.sort_by(|a, b| {
            a.address
                .cmp(&b.address)
                .then_with(|| a.is_named().cmp(&b.is_named()))
                .then_with(|| compare_folded(name_at(a.name), name_at(b.name)))
                .then_with(|| (a.tag, a.group).cmp(&(b.tag, b.group)))
        });
        let mut by_name: Vec<u32> =
            (0..entries.len() as u32).filter(|i| entries.get(*i as usize).is_some_and(Entry::is_named)).collect();
        let key = |index: &u32| {
            let entry = entries.get(*index as usize);
            let name = entry.map(|entry| name_at(entry.name)).unwrap_or_default();
            (name, entry.map(|entry| (entry.tag, entry.group, entry.address)))
        };
        by_name.sort_by(|a, b| {
            let ((name_a, rest_a), (name_b, rest_b)) = (key(a), key(b));
            compare_folded(name_a.get(1..).unwrap_or_default(), name_b.get(1..).unwrap_or_default())
                .then_with(|| name_a.first().cmp(&name_b.first()))
                .then_with(|| rest_a.cmp(&rest_b))
        });
        let ambiguous = entries.iter().filter(|entry| entry.is_named()).any(|entry| {
            let label = name_at(entry.name).get(1..).unwrap_or_default().to_ascii_lowercase();
            address_of_label(&label).is_some()
        });
        let pairs_of = |entry: &Entry| groups.get(usize::from(entry.group)).map_or(1, |list| list.len().max(1) as u32);
        let pairs = entries.iter().map(pairs_of).sum();
        EndpointTable {
            pairs,
            entries: entries.into(),
            by_name: by_name.into(),
            pool: pool.into(),
            groups: groups.into(),
            tags: tags.into(),
            hosts: hosts.into(),
            unready,
            ambiguous,
        }
    }
}

const fn mapped(address: IpAddr) -> [u8; 16] {
    match address {
        IpAddr::V4(v4) => v4.to_ipv6_mapped().octets(),
        IpAddr::V6(v6) => v6.octets(),
    }
}

fn compare_folded(a: &[u8], b: &[u8]) -> Ordering {
    a.iter().map(u8::to_ascii_lowercase).cmp(b.iter().map(u8::to_ascii_lowercase))
}
