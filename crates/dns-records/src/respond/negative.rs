//! Negative answers (RFC 2308), with their reasons where the client wants them (RFC 8914).

use super::Responder;
use crate::model::Kinds;
use crate::name::NameRef;
use crate::place::{Absence, Emptiness};
use crate::record_set::View;
use crate::verdict::Rcode;
use crate::wire::{Flags, Reply};

/// Extended error "Not Ready" (RFC 8914 §4.15).
const NOT_READY: u16 = 14;
/// Extended error "Other" (RFC 8914 §4.1).
const OTHER: u16 = 0;

pub(super) const NO_SUCH_TYPE: &str = "the name has no records of this type";

impl<'s> Responder<'s, '_> {
    /// Writes the zone's SOA record into the authority section.
    #[inline]
    pub(super) fn write_negative<'q>(
        &self,
        view: &View<'s, 'q>,
        rcode: Rcode,
        reason: &'static str,
        reply: &mut Reply<'_, '_>,
    ) -> Flags
    where
        's: 'q,
    {
        reply.set_rcode(rcode);
        reply.set_extended_error(OTHER, reason);
        let fits = reply.push_soa(view);
        Flags { authoritative: true, truncated: !fits }
    }

    /// Why a name does not exist, worked out only for those who want to know.
    #[inline(always)]
    pub(super) fn reason<'q>(&self, view: &View<'s, 'q>, absence: Absence, reply: &Reply<'_, '_>) -> &'static str
    where
        's: 'q,
    {
        let absence = match reply.wants_reasons() {
            true => view.finder().reason(absence, NameRef::trusted(view.name)),
            false => absence,
        };
        absence.reason()
    }

    /// SERVFAIL: what is asked for may exist, but not everything was seen yet.
    pub(super) fn not_synced<'q>(&self, view: &View<'s, 'q>, mut reply: Reply<'_, '_>, missing: Kinds) -> usize
    where
        's: 'q,
    {
        let reason = match missing.iter().next() {
            Some(kind) => kind.not_synced(),
            None => "not synced",
        };
        self.write_negative(view, Rcode::SERVFAIL, reason, &mut reply);
        reply.set_extended_error(NOT_READY, reason);
        reply.finish(Flags { authoritative: true, truncated: false })
    }
}

pub(super) const fn of_emptiness(emptiness: Option<Emptiness>) -> &'static str {
    match emptiness {
        Some(emptiness) => emptiness.reason(),
        None => NO_SUCH_TYPE,
    }
}
