//! Aliases by the standards: the alias always shows, and the response code is that of the end of the chain
//! (RFC 1034 §4.3.2, RFC 6604 §3). The original's way is in [`super::hosts`].

use super::{Done, Responder, negative};
use crate::classify::{Outcome, classify};
use crate::config::Conformance;
use crate::name::{FoldedName, NameRef};
use crate::place::Place;
use crate::record_set::{RecordSet, View};
use crate::record_type::RecordType;
use crate::verdict::{ChasedOutcome, Rcode};
use crate::wire::{Flags, Reply, Section};

/// Aliases followed for one question, as the original does.
pub(crate) const MAX_ALIASES: usize = 11;

impl<'s> Responder<'s, '_> {
    pub(super) fn answer_alias<'q>(
        &self,
        view: &View<'s, 'q>,
        target: NameRef<'s>,
        reply: &mut Reply<'_, '_>,
    ) -> Done<'s>
    where
        's: 'q,
    {
        if self.snapshot.config.conformance == Conformance::CoreDns {
            return self.answer_alias_as_original(view, target, reply);
        }
        let cut = Done::Reply(Flags { authoritative: true, truncated: true });
        let whole = Done::Reply(Flags { authoritative: true, truncated: false });
        let records = RecordSet::Alias(target);
        if self.write_records(view, &records, reply).is_none_or(|flags| flags.truncated) {
            return cut;
        }
        let start = NameRef::trusted(view.name);
        let mut before = [None; MAX_ALIASES];
        let mut target = target;
        for step in 0..MAX_ALIASES {
            // A ring ends where it would begin again: everything that there is to say was said.
            if target == start || before.iter().flatten().any(|seen| *seen == target) {
                return whole;
            }
            if let Some(slot) = before.get_mut(step) {
                *slot = Some(target);
            }
            let folded = FoldedName::new(target);
            let Some((view, place)) = self.snapshot.resolve(target.as_wire(), &folded) else {
                return self.answer_outside(target, reply);
            };
            if let Place::Missing(_) = place
                && self.snapshot.config.fallthrough.covers(target)
            {
                return self.answer_outside(target, reply);
            }
            match classify(&view, &place, self.record_type) {
                Outcome::Alias(_) if step + 1 == MAX_ALIASES => return whole,
                Outcome::Alias(next) => {
                    let mut record = RecordSet::alias(&view, next);
                    record.owner = target.into();
                    if !reply.push(Section::Answer, &record) {
                        return cut;
                    }
                    target = next;
                }
                Outcome::Records(records) => {
                    return match self.write_records(&view, &records, reply) {
                        Some(flags) => Done::Reply(flags),
                        None => Done::Reply(self.write_negative(&view, Rcode::NOERROR, negative::NO_SUCH_TYPE, reply)),
                    };
                }
                Outcome::NoData(emptiness) => {
                    let reason = negative::of_emptiness(emptiness);
                    return Done::Reply(self.write_negative(&view, Rcode::NOERROR, reason, reply));
                }
                Outcome::NxDomain(absence) => {
                    let reason = self.reason(&view, absence, reply);
                    return Done::Reply(self.write_negative(&view, Rcode::NXDOMAIN, reason, reply));
                }
            }
        }
        whole
    }

    /// The chain leads out of the zones: what came back is the rest of the answer.
    fn answer_outside(&self, target: NameRef<'s>, reply: &mut Reply<'_, '_>) -> Done<'s> {
        let mut flags = Flags { authoritative: true, truncated: false };
        match self.find_chased(target, self.record_type) {
            None => return Done::Chase(target, flags),
            Some(ChasedOutcome::Failed) => reply.set_rcode(Rcode::SERVFAIL),
            Some(ChasedOutcome::Answered { rcode, truncated, answer, authority }) => {
                reply.set_rcode(rcode);
                let fits = reply.push_wire(Section::Answer, answer.octets, |_| true);
                flags.truncated = truncated || !fits;
                if !flags.truncated {
                    // What makes a denial one (RFC 2308 §2). Who else serves the target's zone is not ours to say.
                    let is_soa = |record_type| record_type == RecordType::SOA;
                    flags.truncated = !reply.push_wire(Section::Authority, authority.octets, is_soa);
                }
            }
        }
        Done::Reply(flags)
    }

    pub(super) fn find_chased(&self, target: NameRef<'_>, record_type: RecordType) -> Option<ChasedOutcome<'_>> {
        let found = self.chased.iter().find(|chased| chased.record_type == record_type && chased.target == target)?;
        Some(found.outcome)
    }
}
