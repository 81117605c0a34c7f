//! Who of several replicas writes: the rules of client-go's leader election. Pure; no clock, no connection.

use std::time::Duration;

/// How long a Lease holds, and how it is renewed. The default is client-go's: 15 s, 10 s and 2 s.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LeaseTiming {
    pub(super) duration: Duration,
    pub(super) deadline: Duration,
    pub(super) retry: Duration,
}

impl LeaseTiming {
    /// Another takes over when the Lease was not renewed for `duration` (whole seconds, at least 2). The holder renews it each
    /// `duration` / 7, and writes nothing more when it could not for two thirds of it: there are never two that write.
    pub fn new(duration: Duration) -> Self {
        let duration = Duration::from_secs(duration.as_secs().max(2));
        Self { duration, deadline: duration * 2 / 3, retry: duration * 2 / 15 }
    }
}

impl Default for LeaseTiming {
    fn default() -> Self {
        Self::new(Duration::from_secs(15))
    }
}

/// What a Lease (coordination.k8s.io/v1) says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct LeaseRecord {
    /// `spec.holderIdentity`; empty for nobody.
    pub holder: Box<str>,
    /// `spec.leaseDurationSeconds`.
    pub seconds: u64,
    /// `spec.acquireTime`.
    pub acquired: Box<str>,
    /// `spec.renewTime`.
    pub renewed: Box<str>,
    /// `spec.leaseTransitions`: how often the holder changed.
    pub transitions: u64,
    /// `metadata.resourceVersion`, with which an update is refused if somebody else was faster.
    pub version: Box<str>,
}

/// What to do about the Lease.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "it is there, and ours to have, or not")]
pub enum LeaseStep {
    /// Create it.
    Create(LeaseRecord),
    /// Replace it.
    Update(LeaseRecord),
    /// Somebody else has it.
    Wait,
}

/// One replica's view of a Lease.
///
/// Clocks of different machines are never compared: a Lease that somebody else holds has expired when it was seen unchanged for its
/// duration. Times are those since an origin of the caller's, by a clock that never goes back.
///
/// ```
/// use std::time::Duration;
/// use k8s_source::kube::{Election, LeaseStep, LeaseTiming};
/// let now = Duration::from_secs(100);
/// let mut election = Election::new("replica-1", LeaseTiming::default());
/// let LeaseStep::Create(lease) = election.read(None, "2026-11-21T18:00:00.000000Z", now) else { panic!() };
/// assert!(!election.is_holder(now), "not before the API server took it");
/// election.wrote(lease, now);
/// assert!(election.is_holder(now + Duration::from_secs(9)));
/// assert!(!election.is_holder(now + Duration::from_secs(10)), "it was not renewed");
/// ```
#[derive(Clone, Debug)]
pub struct Election {
    identity: Box<str>,
    timing: LeaseTiming,
    /// What was last seen, and when it was seen so first.
    seen: Option<(LeaseRecord, Duration)>,
    /// When the request began that last made the Lease ours.
    renewed: Option<Duration>,
}

impl Election {
    /// `identity` must be nobody else's.
    pub fn new(identity: impl Into<Box<str>>, timing: LeaseTiming) -> Self {
        Self { identity: identity.into(), timing, seen: None, renewed: None }
    }

    /// The Lease was read; `None`: there is none. `date` is what `renewTime` will say (RFC 3339 with microseconds).
    pub fn read(&mut self, lease: Option<LeaseRecord>, date: &str, now: Duration) -> LeaseStep {
        let mine = |acquired: &str, transitions: u64, version: Box<str>| LeaseRecord {
            holder: self.identity.clone(),
            seconds: self.timing.duration.as_secs(),
            acquired: acquired.into(),
            renewed: date.into(),
            transitions,
            version,
        };
        let Some(lease) = lease else {
            self.renewed = None;
            return LeaseStep::Create(mine(date, 0, Box::default()));
        };
        if lease.holder == self.identity {
            return LeaseStep::Update(mine(&lease.acquired, lease.transitions, lease.version));
        }
        self.renewed = None;
        let seen_for = match &self.seen {
            Some((seen, since)) if *seen == lease => now.saturating_sub(*since),
            _ => {
                self.seen = Some((lease.clone(), now));
                Duration::ZERO
            }
        };
        if lease.holder.is_empty() || seen_for >= Duration::from_secs(lease.seconds) {
            return LeaseStep::Update(mine(date, lease.transitions + 1, lease.version));
        }
        LeaseStep::Wait
    }

    /// The API server took what [`read`](Self::read) wanted; `began` is when the request was sent.
    pub fn wrote(&mut self, lease: LeaseRecord, began: Duration) {
        self.seen = Some((lease, began));
        self.renewed = Some(began);
    }

    /// Whether this replica may write.
    pub fn is_holder(&self, now: Duration) -> bool {
        self.renewed.is_some_and(|renewed| now < renewed + self.timing.deadline)
    }

    /// Who has it, to the best of what is known.
    pub fn holder(&self) -> Option<&str> {
        self.seen.as_ref().map(|(lease, _)| &*lease.holder).filter(|holder| !holder.is_empty())
    }

    /// What to replace the Lease by so that another may have it at once; `None` where it is not ours.
    pub fn release(&mut self, date: &str, now: Duration) -> Option<LeaseRecord> {
        let is_holder = self.is_holder(now);
        self.renewed = None;
        let (lease, _) = self.seen.as_ref().filter(|_| is_holder)?;
        Some(LeaseRecord { holder: Box::default(), seconds: 1, renewed: date.into(), ..lease.clone() })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn held(holder: &str, version: &str) -> LeaseRecord {
        LeaseRecord { holder: holder.into(), seconds: 15, version: version.into(), ..LeaseRecord::default() }
    }

    #[test]
    fn a_lease_is_taken_when_it_was_not_renewed_for_its_duration() {
        let mut election = Election::new("me", LeaseTiming::default());
        assert_eq!(election.read(Some(held("other", "1")), "date", SECOND), LeaseStep::Wait);
        assert_eq!(election.read(Some(held("other", "1")), "date", 15 * SECOND), LeaseStep::Wait);
        assert_eq!(election.read(Some(held("other", "2")), "date", 16 * SECOND), LeaseStep::Wait, "it was renewed");
        assert_eq!(election.read(Some(held("other", "2")), "date", 30 * SECOND), LeaseStep::Wait);
        let LeaseStep::Update(lease) = election.read(Some(held("other", "2")), "date", 31 * SECOND) else { panic!() };
        assert_eq!((&*lease.holder, lease.transitions, &*lease.version), ("me", 1, "2"));
        assert!(!election.is_holder(31 * SECOND));
        election.wrote(lease, 31 * SECOND);
        assert!(election.is_holder(31 * SECOND));
        assert_eq!(election.holder(), Some("me"));
        assert_eq!(election.read(Some(held("other", "4")), "date", 32 * SECOND), LeaseStep::Wait, "somebody took it");
        assert!(!election.is_holder(32 * SECOND));
    }

    #[test]
    fn a_released_lease_is_taken_at_once() {
        let mut election = Election::new("me", LeaseTiming::default());
        election.wrote(held("me", "3"), SECOND);
        let released = election.release("date", 2 * SECOND).unwrap();
        assert!(released.holder.is_empty() && !election.is_holder(2 * SECOND));
        assert_eq!(election.release("date", 2 * SECOND), None);
        let mut other = Election::new("other", LeaseTiming::default());
        assert!(matches!(other.read(Some(released), "date", SECOND), LeaseStep::Update(_)));
    }

    /// One thing that a replica does: which, how long until then, how long the request takes, whether it arrives, and its answer.
    type Act = (usize, u64, u64, bool, bool);

    proptest! {
        /// Whatever is lost or late, no two hold it at a time, as long as no request takes effect after the deadline's rest.
        #[test]
        fn there_are_never_two(acts in prop::collection::vec((0..3_usize, 0..4_000_u64, 0..900_u64, prop::bool::weighted(0.8), prop::bool::weighted(0.8)), 0..200)) {
            let acts: Vec<Act> = acts;
            let mut replicas: Vec<_> = (0..3).map(|number| Election::new(format!("replica-{number}"), LeaseTiming::default())).collect();
            let (mut lease, mut version, mut now): (Option<LeaseRecord>, u64, Duration) = (None, 0, Duration::ZERO);
            for (number, pause, takes, arrives, answered) in acts {
                now += Duration::from_millis(pause);
                let replica = &mut replicas[number];
                let began = now;
                let step = replica.read(lease.clone(), &format!("{now:?}"), now);
                now += Duration::from_millis(takes);
                if let (LeaseStep::Create(mut new) | LeaseStep::Update(mut new), true) = (step, arrives) {
                    version += 1;
                    new.version = version.to_string().into();
                    lease = Some(new.clone());
                    if answered {
                        replica.wrote(new, began);
                    }
                }
                let holders = replicas.iter().filter(|replica| replica.is_holder(now)).count();
                prop_assert!(holders <= 1, "{replicas:?}");
            }
        }
    }
}
