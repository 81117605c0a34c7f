//! Services and their endpoints, and the references to them.

use std::collections::{BTreeMap, HashMap};

use foldhash::fast::FixedState;
use object_change::ObjectKey;

use crate::model::{EndpointSlice, PortRef, Service};
use crate::options::ServiceAffinity;
use crate::table::{Numbered, Upstream, UpstreamId, UpstreamSlot};

/// What of the cluster backends are resolved with. The table holds one [`Upstream`] for each Service's port that a rule refers to, so
/// that an endpoint's change touches no rule.
#[derive(Debug, Default)]
pub(super) struct Upstreams {
    services: HashMap<ObjectKey, Service, FixedState>,
    /// By Service, then by the slice's name.
    slices: HashMap<ObjectKey, BTreeMap<Box<str>, EndpointSlice>, FixedState>,
    /// The Service of each slice.
    slice_services: HashMap<ObjectKey, ObjectKey, FixedState>,
    /// The ports of each Service that are referred to.
    references: HashMap<ObjectKey, Vec<Reference>, FixedState>,
    free: Vec<UpstreamId>,
    affinity: ServiceAffinity,
}

#[derive(Debug)]
struct Reference {
    port: PortRef,
    id: UpstreamId,
    count: usize,
}

impl Upstreams {
    /// Nothing yet.
    pub(super) fn new(affinity: ServiceAffinity) -> Self {
        Self { affinity, ..Self::default() }
    }

    pub(super) fn services(&self) -> impl Iterator<Item = &ObjectKey> {
        self.services.keys()
    }

    pub(super) fn slices(&self) -> impl Iterator<Item = &ObjectKey> {
        self.slice_services.keys()
    }

    /// Counts a reference in and gives its number.
    pub(super) fn acquire(
        &mut self,
        table: &mut Numbered<UpstreamSlot>,
        service: ObjectKey,
        port: &PortRef,
    ) -> UpstreamId {
        if let Some(references) = self.references.get_mut(&service)
            && let Some(reference) = references.iter_mut().find(|reference| reference.port == *port)
        {
            reference.count += 1;
            return reference.id;
        }
        let upstream = self.resolve(&service, port).into();
        let id = match self.free.pop() {
            Some(id) => {
                table.set(id.place(), upstream);
                id
            }
            None => {
                let id = UpstreamId::new(table.len());
                table.set(id.place(), upstream);
                id
            }
        };
        let references = self.references.entry(service).or_default();
        references.push(Reference { port: port.clone(), id, count: 1 });
        id
    }

    /// Counts a reference out. The number's place in the table stays as it is until it is given again: nothing refers to it.
    pub(super) fn release(&mut self, table: &Numbered<UpstreamSlot>, id: UpstreamId) {
        let Some(service) = table.get(id.place()).map(|upstream| &upstream.service) else { return };
        let Some(references) = self.references.get_mut(service) else { return };
        let Some(at) = references.iter().position(|reference| reference.id == id) else { return };
        if let Some(reference) = references.get_mut(at) {
            reference.count -= 1;
            if reference.count > 0 {
                return;
            }
        }
        references.swap_remove(at);
        if references.is_empty() {
            self.references.remove(service);
        }
        self.free.push(id);
    }

    /// Sets a Service or takes it out; whether a backend changed.
    pub(super) fn set_service(
        &mut self,
        table: &mut Numbered<UpstreamSlot>,
        key: &ObjectKey,
        service: Option<Service>,
    ) -> bool {
        match service {
            Some(service) => self.services.insert(key.clone(), service),
            None => self.services.remove(key),
        };
        self.refresh(table, key)
    }

    /// Sets a slice or takes it out; whether a backend changed.
    pub(super) fn set_slice(
        &mut self,
        table: &mut Numbered<UpstreamSlot>,
        key: &ObjectKey,
        slice: Option<EndpointSlice>,
    ) -> bool {
        let service = slice.as_ref().map(|slice| ObjectKey::new(key.namespace.clone(), slice.service.clone()));
        let before = match &service {
            Some(service) => self.slice_services.insert(key.clone(), service.clone()),
            None => self.slice_services.remove(key),
        };
        let mut changed = false;
        if let Some(before) = before.filter(|before| Some(before) != service.as_ref()) {
            if let Some(slices) = self.slices.get_mut(&before) {
                slices.remove(&key.name);
                if slices.is_empty() {
                    self.slices.remove(&before);
                }
            }
            changed |= self.refresh(table, &before);
        }
        if let Some((service, slice)) = service.zip(slice) {
            self.slices.entry(service.clone()).or_default().insert(key.name.clone(), slice);
            changed |= self.refresh(table, &service);
        }
        changed
    }

    fn resolve(&self, service: &ObjectKey, port: &PortRef) -> Upstream {
        let slices = self.slices.get(service).into_iter().flat_map(BTreeMap::values);
        Upstream::resolve(service.clone(), port.clone(), self.services.get(service), slices, self.affinity)
    }

    fn refresh(&self, table: &mut Numbered<UpstreamSlot>, service: &ObjectKey) -> bool {
        let mut changed = false;
        for reference in self.references.get(service).into_iter().flatten() {
            let upstream = self.resolve(service, &reference.port);
            let at = reference.id.place();
            if table.get(at).is_none_or(|old| **old != upstream) {
                table.set(at, upstream.into());
                changed = true;
            }
        }
        changed
    }
}
