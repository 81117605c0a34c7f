use std::collections::BTreeMap;
use std::net::IpAddr;

use dns_records::model::{Exposure, ImportExposure, SliceOwner};
use k8s_source::objects::{
    EndpointSlice, ObjectMeta, OwnerReference, Service, ServiceImport, StringMap, Workload, WorkloadKind,
};
use k8s_source::{Consumer, ObjectChange, convert};
use object_change::{Diagnostic, ObjectKey};

use crate::keep::keep;

/// What the checks need to know of all objects.
#[derive(Debug, Default)]
pub(super) struct Facts {
    pub(super) services: BTreeMap<ObjectKey, ServiceFacts>,
    pub(super) imports: BTreeMap<ObjectKey, ImportExposure>,
    /// By the slice's key.
    pub(super) slices: BTreeMap<ObjectKey, SliceFacts>,
    pub(super) namespaces: BTreeMap<ObjectKey, ()>,
    pub(super) pods: BTreeMap<ObjectKey, Member>,
    pub(super) workloads: BTreeMap<WorkloadKind, BTreeMap<ObjectKey, Member>>,
}

#[derive(Debug)]
pub(super) struct ServiceFacts {
    pub(super) exposure: Exposure,
    pub(super) has_selector: bool,
    pub(super) selector: StringMap,
    /// Place in `spec.ports`, protocol and number of each node port.
    pub(super) node_ports: Vec<(usize, Box<str>, i32)>,
}

/// A Pod, or what makes Pods.
#[derive(Debug)]
pub(super) struct Member {
    /// The labels of the Pods.
    pub(super) labels: StringMap,
    pub(super) owners: Vec<OwnerReference>,
}

impl Member {
    fn new(own: &ObjectMeta, pods: &ObjectMeta) -> Self {
        Self { labels: pods.labels.clone(), owners: own.owner_references.clone() }
    }
}

#[derive(Debug)]
pub(super) struct SliceFacts {
    pub(super) owner: SliceOwner,
    pub(super) ready: usize,
    pub(super) unready: usize,
}

impl Facts {
    pub(super) fn has_namespace(&self, name: &str) -> bool {
        self.namespaces.contains_key(&ObjectKey::cluster_scoped(name))
    }

    pub(super) fn workload(&self, kind: WorkloadKind, key: &ObjectKey) -> Option<&Member> {
        self.workloads.get(&kind)?.get(key)
    }
}

impl ServiceFacts {
    fn new(service: &Service) -> Option<Self> {
        // What is wrong in the object itself was told by the zones, which convert it too.
        let (_, value, _) = convert::service(service);
        let ports = service.spec.ports.iter().enumerate().filter(|(_, port)| port.node_port != 0);
        let node_ports = ports.map(|(index, port)| {
            let protocol = port.protocol.clone().unwrap_or_else(|| "TCP".into());
            (index, protocol, port.node_port)
        });
        Some(Self {
            exposure: value?.exposure,
            has_selector: !service.spec.selector.is_empty(),
            selector: service.spec.selector.clone(),
            node_ports: node_ports.collect(),
        })
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
            ObjectChange::Service(delta) => keep(&mut self.services, delta, ServiceFacts::new),
            ObjectChange::ServiceImport(delta) => keep(&mut self.imports, delta, exposure_of_import),
            ObjectChange::EndpointSlice(delta) => keep(&mut self.slices, delta, SliceFacts::new),
            ObjectChange::Namespace(delta) => keep(&mut self.namespaces, delta, |_| Some(())),
            ObjectChange::Pod(delta) => {
                keep(&mut self.pods, delta, |pod| Some(Member::new(&pod.metadata, &pod.metadata)))
            }
            ObjectChange::Workload(kind, delta) => {
                let of = |workload: &Workload| Some(Member::new(&workload.metadata, &workload.template(kind).metadata));
                keep(self.workloads.entry(kind).or_default(), delta, of);
            }
            // What else there is has no checks here.
            _ => {}
        }
        Vec::new()
    }

    fn publish(&mut self) {}
}
