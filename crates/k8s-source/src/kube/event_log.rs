//! Which findings are told as Events on the objects concerned, and when. Pure; no clock, no connection.

use std::collections::HashMap;
use std::time::Duration;

use object_change::Diagnostic;

/// How long something must be so before it is told: objects that belong together seldom come together.
const SETTLED: Duration = Duration::from_secs(5);
/// How long nothing is told again, even if it was over in between. It is the time for which API servers keep Events.
const SILENCE: Duration = Duration::from_secs(3600);
/// So many may be written one after another, and then one each [`REFILL`].
const BURST: u32 = 25;
const REFILL: Duration = Duration::from_secs(5);
/// Longest text of an Event (documentation of events.k8s.io/v1, `note`), in octets.
const MOST_TEXT: usize = 1024;

/// Something about an object that its owner should see with `kubectl describe`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Finding {
    /// What it is, in a word: `Conflict`, `UnusableCertificate`.
    pub reason: &'static str,
    /// What there is to say, and of which object.
    pub diagnostic: Diagnostic,
}

impl Finding {
    /// A finding.
    pub const fn new(reason: &'static str, diagnostic: Diagnostic) -> Self {
        Self { reason, diagnostic }
    }

    /// What the Event says, within its bounds.
    pub fn note(&self) -> String {
        let Diagnostic { field, reason, .. } = &self.diagnostic;
        let mut text = if field.is_empty() { reason.to_string() } else { format!("{field}: {reason}") };
        if text.len() > MOST_TEXT {
            let room = MOST_TEXT - '…'.len_utf8();
            let end = text.char_indices().map(|(at, _)| at).take_while(|at| *at <= room).last();
            text.truncate(end.unwrap_or_default());
            text.push('…');
        }
        text
    }
}

/// The findings as they are, and which of them were told.
///
/// Times are those since an origin of the caller's.
#[derive(Clone, Debug, Default)]
pub struct EventLog {
    /// What is so, since when; or was told, when.
    known: HashMap<Finding, Known>,
    /// Events written of the burst, at the time of the last.
    spent: (u32, Duration),
}

#[derive(Clone, Copy, Debug)]
struct Known {
    /// Since when it is so; `None`: it is not any more.
    since: Option<Duration>,
    told: Option<Duration>,
}

impl EventLog {
    /// Exactly this is so now.
    pub fn set(&mut self, findings: impl IntoIterator<Item = Finding>, now: Duration) {
        let mut before = std::mem::take(&mut self.known);
        for finding in findings {
            let known = before.remove(&finding);
            let since = known.and_then(|known| known.since).unwrap_or(now);
            self.known.insert(finding, Known { since: Some(since), told: known.and_then(|known| known.told) });
        }
        // What is over is remembered for as long as it must not be told again.
        let recent = |known: &Known| known.told.is_some_and(|told| now < told + SILENCE);
        let over = before.into_iter().filter(|(_, known)| recent(known));
        self.known.extend(over.map(|(finding, known)| (finding, Known { since: None, ..known })));
    }

    fn at(&self, known: &Known) -> Option<Duration> {
        let settled = known.since? + SETTLED;
        Some(known.told.map_or(settled, |told| settled.max(told + SILENCE)))
    }

    /// What is to be told now.
    pub fn due(&self, now: Duration) -> Option<&Finding> {
        if self.spent(now) >= BURST {
            return None;
        }
        let due = self.known.iter().filter(|(_, known)| self.at(known).is_some_and(|at| at <= now));
        due.map(|(finding, _)| finding).min()
    }

    /// When something may be due that is not.
    pub fn next(&self, now: Duration) -> Option<Duration> {
        let next = self.known.values().filter_map(|known| self.at(known)).min()?;
        Some(if next > now { next } else { now + REFILL })
    }

    /// It was told, or cannot be.
    pub fn told(&mut self, finding: &Finding, now: Duration) {
        self.spent = (self.spent(now) + 1, now);
        if let Some(known) = self.known.get_mut(finding) {
            known.told = Some(now);
        }
    }

    fn spent(&self, now: Duration) -> u32 {
        let (spent, at) = self.spent;
        let refilled = now.saturating_sub(at).as_secs() / REFILL.as_secs();
        spent.saturating_sub(u32::try_from(refilled).unwrap_or(u32::MAX))
    }
}

#[cfg(test)]
mod tests {
    use object_change::{ObjectKey, ObjectRef};

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn finding(name: &str) -> Finding {
        let object = ObjectRef::new("Ingress", ObjectKey::new("shop", name));
        Finding::new("Conflict", Diagnostic::warning(object, "spec", "another has it"))
    }

    /// What is told until then.
    fn told(log: &mut EventLog, now: Duration) -> Vec<String> {
        let next = || {
            let finding = log.due(now)?.clone();
            log.told(&finding, now);
            Some(finding.diagnostic.object.key.name.to_string())
        };
        std::iter::from_fn(next).collect()
    }

    #[test]
    fn what_stays_is_told_once() {
        let mut log = EventLog::default();
        log.set([finding("a"), finding("brief")], SECOND);
        assert!(told(&mut log, SECOND * 5).is_empty());
        log.set([finding("a"), finding("b")], SECOND * 5);
        assert_eq!(log.next(SECOND * 5), Some(SECOND * 6));
        assert_eq!(told(&mut log, SECOND * 6), ["a"]);
        assert_eq!(told(&mut log, SECOND * 100), ["b"]);
        assert!(told(&mut log, SECOND * 3605).is_empty());
        // It is over, and so again: not within the hour.
        log.set([], SECOND * 200);
        log.set([finding("a")], SECOND * 300);
        assert!(told(&mut log, SECOND * 3605).is_empty());
        assert_eq!(told(&mut log, SECOND * 3606), ["a"]);
        log.set([], SECOND * 9000);
        assert!(log.known.is_empty(), "nothing is remembered for ever");
    }

    #[test]
    fn a_flood_is_told_in_time() {
        let mut log = EventLog::default();
        log.set((0..100).map(|number| finding(&format!("{number:03}"))), Duration::ZERO);
        assert_eq!(told(&mut log, SECOND * 5).len(), 25);
        assert_eq!(log.next(SECOND * 5), Some(SECOND * 10));
        assert!(told(&mut log, SECOND * 9).is_empty());
        assert_eq!(told(&mut log, SECOND * 10), ["025"]);
        assert_eq!(told(&mut log, SECOND * 60).len(), 10);
    }

    #[test]
    fn long_texts_are_cut_between_characters() {
        let object = ObjectRef::new("Ingress", ObjectKey::new("shop", "web"));
        let note = Finding::new("Conflict", Diagnostic::warning(object, "", "ä".repeat(600))).note();
        assert!(note.len() <= MOST_TEXT && note.ends_with("ä…"), "{note}");
    }
}
