//! Zone transfers as a stream of messages (RFC 5936, RFC 1995).

use crate::config::Zone;
use crate::everything::Unit;
use crate::name::FoldedName;
use crate::record_set::View;
use crate::snapshot::Snapshot;
use crate::verdict::Limits;
use crate::wire::{Flags, Header, Question, Reply, Section};

/// Records left out in one message of a transfer make room for the header and a long question.
const SMALLEST_MESSAGE: usize = 1024;

/// A zone on its way to a secondary: messages one after another, each as full as the buffer allows.
///
/// The zone begins and ends with its SOA record; its records are those of one snapshot, whatever is published meanwhile.
pub struct Transfer<'s> {
    snapshot: &'s Snapshot,
    query: Vec<u8>,
    zone: &'s Zone,
    units: std::vec::IntoIter<Unit<'s>>,
    current: Option<Unit<'s>>,
    /// Records of the current unit that were sent already.
    sent: usize,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Only the SOA record is to be sent: the client has this version.
    UpToDate,
    Records,
    Closing,
    Finished,
}

impl Snapshot {
    /// The transfer that an AXFR or IXFR query asks for; `None` when its name is not the apex of a zone.
    ///
    /// An IXFR client that has the current serial gets the SOA record alone, any other the whole zone (RFC 1995 §4).
    pub fn transfer(&self, query: &[u8]) -> Option<Transfer<'_>> {
        let header = Header::read(query).ok()?;
        let mut folded = FoldedName::empty();
        let question = Question::read(query, header, &mut folded).ok()?;
        let zone = self.config.zones.iter().find(|zone| folded.lower() == zone.name().as_wire())?;
        let current = question.soa_serial == Some(self.serial);
        Some(Transfer {
            snapshot: self,
            query: query.to_vec(),
            zone,
            units: self.units(zone).into_iter(),
            current: None,
            sent: 0,
            state: if current { State::UpToDate } else { State::Records },
        })
    }
}

impl Transfer<'_> {
    /// Writes the next message into `out` and returns its length; `None` after the last one.
    ///
    /// `out` should hold 65535 octets; with less than 1024 there is nothing.
    pub fn next_message(&mut self, out: &mut [u8]) -> Option<usize> {
        if self.state == State::Finished || out.len() < SMALLEST_MESSAGE {
            return None;
        }
        let query = std::mem::take(&mut self.query);
        let header = Header::read(&query).ok()?;
        let mut folded = FoldedName::empty();
        let question = Question::read(&query, header, &mut folded).ok()?;
        let mut reply = Reply::start(out, &question, Limits::tcp(), self.snapshot.config.conformance)?;
        let view = self.snapshot.view(self.zone, question.name, 0);
        self.fill(&view, &mut reply);
        let len = reply.finish(Flags { authoritative: true, truncated: false });
        self.query = query;
        Some(len)
    }

    fn fill(&mut self, view: &View<'_, '_>, reply: &mut Reply<'_, '_>) {
        if self.state == State::UpToDate {
            reply.push(Section::Answer, &view.soa());
            self.state = State::Finished;
            return;
        }
        while self.state == State::Records {
            let Some(unit) = self.current.or_else(|| self.units.next()) else {
                self.state = State::Closing;
                break;
            };
            let mut index = 0;
            let skip = self.sent;
            let sent = &mut self.sent;
            let whole = self.snapshot.unit_records(self.zone, unit, &mut |record| {
                index += 1;
                if index <= skip {
                    return true;
                }
                let fits = reply.push(Section::Answer, record);
                *sent += usize::from(fits);
                fits
            });
            if !whole {
                self.current = Some(unit);
                return;
            }
            self.current = None;
            self.sent = 0;
        }
        if reply.push(Section::Answer, &view.soa()) {
            self.state = State::Finished;
        }
    }
}

impl std::fmt::Debug for Transfer<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Transfer").field("zone", &self.zone.name()).field("state", &self.state).finish_non_exhaustive()
    }
}
