//! Aliases as the original follows them, and endpoints that are host names, which only it serves.
//!
//! An alias shows only together with what it leads to; the response code is always NOERROR; a target outside is
//! followed by whatever its answer section had (cluster-DNS behaviour of CoreDNS 1.14.7, `plugin/backend_lookup.go`).

use super::alias::MAX_ALIASES;
use super::{Done, Responder, negative};
use crate::classify::{Outcome, classify};
use crate::name::{FoldedName, Name, NameRef};
use crate::place::{Place, Selection};
use crate::record_set::{Family, RecordSet, View};
use crate::record_type::RecordType;
use crate::store::{EndpointTable, ServiceNode};
use crate::verdict::{ChasedOutcome, Rcode};
use crate::wire::{Flags, Reply, Section};

/// The targets on the way to here, nearest first.
struct Trail<'t> {
    target: NameRef<'t>,
    before: Option<&'t Self>,
}

impl Trail<'_> {
    fn len(trail: Option<&Trail<'_>>) -> usize {
        trail.map_or(0, |trail| 1 + Self::len(trail.before))
    }

    fn has(trail: Option<&Trail<'_>>, target: NameRef<'_>) -> bool {
        trail.is_some_and(|trail| trail.target == target || Self::has(trail.before, target))
    }
}

/// A step needs this name resolved outside.
struct Needed<'s>(NameRef<'s>);

impl<'s> Responder<'s, '_> {
    /// Answers for endpoints among which are host names; `None` when there are none.
    pub(super) fn answer_hosts<'q>(
        &self,
        view: &View<'s, 'q>,
        node: &'s ServiceNode,
        selection: &Selection<'q>,
        reply: &mut Reply<'_, '_>,
    ) -> Option<Done<'s>>
    where
        's: 'q,
    {
        let table = &*node.endpoints;
        if table.hosts().is_empty() {
            return None;
        }
        if self.record_type == RecordType::CNAME {
            // The original takes whatever comes first; an address there makes it no data.
            let first = hosts(table, selection).next().filter(|_| selection.entries(table).next().is_none())?;
            return Some(self.answer_records(view, &RecordSet::Alias(first.as_ref()), reply));
        }
        Family::of(self.record_type)?;
        Some(self.finish_original(view, reply, |responder, truncated, reply| {
            responder.write_endpoints(view, table, selection, None, truncated, reply)
        }))
    }

    pub(super) fn answer_alias_as_original<'q>(
        &self,
        view: &View<'s, 'q>,
        target: NameRef<'s>,
        reply: &mut Reply<'_, '_>,
    ) -> Done<'s>
    where
        's: 'q,
    {
        self.finish_original(view, reply, |responder, truncated, reply| {
            responder.write_alias(view, target, None, truncated, reply)
        })
    }

    fn finish_original<'q>(
        &self,
        view: &View<'s, 'q>,
        reply: &mut Reply<'_, '_>,
        write: impl FnOnce(&Self, &mut bool, &mut Reply<'_, '_>) -> Result<(), Needed<'s>>,
    ) -> Done<'s>
    where
        's: 'q,
    {
        let mut truncated = false;
        let written = write(self, &mut truncated, reply);
        let flags = Flags { authoritative: true, truncated };
        match written {
            Err(Needed(target)) => Done::Chase(target, flags),
            Ok(()) if reply.answers() > 0 || truncated => Done::Reply(flags),
            Ok(()) => Done::Reply(self.write_negative(view, Rcode::NOERROR, negative::NO_SUCH_TYPE, reply)),
        }
    }

    /// Writes what a name has: records, or an alias and what it leads to.
    fn write_name(
        &self,
        name: NameRef<'s>,
        trail: Option<&Trail<'_>>,
        truncated: &mut bool,
        reply: &mut Reply<'_, '_>,
    ) -> Result<(), Needed<'s>> {
        let folded = FoldedName::new(name);
        let Some((view, place)) = self.snapshot.resolve(name.as_wire(), &folded) else { return Ok(()) };
        if let Place::Endpoints { node, selection } = &place {
            return self.write_endpoints(&view, &node.endpoints, selection, trail, truncated, reply);
        }
        match classify(&view, &place, self.record_type) {
            Outcome::Alias(target) => self.write_alias(&view, target, trail, truncated, reply),
            Outcome::Records(records) => {
                if self.write_records(&view, &records, reply).is_some_and(|flags| flags.truncated) {
                    *truncated = true;
                }
                Ok(())
            }
            Outcome::NoData(_) | Outcome::NxDomain(_) => Ok(()),
        }
    }

    /// Whether following a name brings any record: an alias to nothing is not shown.
    fn leads_somewhere(&self, name: NameRef<'s>, trail: Option<&Trail<'_>>) -> Result<bool, Needed<'s>> {
        let folded = FoldedName::new(name);
        let Some((view, place)) = self.snapshot.resolve(name.as_wire(), &folded) else { return Ok(false) };
        if let Place::Endpoints { node, selection } = &place {
            for target in hosts(&node.endpoints, selection) {
                if self.shows_alias(&view, target.as_ref(), trail)? {
                    return Ok(true);
                }
            }
        }
        match classify(&view, &place, self.record_type) {
            Outcome::Alias(target) => self.shows_alias(&view, target, trail),
            Outcome::Records(RecordSet::NameServerAddresses(_)) if self.has_capital_zone => Ok(false),
            Outcome::Records(records) => Ok(!records.is_empty(&view)),
            Outcome::NoData(_) | Outcome::NxDomain(_) => Ok(false),
        }
    }

    fn shows_alias<'q>(
        &self,
        view: &View<'s, 'q>,
        target: NameRef<'s>,
        trail: Option<&Trail<'_>>,
    ) -> Result<bool, Needed<'s>>
    where
        's: 'q,
    {
        if ends_chain(view, target, trail) {
            return Ok(false);
        }
        if target.is_in(NameRef::trusted(view.apex)) {
            return self.leads_somewhere(target, Some(&Trail { target, before: trail }));
        }
        let folded = FoldedName::new(target);
        if self.snapshot.resolve(target.as_wire(), &folded).is_some() {
            return Ok(true);
        }
        match self.find_chased(target, self.record_type) {
            None => Err(Needed(target)),
            Some(outcome) => Ok(matches!(outcome, ChasedOutcome::Answered { .. })),
        }
    }

    fn write_endpoints<'q>(
        &self,
        view: &View<'s, 'q>,
        table: &'s EndpointTable,
        selection: &Selection<'q>,
        trail: Option<&Trail<'_>>,
        truncated: &mut bool,
        reply: &mut Reply<'_, '_>,
    ) -> Result<(), Needed<'s>>
    where
        's: 'q,
    {
        let Some(family) = Family::of(self.record_type) else { return Ok(()) };
        for target in hosts(table, selection) {
            self.write_alias(view, target.as_ref(), trail, truncated, reply)?;
        }
        let records = RecordSet::Endpoints { table, selection: selection.clone(), family };
        if self.write_records(view, &records, reply).is_some_and(|flags| flags.truncated) {
            *truncated = true;
        }
        Ok(())
    }

    fn write_alias<'q>(
        &self,
        view: &View<'s, 'q>,
        target: NameRef<'s>,
        trail: Option<&Trail<'_>>,
        truncated: &mut bool,
        reply: &mut Reply<'_, '_>,
    ) -> Result<(), Needed<'s>>
    where
        's: 'q,
    {
        if ends_chain(view, target, trail) {
            return Ok(());
        }
        let here = Trail { target, before: trail };
        let inside = target.is_in(NameRef::trusted(view.apex));
        if inside && !self.leads_somewhere(target, Some(&here))? {
            return Ok(());
        }
        let mark = reply.mark();
        let alias = RecordSet::alias(view, target);
        if !reply.push(Section::Answer, &alias) {
            *truncated = true;
            return Ok(());
        }
        if inside {
            return self.write_name(target, Some(&here), truncated, reply);
        }
        let folded = FoldedName::new(target);
        if self.snapshot.resolve(target.as_wire(), &folded).is_some() {
            // In another of our zones: as if it were outside, so the alias stays whatever comes.
            return self.write_name(target, Some(&here), truncated, reply);
        }
        match self.find_chased(target, self.record_type) {
            None => Err(Needed(target)),
            Some(ChasedOutcome::Failed) => {
                reply.back_to(mark);
                Ok(())
            }
            Some(ChasedOutcome::Answered { truncated: cut, answer, .. }) => {
                *truncated |= cut;
                if !reply.push_wire(Section::Answer, answer.octets, |_| true) {
                    *truncated = true;
                }
                Ok(())
            }
        }
    }
}

/// A target that is the name itself or below it, a long way and a target seen before all end the chain.
fn ends_chain(view: &View<'_, '_>, target: NameRef<'_>, trail: Option<&Trail<'_>>) -> bool {
    target.is_in(NameRef::trusted(view.name)) || Trail::len(trail) >= MAX_ALIASES || Trail::has(trail, target)
}

/// The host names among the selected endpoints, once for each port that matches, as the original repeats them.
fn hosts<'s>(table: &'s EndpointTable, selection: &Selection<'_>) -> impl Iterator<Item = &'s Name> {
    let chosen = table.hosts().iter().filter(|host| selection.lets_host(table, &host.label, host.group));
    chosen.flat_map(|host| {
        let ports = selection.ports.count(table.ports(host.group));
        std::iter::repeat_n(&host.target, ports)
    })
}
