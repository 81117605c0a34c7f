//! Typed answers for programs.

use crate::classify::{Outcome, classify};
use crate::config::Conformance;
use crate::model::Kinds;
use crate::name::{FoldedName, NameRef};
use crate::place::{Absence, Emptiness};
use crate::record::RecordRef;
use crate::record_set::RecordSet;
use crate::record_type::RecordType;
use crate::respond::MAX_ALIASES;
use crate::snapshot::Snapshot;

/// What a question gets.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Answer<'a> {
    /// Records, through aliases within the zones where there are any.
    Records(Records<'a>),
    /// The name exists without such records.
    NoData {
        /// The apex of the zone whose SOA record goes with it.
        zone: NameRef<'a>,
        /// Why the name has no records at all; `None` where it has others.
        reason: Option<Emptiness>,
    },
    /// The name does not exist.
    NxDomain {
        /// The apex of the zone whose SOA record goes with it.
        zone: NameRef<'a>,
        /// Why.
        reason: Absence,
    },
    /// The name is, at the end of its aliases, one outside the zones.
    Chase {
        /// The aliases on the way.
        aliases: Records<'a>,
        /// The name to resolve elsewhere.
        target: NameRef<'a>,
    },
    /// The name is in none of the zones.
    NotAuthoritative,
    /// Not everything that the answer depends on was seen yet.
    NotSynced(Kinds),
}

/// The records of an answer, produced as they are visited: nothing is stored and nothing allocated.
#[derive(Clone, Copy, Debug)]
pub struct Records<'a> {
    snapshot: &'a Snapshot,
    name: NameRef<'a>,
    record_type: RecordType,
}

impl<'a> Records<'a> {
    /// The type asked for; aliases on the way come besides.
    pub const fn record_type(&self) -> RecordType {
        self.record_type
    }

    /// Visits the answer's records, aliases first, until `visit` returns `false`.
    pub fn for_each(&self, mut visit: impl FnMut(&RecordRef<'_>) -> bool) {
        self.walk(&mut |view, records| {
            let mut more = true;
            records.answers(view, 0, &mut |record| {
                more = visit(&record);
                more
            });
            more
        });
    }

    /// Visits the additional records: the addresses of the names in SRV and NS records.
    pub fn for_each_additional(&self, mut visit: impl FnMut(&RecordRef<'_>) -> bool) {
        self.walk(&mut |view, records| {
            let mut more = true;
            records.additional(view, 0, &mut |record| {
                more = visit(&record);
                more
            });
            more
        });
    }

    /// The records as zone text, one line each. Allocates.
    pub fn to_strings(&self) -> Vec<String> {
        let mut lines = Vec::new();
        self.for_each(|record| {
            lines.push(record.to_string());
            true
        });
        lines
    }

    /// Hands out the sets of records from the name asked for to the end of its aliases.
    fn walk(&self, visit: &mut impl FnMut(&crate::record_set::View<'_, '_>, &RecordSet<'_, '_>) -> bool) {
        let mut name = self.name;
        for _ in 0..MAX_ALIASES {
            let folded = FoldedName::new(name);
            let Some((view, place)) = self.snapshot.resolve(name.as_wire(), &folded) else { return };
            match classify(&view, &place, self.record_type) {
                Outcome::Records(records) => {
                    visit(&view, &records);
                    return;
                }
                Outcome::Alias(target) => {
                    if !visit(&view, &RecordSet::Alias(target)) || target == name {
                        return;
                    }
                    name = target;
                }
                Outcome::NoData(_) | Outcome::NxDomain(_) => return,
            }
        }
    }
}

impl Snapshot {
    /// The answer to a question, as borrowed views: copies no name and allocates nothing.
    ///
    /// Under [`Conformance::CoreDns`] an alias that leads nowhere within the zones is no data, as in the original;
    /// endpoints that are host names show in [`Self::respond`] only.
    pub fn lookup<'a>(&'a self, name: NameRef<'a>, record_type: RecordType) -> Answer<'a> {
        let original = self.config.conformance == Conformance::CoreDns;
        let records = Records { snapshot: self, name, record_type };
        let mut here = name;
        for hop in 0..MAX_ALIASES {
            let folded = FoldedName::new(here);
            let Some((view, place)) = self.resolve(here.as_wire(), &folded) else {
                return match hop {
                    0 => Answer::NotAuthoritative,
                    _ => Answer::Chase { aliases: records, target: here },
                };
            };
            if !self.missing.is_empty() {
                return Answer::NotSynced(self.missing);
            }
            let zone = view.zone.name();
            match classify(&view, &place, record_type) {
                Outcome::Alias(target) if target == here => return Answer::NoData { zone, reason: None },
                Outcome::Alias(target) => here = target,
                Outcome::Records(set) => {
                    let empty = set.is_empty(&view);
                    return if empty { Answer::NoData { zone, reason: None } } else { Answer::Records(records) };
                }
                Outcome::NoData(reason) => return Answer::NoData { zone, reason },
                Outcome::NxDomain(_) if original && hop > 0 => return Answer::NoData { zone, reason: None },
                Outcome::NxDomain(reason) => {
                    return Answer::NxDomain { zone, reason: view.finder().reason(reason, here) };
                }
            }
        }
        // The aliases go round in a ring.
        let zone = self.config.zones().next().unwrap_or(NameRef::ROOT);
        Answer::NoData { zone, reason: None }
    }
}
