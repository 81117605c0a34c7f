//! Secrets, and the Ingresses that name them.

use std::collections::HashMap;
use std::sync::Arc;

use foldhash::fast::FixedState;
use object_change::ObjectKey;

use crate::certificate::{CertificateIndex, CertificateOffer, CertificateState};
use crate::compile::Compiled;
use crate::model::TlsSecret;
use crate::table::Map;

/// Where the table has an offer: Ingress and place in its `tls`.
pub(crate) type OfferKey = (ObjectKey, u32);

/// What offers are made of.
#[derive(Debug, Default)]
pub(super) struct Secrets {
    states: HashMap<ObjectKey, CertificateState, FixedState>,
    /// The offers of each Secret that is named, whether there or not.
    offers: HashMap<ObjectKey, Vec<OfferKey>, FixedState>,
}

/// The offers in the table, by Ingress and by host.
pub(super) struct Offered<'t> {
    pub(super) offers: &'t mut Map<OfferKey, Arc<CertificateOffer>>,
    pub(super) index: &'t mut CertificateIndex,
}

impl Offered<'_> {
    fn insert(&mut self, key: OfferKey, offer: CertificateOffer) {
        let offer = Arc::new(offer);
        self.index.insert(&offer);
        self.offers.insert(key, offer);
    }

    fn remove(&mut self, key: &OfferKey) -> Option<Arc<CertificateOffer>> {
        let offer = self.offers.remove(key)?;
        self.index.remove(&offer);
        Some(offer)
    }
}

impl Secrets {
    pub(super) fn keys(&self) -> impl Iterator<Item = &ObjectKey> {
        self.states.keys()
    }

    /// Adds what an Ingress offers.
    pub(super) fn add(&mut self, compiled: &Compiled, table: &mut Offered<'_>) {
        let owner = &compiled.owner;
        for tls in &compiled.tls {
            let Some(secret) = &tls.secret else { continue };
            let offer = CertificateOffer::new(secret.clone(), owner.key.clone(), tls.entry)
                .with_created(owner.created)
                .with_hosts(tls.hosts.iter().cloned())
                .with_state(self.state(secret));
            let key = (owner.key.clone(), tls.entry);
            self.offers.entry(secret.clone()).or_default().push(key.clone());
            table.insert(key, offer);
        }
    }

    /// Takes out what an Ingress offered.
    pub(super) fn remove(&mut self, compiled: &Compiled, table: &mut Offered<'_>) {
        for tls in &compiled.tls {
            let Some(secret) = &tls.secret else { continue };
            let key = (compiled.owner.key.clone(), tls.entry);
            table.remove(&key);
            if let Some(offers) = self.offers.get_mut(secret) {
                offers.retain(|other| *other != key);
                if offers.is_empty() {
                    self.offers.remove(secret);
                }
            }
        }
    }

    /// Sets a Secret or takes it out; whether an offer changed.
    pub(super) fn set(&mut self, key: &ObjectKey, secret: Option<TlsSecret>, table: &mut Offered<'_>) -> bool {
        match secret {
            Some(TlsSecret::Usable(facts)) => {
                self.states.insert(key.clone(), CertificateState::Usable(Arc::new(facts)))
            }
            Some(TlsSecret::Broken(reason)) => self.states.insert(key.clone(), CertificateState::Broken(reason)),
            None => self.states.remove(key),
        };
        let state = self.state(key);
        let mut changed = false;
        for offer_key in self.offers.get(key).into_iter().flatten() {
            if table.offers.get(offer_key).is_none_or(|offer| offer.state == state) {
                continue;
            }
            if let Some(offer) = table.remove(offer_key) {
                table.insert(offer_key.clone(), Arc::unwrap_or_clone(offer).with_state(state.clone()));
                changed = true;
            }
        }
        changed
    }

    fn state(&self, secret: &ObjectKey) -> CertificateState {
        self.states.get(secret).cloned().unwrap_or(CertificateState::Missing)
    }
}
