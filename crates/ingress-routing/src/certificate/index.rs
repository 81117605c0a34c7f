use std::cmp::Reverse;
use std::sync::Arc;

use super::choice::{
    CertificateCandidate, CertificateChoice, CertificateExplanation, DefaultReason, Ranked, Verdict, judge,
};
use super::facts::CertificateFacts;
use super::offer::CertificateOffer;
use crate::host::{Host, HostForm, HostPattern};
use crate::table::Map;

/// The certificates that Ingresses offer, by host. A clone shares everything; a change copies what it touches.
///
/// ```
/// use std::sync::Arc;
/// use ingress_routing::{
///     CertificateChoice, CertificateFacts, CertificateIndex, CertificateOffer, CertificateState, Fingerprint, Host, HostBuffer, KeyKind,
/// };
/// use object_change::ObjectKey;
/// let facts = CertificateFacts::new(["*.shop.example"], 0, 4_102_444_800, KeyKind::Ed25519, Fingerprint([7; 32]));
/// let offer = CertificateOffer::new(ObjectKey::new("shop", "web-tls"), ObjectKey::new("shop", "web"), 0)
///     .with_state(CertificateState::Usable(Arc::new(facts)));
/// let mut index = CertificateIndex::new();
/// index.insert(&Arc::new(offer));
/// let mut buffer = HostBuffer::new();
/// let server_name = Host::parse("eu.shop.example", &mut buffer)?;
/// let CertificateChoice::Offered { offer, .. } = index.choose(Some(&server_name), 1_767_225_600) else { panic!() };
/// assert_eq!(offer.secret.to_string(), "shop/web-tls");
/// # Ok::<(), ingress_routing::HostError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct CertificateIndex {
    exact: Map<Box<str>, Offers>,
    /// By what follows `*.`.
    wildcard: Map<Box<str>, Offers>,
}

/// The offers for one host, in no order.
type Offers = Arc<[Entry]>;

/// An offer, and which of its hosts it is that leads here.
#[derive(Clone, Debug)]
struct Entry {
    offer: Arc<CertificateOffer>,
    pattern: usize,
}

impl Entry {
    fn pattern(&self) -> Option<&HostPattern> {
        self.offer.patterns().get(self.pattern)
    }
}

impl CertificateIndex {
    /// Without certificates.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an offer.
    pub fn insert(&mut self, offer: &Arc<CertificateOffer>) {
        for (at, pattern) in offer.patterns().iter().enumerate() {
            let Some((map, name)) = self.map(pattern) else { continue };
            let entries = map.get(name).map_or(&[][..], |entries| entries);
            // A host written twice is one.
            if !entries.iter().any(|entry| Arc::ptr_eq(&entry.offer, offer)) {
                let added = Entry { offer: Arc::clone(offer), pattern: at };
                let entries = entries.iter().cloned().chain([added]).collect();
                map.insert(name.into(), entries);
            }
        }
    }

    /// Takes an offer out: the very value that was added.
    pub fn remove(&mut self, offer: &Arc<CertificateOffer>) {
        for pattern in offer.patterns() {
            let Some((map, name)) = self.map(pattern) else { continue };
            let Some(entries) = map.get(name) else { continue };
            let left: Offers = entries.iter().filter(|entry| !Arc::ptr_eq(&entry.offer, offer)).cloned().collect();
            if left.is_empty() {
                map.remove(name);
            } else {
                map.insert(name.into(), left);
            }
        }
    }

    /// The certificate for a handshake with this server name, at `now` in seconds since 1970-01-01 UTC.
    ///
    /// A usable certificate names the server name. A valid one comes before an expired one or one of the future; then the order
    /// is [`CertificateRank`](crate::CertificateRank)'s.
    pub fn choose(&self, server_name: Option<&Host<'_>>, now: i64) -> CertificateChoice<'_> {
        self.choose_usable(server_name, now, |_| true)
    }

    /// The same among the certificates that are `usable`, such as those whose kind of key a client supports: of a Secret with an RSA key and
    /// one with an ECDSA key for the same host, each client gets the one that it can use.
    pub fn choose_usable(
        &self,
        server_name: Option<&Host<'_>>,
        now: i64,
        usable: impl Fn(&CertificateFacts) -> bool,
    ) -> CertificateChoice<'_> {
        let Some(host) = server_name else { return CertificateChoice::Default(DefaultReason::NoServerName) };
        let mut offered = false;
        let usable = self.offers(host).filter_map(|(offer, pattern)| {
            offered = true;
            judge(offer, pattern, host, now, &usable).ok()
        });
        let best = usable.max_by(|a, b| a.rank.cmp(&b.rank));
        outcome(best.as_ref(), offered)
    }

    /// The same with all that was looked at.
    pub fn explain(&self, server_name: Option<&Host<'_>>, now: i64) -> CertificateExplanation<'_> {
        let Some(host) = server_name else {
            let choice = CertificateChoice::Default(DefaultReason::NoServerName);
            return CertificateExplanation { choice, candidates: Vec::new() };
        };
        let (mut ranked, mut rejected) = (Vec::new(), Vec::new());
        for (offer, pattern) in self.offers(host) {
            match judge(offer, pattern, host, now, |_| true) {
                Ok(candidate) => ranked.push(candidate),
                Err(fault) => rejected.push(CertificateCandidate { offer, pattern, verdict: Verdict::Rejected(fault) }),
            }
        }
        ranked.sort_by_key(|candidate| Reverse(candidate.rank));
        rejected.sort_by_key(|candidate| (&candidate.offer.ingress, candidate.offer.entry, candidate.pattern));
        let choice = outcome(ranked.first(), !rejected.is_empty());
        let candidates = ranked.iter().map(|candidate| {
            let decided = ranked.first().and_then(|first| first.rank.decided_by(&candidate.rank));
            let verdict = decided.map_or(Verdict::Chosen, Verdict::Behind);
            CertificateCandidate { offer: candidate.offer, pattern: candidate.pattern, verdict }
        });
        CertificateExplanation { choice, candidates: candidates.chain(rejected).collect() }
    }

    /// Whether there is a certificate that names the host, valid or not.
    pub fn has_certificate(&self, host: &Host<'_>) -> bool {
        self.offers(host).any(|(offer, _)| offer.facts().is_some_and(|facts| facts.names_host(host)))
    }

    /// The hosts for which more than one Secret is offered, each with its offers, sorted by host; offers are sorted by age of their Ingress.
    pub fn overlaps(&self) -> Vec<(&HostPattern, Vec<&CertificateOffer>)> {
        let several = self.exact.values().chain(self.wildcard.values()).filter_map(|entries| {
            let first = entries.first()?;
            entries.iter().any(|entry| entry.offer.secret != first.offer.secret).then(|| {
                let mut offers: Vec<&CertificateOffer> = entries.iter().map(|entry| &*entry.offer).collect();
                offers.sort_by_key(|offer| (offer.created.unwrap_or(i64::MAX), &offer.ingress, offer.entry));
                Some((first.pattern()?, offers))
            })?
        });
        let mut several: Vec<_> = several.collect();
        several.sort_by_key(|(pattern, _)| *pattern);
        several
    }

    /// What is offered for a host.
    fn offers(&self, host: &Host<'_>) -> impl Iterator<Item = (&CertificateOffer, &HostPattern)> {
        let name = host.name();
        let exact = name.and_then(|name| self.exact.get(name.as_str()));
        let wildcard = name.and_then(|name| self.wildcard.get(name.parent()?));
        let entries = exact.into_iter().chain(wildcard).flat_map(|entries| entries.iter());
        entries.filter_map(|entry| Some((&*entry.offer, entry.pattern()?)))
    }

    /// Where a pattern's offers are. There are none for all hosts: `tls[].hosts` has no such entry, nor has a certificate.
    fn map<'p>(&mut self, pattern: &'p HostPattern) -> Option<(&mut Map<Box<str>, Offers>, &'p str)> {
        let map = match pattern.form() {
            HostForm::Exact => &mut self.exact,
            HostForm::Wildcard => &mut self.wildcard,
            HostForm::Any => return None,
        };
        Some((map, pattern.name()?))
    }
}

fn outcome<'a>(best: Option<&Ranked<'a>>, offered: bool) -> CertificateChoice<'a> {
    match best {
        Some(Ranked { offer, facts, rank, .. }) => CertificateChoice::Offered { offer, facts, validity: rank.validity },
        None if offered => CertificateChoice::Default(DefaultReason::NoneUsable),
        None => CertificateChoice::Default(DefaultReason::NoOffer),
    }
}
