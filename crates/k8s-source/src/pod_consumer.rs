use std::collections::BTreeMap;

use k8s_resolv_conf::pod::{LinkedService, PodDns};
use object_change::{Delta, Diagnostic, ObjectKey};

use crate::change::{Consumer, ObjectChange};
use crate::convert::{self, KubeletSettings};
use crate::objects::{OwnerReference, WorkloadKind};

/// Keeps what a cluster's Pods are given: for tools that look at one Pod or at all of them.
///
/// ```
/// use k8s_source::manifests::{ManifestOptions, ManifestSource, PodOrigins};
/// use k8s_source::PodConsumer;
/// let text = "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: db, namespace: data}\nspec: {serviceName: db}\n";
/// let options = ManifestOptions::default().with_pod_origins(PodOrigins::Read);
/// let mut pods = PodConsumer::default();
/// ManifestSource::new([""; 0], options).with_text("db.yaml", text.as_bytes()).load(&mut pods, &mut |_| {});
/// let (_, pod) = pods.workloads().next().unwrap();
/// assert_eq!((&*pod.dns.name, &*pod.dns.subdomain), ("db-0", "db"));
/// ```
#[derive(Clone, Debug, Default)]
pub struct PodConsumer {
    pods: BTreeMap<ObjectKey, ConsumedPod>,
    workloads: BTreeMap<(WorkloadKind, ObjectKey), ConsumedPod>,
    services: BTreeMap<ObjectKey, LinkedService>,
    kubelets: BTreeMap<ObjectKey, KubeletSettings>,
}

/// A Pod, or the Pods that a workload makes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ConsumedPod {
    /// What decides its names and settings.
    pub dns: PodDns,
    /// The objects that it, or its workload, was made by.
    pub owners: Vec<OwnerReference>,
}

impl PodConsumer {
    /// The Pods, by key.
    pub fn pods(&self) -> impl ExactSizeIterator<Item = (&ObjectKey, &ConsumedPod)> {
        self.pods.iter()
    }

    /// One Pod.
    pub fn pod(&self, key: &ObjectKey) -> Option<&ConsumedPod> {
        self.pods.get(key)
    }

    /// What workloads make, by kind and key.
    pub fn workloads(&self) -> impl ExactSizeIterator<Item = (&(WorkloadKind, ObjectKey), &ConsumedPod)> {
        self.workloads.iter()
    }

    /// What one workload makes.
    pub fn workload(&self, kind: WorkloadKind, key: &ObjectKey) -> Option<&ConsumedPod> {
        self.workloads.get(&(kind, key.clone()))
    }

    /// The Services, by key.
    pub fn services(&self) -> impl ExactSizeIterator<Item = (&ObjectKey, &LinkedService)> {
        self.services.iter()
    }

    /// The settings of kubelets, by name.
    pub fn kubelets(&self) -> impl ExactSizeIterator<Item = (&ObjectKey, &KubeletSettings)> {
        self.kubelets.iter()
    }
}

impl Consumer for PodConsumer {
    fn apply(&mut self, change: ObjectChange<'_>) -> Vec<Diagnostic> {
        let mut diagnostics = Vec::new();
        let found = &mut diagnostics;
        match change {
            ObjectChange::Pod(delta) => {
                let convert = |pod: &crate::objects::Pod| {
                    let (_, dns, told) = convert::pod_dns(pod);
                    (dns.map(|dns| ConsumedPod { dns, owners: pod.metadata.owner_references.clone() }), told)
                };
                take(&mut self.pods, delta, |key| key, convert, found);
            }
            ObjectChange::Workload(kind, delta) => {
                let convert = |workload: &crate::objects::Workload| {
                    let (_, dns, told) = convert::pod_dns_of_template(kind, workload);
                    (dns.map(|dns| ConsumedPod { dns, owners: workload.metadata.owner_references.clone() }), told)
                };
                if let Delta::ReplaceAll(_) = delta {
                    self.workloads.retain(|(have, _), _| *have != kind);
                }
                take_each(&mut self.workloads, delta, |key| (kind, key), convert, found);
            }
            ObjectChange::Service(delta) => {
                let convert = |service: &crate::objects::Service| {
                    let (_, value, told) = convert::linked_service(service);
                    (value, told)
                };
                take(&mut self.services, delta, |key| key, convert, found);
            }
            ObjectChange::KubeletConfiguration(delta) => {
                let convert = |configuration: &crate::objects::KubeletConfiguration| {
                    let (_, value, told) = convert::kubelet_configuration(configuration);
                    (value, told)
                };
                take(&mut self.kubelets, delta, |key| key, convert, found);
            }
            _ => {}
        }
        diagnostics
    }

    /// What was applied is seen at once.
    fn publish(&mut self) {}
}

/// Takes a change over into a map that has objects of no other kind.
fn take<K: Ord, V, T>(
    map: &mut BTreeMap<K, V>,
    delta: Delta<&T>,
    of_key: impl Fn(ObjectKey) -> K,
    convert: impl Fn(&T) -> (Option<V>, Vec<Diagnostic>),
    diagnostics: &mut Vec<Diagnostic>,
) {
    if let Delta::ReplaceAll(_) = delta {
        map.clear();
    }
    take_each(map, delta, of_key, convert, diagnostics);
}

fn take_each<K: Ord, V, T>(
    map: &mut BTreeMap<K, V>,
    delta: Delta<&T>,
    of_key: impl Fn(ObjectKey) -> K,
    convert: impl Fn(&T) -> (Option<V>, Vec<Diagnostic>),
    diagnostics: &mut Vec<Diagnostic>,
) {
    let mut put = |key: ObjectKey, object: &T| {
        let (value, told) = convert(object);
        diagnostics.extend(told);
        match value {
            Some(value) => map.insert(of_key(key), value),
            None => map.remove(&of_key(key)),
        };
    };
    match delta {
        Delta::Upsert(key, object) => put(key, object),
        Delta::ReplaceAll(all) => all.into_iter().for_each(|(key, object)| put(key, object)),
        Delta::Delete(key) => {
            map.remove(&of_key(key));
        }
        // A form of change that this version does not know changes nothing.
        _ => {}
    }
}
