//! Records of endpoints: addresses, and SRV targets with their addresses.

use std::net::IpAddr;
use std::ops::Range;

use super::{Family, weight};
use crate::place::Selection;
use crate::record::{RecordData, RecordName};
use crate::store::{EndpointLabel, EndpointTable, Entry, ServiceNode, address_of_label};

/// The name of an endpoint below its Service's.
pub(super) fn name_of<'a>(table: &'a EndpointTable, entry: &Entry, service: &RecordName<'a>) -> RecordName<'a> {
    let [_, cluster, key, tree, zone] = service.parts;
    match table.name(entry) {
        Some(name) => RecordName { dashed: None, parts: [name, cluster, key, tree, zone] },
        None => RecordName { dashed: Some(entry.address()), parts: [b"", cluster, key, tree, zone] },
    }
}

/// Each selected address of a family once, from a place that `seed` chooses.
pub(super) fn addresses(
    table: &EndpointTable,
    selection: &Selection<'_>,
    family: Family,
    seed: u64,
    take: &mut impl FnMut(IpAddr) -> bool,
) {
    let mut take_entry = |entry: &Entry| {
        let address = entry.address();
        !family.has(address) || take(address)
    };
    if selection.is_whole(table) {
        // In the order of addresses duplicates are neighbours.
        let entries = table.entries();
        let mut start = rotation(seed, entries.len());
        while start > 0 && same_address(entries.get(start), entries.get(start - 1)) {
            start -= 1;
        }
        let (tail, head) = entries.split_at_checked(start).unwrap_or((&[], entries));
        let mut last: Option<&Entry> = None;
        for entry in head.iter().chain(tail) {
            if last.is_some_and(|last| last.same_address(entry)) || !selection.lets(table, entry) {
                continue;
            }
            last = Some(entry);
            if !take_entry(entry) {
                return;
            }
        }
        return;
    }
    // One endpoint's name: few entries, in no order that makes duplicates neighbours.
    let start = rotation(seed, selection.entries(table).count());
    for (index, entry) in rotated(start, || selection.entries(table)) {
        let seen = rotated(start, || selection.entries(table)).take(index).any(|(_, e)| e.same_address(entry));
        if !seen && !take_entry(entry) {
            return;
        }
    }
}

fn same_address(a: Option<&Entry>, b: Option<&Entry>) -> bool {
    a.zip(b).is_some_and(|(a, b)| a.same_address(b))
}

/// An iterator's items numbered, beginning with the one at `start` and coming round to it.
fn rotated<I: Iterator>(start: usize, items: impl Fn() -> I) -> impl Iterator<Item = (usize, I::Item)> {
    items().skip(start).chain(items().take(start)).enumerate()
}

fn rotation(seed: u64, len: usize) -> usize {
    // Multiply-shift instead of a remainder: no division on the hot path.
    ((u128::from(seed) * len as u128) >> 64) as usize
}

/// The SRV targets of a selection: endpoints by name, those of equal names together.
pub(super) struct Targets<'s, 'q> {
    table: &'s EndpointTable,
    selection: &'s Selection<'q>,
    service: RecordName<'s>,
    multicluster: bool,
}

/// The entries of one target.
#[derive(Clone, Debug)]
struct Run {
    /// Positions in the order by name.
    named: Range<u32>,
    /// Indexes in the order of addresses.
    unnamed: Range<u32>,
}

impl<'s, 'q> Targets<'s, 'q> {
    pub(super) fn new(node: &'s ServiceNode, selection: &'s Selection<'q>, multicluster: bool, zone: &'s [u8]) -> Self {
        let service = RecordName { dashed: None, parts: [b"", b"", node.labels(), super::SVC, zone] };
        Self { table: &node.endpoints, selection, service, multicluster }
    }

    /// The SRV data, one for each target and port number.
    pub(super) fn services(&self, seed: u64, take: &mut impl FnMut(RecordData<'_>) -> bool) {
        let weight = weight(self.candidates());
        self.runs(seed, &mut |run| {
            let Some(target) = self.entries(run).next().map(|entry| self.target(entry)) else { return true };
            for (index, entry) in self.entries(run).enumerate() {
                let earlier = || self.entries(run).take(index);
                if earlier().any(|other| other.group() == entry.group()) {
                    continue;
                }
                let ports = self.table.ports(entry.group());
                for (at, port) in self.selection.ports.matching(ports).enumerate() {
                    let Some(number) = port.number else { continue };
                    let is_same = |number_seen: Option<u16>| number_seen == Some(number);
                    let mut of_this_group = self.selection.ports.matching(ports).take(at);
                    let seen = of_this_group.any(|port| is_same(port.number))
                        || earlier().any(|other| {
                            let ports = self.table.ports(other.group());
                            self.selection.ports.matching(ports).any(|port| is_same(port.number))
                        });
                    if !seen && !take(RecordData::Srv { priority: 0, weight, port: number, target }) {
                        return false;
                    }
                }
            }
            true
        });
    }

    /// The addresses of each target that has an SRV record, in the order of [`Self::services`].
    pub(super) fn glue(&self, seed: u64, take: &mut impl FnMut(RecordName<'_>, IpAddr) -> bool) {
        let distinct = self.table.groups().count() <= 1 && !self.table.is_ambiguous();
        self.runs(seed, &mut |run| {
            let mut last: Option<&Entry> = None;
            for (index, entry) in self.entries(run).enumerate() {
                if !self.has_number(entry) {
                    continue;
                }
                let mut seen = last.is_some_and(|last| last.same_address(entry));
                if !distinct {
                    let mut earlier = self.entries(run).take(index);
                    seen |= earlier.any(|other| other.same_address(entry) && self.has_number(other));
                }
                last = Some(entry);
                if !seen && !take(self.target(entry), entry.address()) {
                    return false;
                }
            }
            true
        });
    }

    fn has_number(&self, entry: &Entry) -> bool {
        self.selection.ports.matching(self.table.ports(entry.group())).any(|port| port.number.is_some())
    }

    /// Pairs of a selected entry and port, before duplicates go.
    fn candidates(&self) -> u32 {
        let whole = self.selection.is_whole(self.table) && self.selection.tag.is_none();
        if whole && self.selection.ports.is_any() {
            return self.table.pairs();
        }
        let pairs = |entry: &Entry| self.selection.ports.count(self.table.ports(entry.group())) as u32;
        self.selection.entries(self.table).map(pairs).sum()
    }

    fn target(&self, entry: &Entry) -> RecordName<'s> {
        let mut service = self.service;
        if self.multicluster {
            let [_, cluster, ..] = &mut service.parts;
            *cluster = self.table.tag_text(entry.tag()).unwrap_or_default();
        }
        name_of(self.table, entry, &service)
    }

    fn entries(&self, run: &Run) -> impl Iterator<Item = &'s Entry> + use<'s, 'q> {
        let selection = Selection { named: run.named.clone(), unnamed: run.unnamed.clone(), ..self.selection.clone() };
        selection.entries(self.table)
    }

    /// Hands out the runs, beginning with one that `seed` chooses.
    fn runs(&self, seed: u64, take: &mut impl FnMut(&Run) -> bool) {
        let named = self.selection.named.clone();
        let unnamed = self.selection.unnamed.clone();
        let total = named.len() + unnamed.len();
        let mut start = rotation(seed, total) as u32;
        // Back to where its run begins.
        while start > 0 && start != named.len() as u32 && self.continues(start) {
            start -= 1;
        }
        let mut at = start;
        let total = total as u32;
        let mut wrapped = false;
        loop {
            if at >= total {
                if wrapped {
                    return;
                }
                wrapped = true;
                at = 0;
            }
            if wrapped && at >= start {
                return;
            }
            let first = at;
            at += 1;
            while at < total && at != named.len() as u32 && self.continues(at) {
                at += 1;
            }
            let split = named.len() as u32;
            let run = if first < split {
                let run = Run { named: named.start + first..named.start + at, unnamed: 0..0 };
                self.with_dashed(run)
            } else {
                let run = Run { named: 0..0, unnamed: unnamed.start + first - split..unnamed.start + at - split };
                if self.is_taken(&run) {
                    continue;
                }
                run
            };
            if !take(&run) {
                return;
            }
        }
    }

    /// Whether the entry at a position belongs to the run of the one before.
    fn continues(&self, at: u32) -> bool {
        let split = self.selection.named.len() as u32;
        let entry = |at: u32| {
            if at < split {
                self.table.named(self.selection.named.start + at)
            } else {
                self.table.entry(self.selection.unnamed.start + at - split)
            }
        };
        let (Some(this), Some(before)) = (entry(at), entry(at - 1)) else { return false };
        if self.multicluster && this.tag() != before.tag() {
            return false;
        }
        if at < split {
            let (this, before) = (self.table.name(this), self.table.name(before));
            return this.zip(before).is_some_and(|(a, b)| a.eq_ignore_ascii_case(b));
        }
        this.same_address(before)
    }

    /// A named run whose label is a dashed address takes in the unnamed entries of that address.
    fn with_dashed(&self, run: Run) -> Run {
        if !self.table.is_ambiguous() {
            return run;
        }
        let name = self.table.named(run.named.start).and_then(|entry| self.table.name(entry));
        let mut label = [0; 64];
        let address =
            name.and_then(|name| crate::name::fold_into(name.get(1..)?, &mut label)).and_then(address_of_label);
        let unnamed = address.map_or(0..0, |address| self.table.find_address(address));
        Run { unnamed, ..run }
    }

    /// Whether the dashed address of an unnamed run is also the name of others, which then have taken it in.
    fn is_taken(&self, run: &Run) -> bool {
        if !self.table.is_ambiguous() {
            return false;
        }
        let Some(entry) = self.table.entry(run.unnamed.start) else { return false };
        let label = EndpointLabel::of(entry.address());
        let positions = self.table.find_name(label.as_bytes());
        let named = &self.selection.named;
        !positions.is_empty() && positions.start < named.end && positions.end > named.start
    }
}
