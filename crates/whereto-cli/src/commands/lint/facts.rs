use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use dns_records::model::{Exposure, ImportExposure, SliceOwner};
use k8s_source::objects::{EndpointSlice, Service, ServiceImport};
use k8s_source::{Consumer, ObjectChange, convert};
use object_change::{Delta, Diagnostic, ObjectKey};

/// What the checks need to know of all objects.
#[derive(Debug, Default)]
pub(super) struct Facts {
    pub(super) services: BTreeMap<ObjectKey, ServiceFacts>,
    pub(super) imports: BTreeMap<ObjectKey, ImportExposure>,
    /// By the slice's key.
    pub(super) slices: BTreeMap<ObjectKey, SliceFacts>,
    pub(super) namespaces: BTreeSet<Box<str>>,
    pub(super) pods: BTreeSet<ObjectKey>,
}

#[derive(Debug)]
pub(super) struct ServiceFacts {
    pub(super) exposure: Exposure,
    pub(super) has_selector: bool,
}

#[derive(Debug)]
pub(super) struct SliceFacts {
    pub(super) owner: SliceOwner,
    pub(super) ready: usize,
    pub(super) unready: usize,
}

impl ServiceFacts {
    fn new(service: &Service) -> Option<Self> {
        // What is wrong in the object itself was told by the zones, which convert it too.
        let (_, value, _) = convert::service(service);
        Some(Self { exposure: value?.exposure, has_selector: !service.spec.selector.is_empty() })
    }

    pub(super) fn cluster_ips(&self) -> Vec<IpAddr> {
        match &self.exposure {
            Exposure::ClusterIp(ips) => ips.iter().collect(),
            _ => Vec::new(),
        }
    }
}

impl SliceFacts {
    fn new(slice: &EndpointSlice) -> Option<Self> {
        let (_, value, _) = convert::endpoint_slice(slice);
        let value = value?;
        let ready = value.endpoints.iter().filter(|endpoint| endpoint.ready).count();
        Some(Self { owner: value.owner, ready, unready: value.endpoints.len() - ready })
    }
}

fn exposure_of_import(import: &ServiceImport) -> Option<ImportExposure> {
    let (_, value, _) = convert::service_import(import);
    Some(value?.exposure)
}

impl Consumer for Facts {
    fn apply(&mut self, change: ObjectChange<'_>) -> Vec<Diagnostic> {
        match change {
            ObjectChange::Service(delta) => take(&mut self.services, delta, ServiceFacts::new),
            ObjectChange::ServiceImport(delta) => take(&mut self.imports, delta, exposure_of_import),
            ObjectChange::EndpointSlice(delta) => take(&mut self.slices, delta, SliceFacts::new),
            ObjectChange::Namespace(Delta::Upsert(key, _)) => {
                self.namespaces.insert(key.name);
            }
            ObjectChange::Namespace(Delta::Delete(key)) => {
                self.namespaces.remove(&key.name);
            }
            ObjectChange::Pod(Delta::Upsert(key, _)) => {
                self.pods.insert(key);
            }
            // Manifests are told one by one, and what else there is has no checks.
            _ => {}
        }
        Vec::new()
    }

    fn publish(&mut self) {}
}

fn take<T, F>(facts: &mut BTreeMap<ObjectKey, F>, delta: Delta<&T>, of: impl Fn(&T) -> Option<F>) {
    match delta {
        Delta::Upsert(key, object) => match of(object) {
            Some(fact) => {
                facts.insert(key, fact);
            }
            None => {
                facts.remove(&key);
            }
        },
        Delta::Delete(key) => {
            facts.remove(&key);
        }
        _ => {}
    }
}
