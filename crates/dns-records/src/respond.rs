//! Wire in, wire out.

mod alias;
mod hosts;
mod negative;

pub(crate) use alias::MAX_ALIASES;

use crate::classify::{Outcome, classify};
use crate::config::Conformance;
use crate::name::{FoldedName, NameRef};
use crate::place::Place;
use crate::record_set::{RecordSet, View};
use crate::record_type::RecordType;
use crate::snapshot::Snapshot;
use crate::verdict::{Chased, Limits, Rcode, TransferKind, Verdict};
use crate::wire::{Flags, HEADER, Header, Malformed, Question, Reply, Section, error_to, expand};

/// An answer in the making.
pub(crate) struct Responder<'s, 'c> {
    pub(crate) snapshot: &'s Snapshot,
    pub(crate) record_type: RecordType,
    pub(crate) seed: u64,
    pub(crate) chased: &'c [Chased<'c>],
    /// Whether the question spells the zone with capitals and is answered as the original does, which does not always
    /// recognise that.
    pub(crate) has_capital_zone: bool,
}

/// What an answer came to.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Done<'s> {
    /// It is written.
    Reply(Flags),
    /// The name does not exist; the negative answer is written.
    Missing(Flags),
    /// It needs this name resolved outside.
    Chase(NameRef<'s>, Flags),
}

impl Snapshot {
    /// Answers a wire-format query into `out` without allocating.
    ///
    /// `seed` chooses which of several records comes first. `out` should hold as much as the limits allow: 65535
    /// octets for [`Limits::tcp`]; a shorter one truncates.
    ///
    /// ```
    /// # use dns_records::{ClusterZones, Limits, Verdict, ZoneConfig};
    /// let snapshot = ClusterZones::new(ZoneConfig::new("cluster.local")?)?.publish(1);
    /// let mut out = [0; 512];
    /// assert_eq!(snapshot.respond(b"too short", Limits::udp(), 7, &mut out), Verdict::Drop);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn respond<'s>(&'s self, query: &[u8], limits: Limits, seed: u64, out: &mut [u8]) -> Verdict<'s> {
        self.respond_chased(query, limits, seed, &[], out)
    }

    /// As [`Self::respond`], with what resolving the targets of earlier [`Verdict::Chase`]s brought.
    pub fn respond_chased<'s>(
        &'s self,
        query: &[u8],
        limits: Limits,
        seed: u64,
        chased: &[Chased<'_>],
        out: &mut [u8],
    ) -> Verdict<'s> {
        let Ok(header) = Header::read(query) else { return Verdict::Drop };
        let conformance = self.config.conformance;
        let original = conformance == Conformance::CoreDns;
        let answered = header.is_query() || original && header.is_notify();
        if !answered {
            return bare(header, Rcode::NOTIMP, limits, out);
        }
        let mut folded = FoldedName::empty();
        let mut question = Question::unread(header);
        match question.read_in_place(query, &mut folded) {
            Ok(()) => {}
            Err(Malformed::NoQuestion) if original => return bare(header, Rcode::SERVFAIL, limits, out),
            Err(Malformed::Question) => return self.respond_expanded(query, header, limits, seed, chased, out),
            Err(_) => return bare(header, Rcode::FORMERR, limits, out),
        }
        let error = |rcode, out: &mut [u8]| match error_to(&question, rcode, limits, conformance, out) {
            0 => Verdict::Drop,
            len => Verdict::Reply(len),
        };
        if question.is_broken {
            let plain = Question { edns: None, ..question };
            return match error_to(&plain, Rcode::FORMERR, limits, conformance, out) {
                0 => Verdict::Drop,
                len => Verdict::Reply(len),
            };
        }
        if let Some(edns) = question.edns {
            // RFC 6891 §6.1.1: one OPT record, owned by the root; §6.1.3: version 0.
            if !original && !edns.is_proper {
                return error(Rcode::FORMERR, out);
            }
            if edns.version != 0 {
                return error(Rcode::BADVERS, out);
            }
        }
        if !question.is_class_in() && !original {
            return error(Rcode::REFUSED, out);
        }
        // Built in their places: handed back together they would be copied.
        let Some((zone, apex)) = self.config.zones.find(&folded) else { return Verdict::NotOurs };
        let view = self.view(zone, question.name, folded.start(apex));
        let place = view.finder().find(&folded, zone, apex);
        if matches!(question.record_type, RecordType::AXFR | RecordType::IXFR) {
            return transfer(&question, limits, conformance, out);
        }
        let Some(mut reply) = Reply::start(out, &question, limits, conformance) else { return Verdict::Drop };
        let has_capital_zone = original && view.apex.iter().any(u8::is_ascii_uppercase);
        let responder = Responder { snapshot: self, record_type: question.record_type, seed, chased, has_capital_zone };
        let missing = match (conformance, &place) {
            (Conformance::Rfc, _) => self.missing,
            (Conformance::CoreDns, Place::Missing(_)) => self.missing,
            (Conformance::CoreDns, _) => crate::model::Kinds::EMPTY,
        };
        if !missing.is_empty() {
            return Verdict::Reply(responder.not_synced(&view, reply, missing));
        }
        let done = responder.answer(&view, &place, &mut reply);
        let name = NameRef::trusted(question.name);
        match done {
            Done::Reply(flags) => Verdict::Reply(reply.finish(flags)),
            Done::Missing(flags) if self.config.fallthrough.covers(name) => {
                Verdict::FallThrough { len: reply.finish(flags) }
            }
            Done::Missing(flags) => Verdict::Reply(reply.finish(flags)),
            Done::Chase(target, flags) => {
                Verdict::Chase { target, record_type: question.record_type, len: reply.finish(flags) }
            }
        }
    }
}

impl Snapshot {
    /// Answers a query whose name is compressed, or refuses one whose name is broken.
    #[cold]
    fn respond_expanded<'s>(
        &'s self,
        query: &[u8],
        header: Header,
        limits: Limits,
        seed: u64,
        chased: &[Chased<'_>],
        out: &mut [u8],
    ) -> Verdict<'s> {
        let mut expanded = [0; 1024];
        match expand(query, &mut expanded).and_then(|len| expanded.get(..len)) {
            Some(query) => self.respond_chased(query, limits, seed, chased, out),
            None => bare(header, Rcode::FORMERR, limits, out),
        }
    }
}

impl<'s> Responder<'s, '_> {
    #[inline(always)]
    fn answer<'q>(&self, view: &View<'s, 'q>, place: &Place<'s, 'q>, reply: &mut Reply<'_, '_>) -> Done<'s>
    where
        's: 'q,
    {
        if let Place::Endpoints { node, selection } = place
            && let Some(done) = self.answer_hosts(view, node, selection, reply)
        {
            return done;
        }
        match classify(view, place, self.record_type) {
            Outcome::Records(records) => self.answer_records(view, &records, reply),
            Outcome::Alias(target) => self.answer_alias(view, target, reply),
            Outcome::NoData(emptiness) => {
                Done::Reply(self.write_negative(view, Rcode::NOERROR, negative::of_emptiness(emptiness), reply))
            }
            Outcome::NxDomain(absence) => {
                let reason = self.reason(view, absence, reply);
                Done::Missing(self.write_negative(view, Rcode::NXDOMAIN, reason, reply))
            }
        }
    }

    /// Writes a set of records; an empty set is no data.
    fn answer_records<'q>(
        &self,
        view: &View<'s, 'q>,
        records: &RecordSet<'s, 'q>,
        reply: &mut Reply<'_, '_>,
    ) -> Done<'s>
    where
        's: 'q,
    {
        match self.write_records(view, records, reply) {
            Some(flags) => Done::Reply(flags),
            None => Done::Reply(self.write_negative(view, Rcode::NOERROR, negative::NO_SUCH_TYPE, reply)),
        }
    }

    /// Writes a set of records with what belongs into the additional section; `None` for an empty set.
    fn write_records<'q>(
        &self,
        view: &View<'s, 'q>,
        records: &RecordSet<'s, 'q>,
        reply: &mut Reply<'_, '_>,
    ) -> Option<Flags>
    where
        's: 'q,
    {
        let mut fits = true;
        let mut any = false;
        // Addresses of the name asked for, most of what is ever answered, have a form that is always the same.
        if reply.asks_for(view.name) {
            let ttl = view.ttl();
            let addresses = records.addresses(view, self.seed, &mut |address| {
                any = true;
                fits = reply.push_own_address(address, ttl);
                fits
            });
            if addresses {
                return any.then_some(Flags { authoritative: true, truncated: !fits });
            }
        }
        records.answers(view, self.seed, &mut |record| {
            any = true;
            fits = reply.push(Section::Answer, &record);
            fits
        });
        if !any {
            return None;
        }
        let mut glue_fits = fits;
        if fits {
            let targets = matches!(records, RecordSet::EndpointServices { .. });
            records.additional(view, self.seed, &mut |record| {
                glue_fits = if targets { reply.push_glue(&record) } else { reply.push(Section::Additional, &record) };
                glue_fits
            });
        }
        // RFC 2181 §9: glue that does not fit is left out without a word; the original sets TC.
        let original = self.snapshot.config.conformance == Conformance::CoreDns;
        Some(Flags { authoritative: true, truncated: !fits || (original && !glue_fits) })
    }
}

/// A reply of the header alone, to what has no question that could be repeated.
pub(crate) fn bare<'s>(header: Header, rcode: Rcode, limits: Limits, out: &mut [u8]) -> Verdict<'s> {
    let Some(out) = out.get_mut(..HEADER) else { return Verdict::Drop };
    let recursion_available = u16::from(limits.recursion_available) << 7;
    let bits = 0x8000 | header.copied_flags() | recursion_available | rcode.0 & 15;
    out.fill(0);
    for (slot, word) in out.chunks_exact_mut(2).zip([header.id, bits]) {
        slot.copy_from_slice(&word.to_be_bytes());
    }
    Verdict::Reply(HEADER)
}

fn transfer<'s>(question: &Question<'_>, limits: Limits, conformance: Conformance, out: &mut [u8]) -> Verdict<'s> {
    let len = error_to(question, Rcode::REFUSED, limits, conformance, out);
    if len == 0 {
        return Verdict::Drop;
    }
    let kind = match (question.record_type, question.soa_serial) {
        (RecordType::IXFR, Some(serial)) => TransferKind::Ixfr { serial },
        (RecordType::IXFR, None) => return Verdict::Reply(len),
        _ => TransferKind::Axfr,
    };
    Verdict::Transfer { kind, len }
}
