//! The single writer.

mod certificates;
mod classes;
mod hosts;
mod upstreams;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use foldhash::fast::FixedState;
use object_change::{Delta, Diagnostic, Effect, ObjectKey, ObjectRef};

use crate::certificate::CertificateIndex;
use crate::compile::{Compiled, compile};
use crate::model::{
    Backend, Change, EndpointSlice, Ingress, IngressClass, Kind, Kinds, Service, ServiceRef, TlsSecret,
};
use crate::options::{Classes, Options};
use crate::table::{DefaultBackend, Destination, HostIndex, Map, Numbered, PathIndex, RoutingTable, Seniority, Target};
pub(crate) use certificates::OfferKey;
use certificates::{Offered, Secrets};
use classes::{Claim, KnownClasses};
use hosts::Hosts;
use upstreams::Upstreams;

/// The single writer: applies changes, publishes routing tables.
///
/// Objects may come in any order; the cost of a change is that of the Ingress or Service it concerns, whatever the size of the cluster. Until
/// each [`Kind`] that the options need was synced, every request gets 503.
///
/// [`RoutingTable::route`] has an example.
#[derive(Debug)]
pub struct Router {
    ingresses: HashMap<ObjectKey, Arc<Ingress>, FixedState>,
    classes: KnownClasses,
    hosts: Hosts,
    upstreams: Upstreams,
    secrets: Secrets,
    /// The default backends of all Ingresses, the oldest first.
    defaults: BTreeMap<Seniority, Arc<DefaultBackend>>,
    /// The controller's own.
    own_default: Option<Arc<DefaultBackend>>,
    /// What is published next.
    table: RoutingTable,
    /// Tables that readers may still hold: kept so that no reader ever pays for freeing one.
    retired: Vec<Arc<RoutingTable>>,
}

impl Router {
    /// A router that has seen nothing.
    pub fn new(options: Options) -> Self {
        let mut missing = Kinds::EMPTY;
        for kind in Kind::ALL {
            if kind != Kind::IngressClass || reads_classes(&options) {
                missing = missing.with(kind);
            }
        }
        let mut upstreams = Upstreams::new(options.service_affinity);
        let mut ports = Numbered::default();
        let own_default = options.default_backend.as_ref().map(|(service, port)| {
            let target = Target::Upstream(upstreams.acquire(&mut ports, service.clone(), port));
            Arc::new(DefaultBackend {
                owner: None,
                backend: Backend::Service(ServiceRef::new(service.name.clone(), port.clone())),
                destination: Destination { target, guard: None },
            })
        });
        let table = RoutingTable {
            options: Arc::new(options),
            hosts: HostIndex::default(),
            paths: PathIndex::default(),
            upstreams: ports,
            default: own_default.clone(),
            ingresses: Map::default(),
            offers: Map::default(),
            certificates: CertificateIndex::default(),
            missing,
        };
        Self {
            ingresses: HashMap::default(),
            classes: KnownClasses::default(),
            hosts: Hosts::default(),
            upstreams,
            secrets: Secrets::default(),
            defaults: BTreeMap::new(),
            own_default,
            table,
            retired: Vec::new(),
        }
    }

    /// The options.
    pub fn options(&self) -> &Options {
        &self.table.options
    }

    /// Applies one change.
    pub fn apply(&mut self, change: Change) -> Effect {
        let mut effect = Effect::default();
        match change {
            Change::Ingress(delta) => self.apply_delta(Kind::Ingress, delta, &mut effect, Self::set_ingress),
            Change::IngressClass(delta) => self.apply_delta(Kind::IngressClass, delta, &mut effect, Self::set_class),
            Change::Service(delta) => self.apply_delta(Kind::Service, delta, &mut effect, Self::set_service),
            Change::EndpointSlice(delta) => self.apply_delta(Kind::EndpointSlice, delta, &mut effect, Self::set_slice),
            Change::Secret(delta) => self.apply_delta(Kind::Secret, delta, &mut effect, Self::set_secret),
            Change::Synced(kind) => self.sync(kind, &mut effect),
        }
        effect
    }

    /// Applies changes in order and sums up their effects.
    pub fn apply_all(&mut self, changes: impl IntoIterator<Item = Change>) -> Effect {
        changes.into_iter().map(|change| self.apply(change)).sum()
    }

    /// The kinds that were not synced yet, of those that the options need.
    pub const fn missing(&self) -> Kinds {
        self.table.missing
    }

    /// An immutable view of everything applied so far.
    pub fn publish(&mut self) -> Arc<RoutingTable> {
        let table = Arc::new(self.table.clone());
        self.retired.retain(|retired| Arc::strong_count(retired) > 1);
        self.retired.push(Arc::clone(&table));
        table
    }

    fn sync(&mut self, kind: Kind, effect: &mut Effect) {
        let first = self.table.missing.contains(kind);
        effect.changed |= first;
        self.table.missing = self.table.missing.without(kind);
        if first && kind == Kind::IngressClass {
            self.tell_left(effect);
        }
    }

    /// Tells of the Ingresses that may have been meant for this router: before the classes are known, a missing one says nothing.
    fn tell_left(&self, effect: &mut Effect) {
        let mut left: Vec<_> = self.ingresses.iter().collect();
        left.sort_unstable_by_key(|(key, _)| *key);
        for (key, ingress) in left {
            if let Claim::Left(Some(reason)) = self.classes.claim(&self.table.options, ingress) {
                effect.diagnostics.push(not_taken(key, reason));
            }
        }
    }

    fn apply_delta<V>(
        &mut self,
        kind: Kind,
        delta: Delta<V>,
        effect: &mut Effect,
        set: impl Fn(&mut Self, &ObjectKey, Option<V>, &mut Effect),
    ) {
        if delta.apply(self, |this| this.known(kind), |this, key, value| set(this, key, value, effect)) {
            self.sync(kind, effect);
        }
    }

    /// The objects of a kind that are known.
    fn known(&self, kind: Kind) -> Box<dyn Iterator<Item = ObjectKey> + '_> {
        match kind {
            Kind::Ingress => Box::new(self.ingresses.keys().cloned()),
            Kind::IngressClass => Box::new(self.classes.names().map(|name| ObjectKey::cluster_scoped(name.clone()))),
            Kind::Service => Box::new(self.upstreams.services().cloned()),
            Kind::EndpointSlice => Box::new(self.upstreams.slices().cloned()),
            Kind::Secret => Box::new(self.secrets.keys().cloned()),
        }
    }

    fn set_ingress(&mut self, key: &ObjectKey, ingress: Option<Ingress>, effect: &mut Effect) {
        if self.ingresses.get(key).map(|known| &**known) == ingress.as_ref() {
            return;
        }
        self.withdraw(key, effect);
        match ingress {
            Some(ingress) => {
                let ingress = Arc::new(ingress);
                self.ingresses.insert(key.clone(), Arc::clone(&ingress));
                self.consider(key, &ingress, effect);
            }
            None => {
                self.ingresses.remove(key);
            }
        }
    }

    /// Adds an Ingress to the table if it is ours.
    fn consider(&mut self, key: &ObjectKey, ingress: &Ingress, effect: &mut Effect) {
        match self.classes.claim(&self.table.options, ingress) {
            Claim::Taken => {}
            Claim::Left(reason) => {
                if let Some(reason) = reason.filter(|_| !self.table.missing.contains(Kind::IngressClass)) {
                    effect.diagnostics.push(not_taken(key, reason));
                }
                return;
            }
        }
        let Self { upstreams, table, .. } = self;
        let compiled = compile(key, ingress, &table.options, |service| {
            let service_key = ObjectKey::new(key.namespace.clone(), service.name.clone());
            upstreams.acquire(&mut table.upstreams, service_key, &service.port)
        });
        effect.changed = true;
        effect.diagnostics.extend(compiled.faults.iter().cloned());
        self.hosts.add(&compiled, &mut table.hosts, &mut table.paths);
        self.secrets.add(&compiled, &mut offered(table));
        if let Some(default) = &compiled.default {
            self.defaults.insert(compiled.owner.seniority(), Arc::clone(default));
        }
        table.ingresses.insert(key.clone(), Arc::new(compiled));
        self.show_default();
    }

    /// Takes an Ingress out of the table.
    fn withdraw(&mut self, key: &ObjectKey, effect: &mut Effect) {
        let Some(compiled) = self.table.ingresses.remove(key) else { return };
        let compiled: &Compiled = &compiled;
        effect.changed = true;
        self.hosts.remove(compiled, &mut self.table.hosts, &mut self.table.paths);
        self.secrets.remove(compiled, &mut offered(&mut self.table));
        self.defaults.remove(&compiled.owner.seniority());
        for id in compiled.upstreams() {
            self.upstreams.release(&self.table.upstreams, id);
        }
        self.show_default();
    }

    fn show_default(&mut self) {
        self.table.default = self.own_default.as_ref().or_else(|| self.defaults.values().next()).cloned();
    }

    fn set_class(&mut self, key: &ObjectKey, class: Option<IngressClass>, effect: &mut Effect) {
        if !self.classes.set(&key.name, class) || !reads_classes(&self.table.options) {
            return;
        }
        let mut turned: Vec<(ObjectKey, Arc<Ingress>)> = Vec::new();
        for (key, ingress) in &self.ingresses {
            let taken = self.classes.claim(&self.table.options, ingress) == Claim::Taken;
            if taken != self.table.ingresses.contains_key(key) {
                turned.push((key.clone(), Arc::clone(ingress)));
            }
        }
        turned.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        for (key, ingress) in turned {
            self.withdraw(&key, effect);
            self.consider(&key, &ingress, effect);
        }
    }

    fn set_service(&mut self, key: &ObjectKey, service: Option<Service>, effect: &mut Effect) {
        effect.changed |= self.upstreams.set_service(&mut self.table.upstreams, key, service);
    }

    fn set_slice(&mut self, key: &ObjectKey, slice: Option<EndpointSlice>, effect: &mut Effect) {
        effect.changed |= self.upstreams.set_slice(&mut self.table.upstreams, key, slice);
    }

    fn set_secret(&mut self, key: &ObjectKey, secret: Option<TlsSecret>, effect: &mut Effect) {
        effect.changed |= self.secrets.set(key, secret, &mut offered(&mut self.table));
    }
}

fn not_taken(key: &ObjectKey, reason: String) -> Diagnostic {
    Diagnostic::warning(ObjectRef::new("Ingress", key.clone()), "spec.ingressClassName", reason)
}

fn offered(table: &mut RoutingTable) -> Offered<'_> {
    Offered { offers: &mut table.offers, index: &mut table.certificates }
}

/// Whether the options let IngressClasses decide anything.
fn reads_classes(options: &Options) -> bool {
    match options.classes {
        Classes::All => false,
        Classes::Controller(_) => true,
        Classes::Named(_) => options.classless == crate::options::Classless::Default,
    }
}
