//! Which Ingresses do not say yet where they are reached. Pure; no clock, no connection.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use object_change::{Delta, ObjectKey};

use crate::objects::{Ingress, LoadBalancerIngress};

/// The first and the longest pause before a status that was refused is written again.
const PAUSES: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(300));

/// The addresses that Ingresses should have in `status.loadBalancer`, and those that they have.
///
/// Nothing is to be written before the addresses are known, nor where nothing differs. Times are those since an origin of the caller's.
///
/// ```
/// use std::time::Duration;
/// use k8s_source::kube::IngressStatuses;
/// use k8s_source::objects::{Ingress, LoadBalancerIngress};
/// use object_change::{Delta, ObjectKey};
/// let (mut statuses, web) = (IngressStatuses::default(), ObjectKey::new("shop", "web"));
/// statuses.ingress(&Delta::Upsert(web.clone(), &Ingress::default()));
/// statuses.set_addresses([LoadBalancerIngress::ip("192.0.2.7")]);
/// assert_eq!(statuses.due(|_| true, Duration::ZERO).map(|(key, _)| key), Some(web.clone()));
/// statuses.written(&web);
/// assert_eq!(statuses.due(|_| true, Duration::ZERO), None);
/// ```
#[derive(Clone, Debug, Default)]
pub struct IngressStatuses {
    /// Sorted; `None` while nobody knows them.
    addresses: Option<Vec<LoadBalancerIngress>>,
    /// What each Ingress says, sorted, and its UID.
    known: HashMap<ObjectKey, (Vec<LoadBalancerIngress>, Box<str>)>,
    /// Those that say something else than they should.
    differing: BTreeMap<ObjectKey, Attempts>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Attempts {
    failures: u32,
    not_before: Duration,
}

impl IngressStatuses {
    /// An Ingress is another, or gone.
    pub fn ingress(&mut self, delta: &Delta<&Ingress>) {
        match delta {
            Delta::Upsert(key, ingress) => self.upsert(key, ingress),
            Delta::Delete(key) => self.remove(key),
            Delta::ReplaceAll(all) => {
                self.known.clear();
                self.differing.clear();
                all.iter().for_each(|(key, ingress)| self.upsert(key, ingress));
            }
            _ => {}
        }
    }

    fn upsert(&mut self, key: &ObjectKey, ingress: &Ingress) {
        let have = sorted(ingress.status.load_balancer.ingress.iter().cloned());
        self.known.insert(key.clone(), (have, ingress.metadata.uid.clone()));
        self.compare(key);
    }

    /// An Ingress is gone.
    pub fn remove(&mut self, key: &ObjectKey) {
        self.known.remove(key);
        self.differing.remove(key);
    }

    /// These are the addresses.
    pub fn set_addresses(&mut self, addresses: impl IntoIterator<Item = LoadBalancerIngress>) {
        let addresses = sorted(addresses);
        if self.addresses.as_ref() != Some(&addresses) {
            self.addresses = Some(addresses);
            self.differing.clear();
            let keys: Vec<_> = self.known.keys().cloned().collect();
            keys.iter().for_each(|key| self.compare(key));
        }
    }

    fn compare(&mut self, key: &ObjectKey) {
        let Some(addresses) = &self.addresses else { return };
        if self.known.get(key).is_some_and(|(have, _)| have != addresses) {
            self.differing.entry(key.clone()).or_default();
        } else {
            self.differing.remove(key);
        }
    }

    /// The next status to be written, and with what; of Ingresses that are ours alone.
    pub fn due(
        &self,
        is_ours: impl Fn(&ObjectKey) -> bool,
        now: Duration,
    ) -> Option<(ObjectKey, Vec<LoadBalancerIngress>)> {
        let addresses = self.addresses.as_ref()?;
        let mut due = self.differing.iter().filter(|(key, attempts)| attempts.not_before <= now && is_ours(key));
        due.next().map(|(key, _)| (key.clone(), addresses.clone()))
    }

    /// When something will be due that is not yet.
    pub fn next(&self, now: Duration) -> Option<Duration> {
        self.differing.values().map(|attempts| attempts.not_before).filter(|at| *at > now).min()
    }

    /// The status of the Ingress says what it should.
    pub fn written(&mut self, key: &ObjectKey) {
        self.differing.remove(key);
        if let (Some((have, _)), Some(addresses)) = (self.known.get_mut(key), &self.addresses) {
            have.clone_from(addresses);
        }
    }

    /// It could not be written: it is due again after a pause.
    pub fn failed(&mut self, key: &ObjectKey, now: Duration) {
        if let Some(attempts) = self.differing.get_mut(key) {
            let pause = PAUSES.0.saturating_mul(1 << attempts.failures.min(16)).min(PAUSES.1);
            *attempts = Attempts { failures: attempts.failures + 1, not_before: now + pause };
        }
    }

    /// `metadata.uid` of an Ingress.
    pub fn uid(&self, key: &ObjectKey) -> Option<&str> {
        self.known.get(key).map(|(_, uid)| &**uid)
    }
}

fn sorted(addresses: impl IntoIterator<Item = LoadBalancerIngress>) -> Vec<LoadBalancerIngress> {
    let mut addresses: Vec<_> = addresses.into_iter().collect();
    addresses.sort_unstable();
    addresses.dedup();
    addresses
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Duration = Duration::from_secs(100);

    fn ingress(addresses: &[&str]) -> Ingress {
        let mut ingress = Ingress::default();
        ingress.status.load_balancer.ingress = addresses.iter().map(|ip| LoadBalancerIngress::ip(*ip)).collect();
        ingress
    }

    fn all_due(statuses: &IngressStatuses) -> Vec<String> {
        let mut statuses = statuses.clone();
        let next = || {
            let (key, _) = statuses.due(|key| &*key.namespace == "ours", NOW)?;
            statuses.written(&key);
            Some(key.name.to_string())
        };
        std::iter::from_fn(next).collect()
    }

    #[test]
    fn what_differs_and_is_ours_is_due() {
        let mut statuses = IngressStatuses::default();
        for (namespace, name, addresses) in [
            ("ours", "empty", &[][..]),
            ("ours", "same", &["192.0.2.2", "192.0.2.1"]),
            ("ours", "other", &["192.0.2.1", "192.0.2.3"]),
            ("theirs", "empty", &[]),
        ] {
            statuses.ingress(&Delta::Upsert(ObjectKey::new(namespace, name), &ingress(addresses)));
        }
        assert!(all_due(&statuses).is_empty(), "nobody knows the addresses");
        statuses.set_addresses(["192.0.2.1", "192.0.2.2", "192.0.2.1"].map(LoadBalancerIngress::ip));
        assert_eq!(all_due(&statuses), ["empty", "other"]);
        statuses.ingress(&Delta::Upsert(ObjectKey::new("ours", "empty"), &ingress(&["192.0.2.1", "192.0.2.2"])));
        statuses.ingress(&Delta::Delete(ObjectKey::new("ours", "other")));
        assert!(all_due(&statuses).is_empty());
        statuses.set_addresses([]);
        assert_eq!(all_due(&statuses), ["empty", "same"]);
        statuses.ingress(&Delta::Upsert(ObjectKey::new("ours", "same"), &ingress(&[])));
        statuses.ingress(&Delta::Upsert(ObjectKey::new("ours", "empty"), &ingress(&[])));
        assert!(all_due(&statuses).is_empty());
    }

    #[test]
    fn a_refused_status_waits_longer_each_time() {
        let (mut statuses, web) = (IngressStatuses::default(), ObjectKey::new("shop", "web"));
        statuses.ingress(&Delta::Upsert(web.clone(), &Ingress::default()));
        statuses.set_addresses([LoadBalancerIngress::hostname("lb.example")]);
        let mut pauses = Vec::new();
        let mut now = NOW;
        for _ in 0..11 {
            statuses.failed(&web, now);
            assert_eq!(statuses.due(|_| true, now), None);
            let next = statuses.next(now).unwrap();
            pauses.push((next - now).as_secs());
            now = next;
            assert!(statuses.due(|_| true, now).is_some());
        }
        assert_eq!(pauses, [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
    }
}
