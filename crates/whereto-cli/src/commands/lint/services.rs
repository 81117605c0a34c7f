//! What is wrong with Services besides their names.

use std::collections::{BTreeMap, BTreeSet};

use dns_records::model::Exposure;
use k8s_source::objects::WorkloadKind;
use object_change::{Diagnostic, ObjectKey, ObjectRef};

use super::facts::{Facts, Member};

/// Label by which a Deployment tells the Pods of its ReplicaSets apart: the end of the ReplicaSet's name.
const TEMPLATE_HASH: &str = "pod-template-hash";

/// All findings.
pub(super) fn run(facts: &Facts) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    several_workloads(facts, &mut found);
    node_ports(facts, &mut found);
    found
}

fn service(key: &ObjectKey) -> ObjectRef {
    ObjectRef::new("Service", key.clone())
}

/// Services that select the Pods of several workloads: mostly a label that one forgot to change.
fn several_workloads(facts: &Facts, found: &mut Vec<Diagnostic>) {
    for (key, of_service) in &facts.services {
        if of_service.selector.is_empty() || matches!(of_service.exposure, Exposure::ExternalName(_)) {
            continue;
        }
        let selected = |(have, member): &(&ObjectKey, &Member)| {
            have.namespace == key.namespace && member.labels.matches(&of_service.selector)
        };
        let pods = facts.pods.iter().filter(selected).filter_map(|(pod, member)| maker_of_pod(facts, pod, member));
        let workloads = facts.workloads.iter().flat_map(|(kind, all)| {
            all.iter().filter(selected).map(|(key, member)| maker(facts, kind.name().to_owned(), key.clone(), member))
        });
        let makers: BTreeSet<(String, ObjectKey)> = pods.chain(workloads).collect();
        if makers.len() > 1 {
            let makers: Vec<String> = makers.iter().map(|(kind, key)| format!("{kind} {}", key.name)).collect();
            let reason = format!("takes Pods of {}: requests go to any of them", makers.join(" and of "));
            found.push(Diagnostic::warning(service(key), "spec.selector", reason));
        }
    }
}

/// Who makes a Pod, at the upper end; `None` for a Pod that nobody made.
fn maker_of_pod(facts: &Facts, pod: &ObjectKey, member: &Member) -> Option<(String, ObjectKey)> {
    let owner = member.owners.first()?;
    let key = ObjectKey::new(pod.namespace.clone(), owner.name.clone());
    let is_known = kind(&owner.kind).is_some_and(|kind| facts.workload(kind, &key).is_some());
    // Dumps often have Pods and Deployments without the ReplicaSets between them.
    let deployment = member.labels.get(TEMPLATE_HASH).and_then(|hash| owner.name.strip_suffix(hash)?.strip_suffix('-'));
    match deployment.filter(|_| !is_known && &*owner.kind == WorkloadKind::ReplicaSet.name()) {
        Some(name) => Some((WorkloadKind::Deployment.name().to_owned(), ObjectKey::new(pod.namespace.clone(), name))),
        None => Some(upwards(facts, owner.kind.to_string(), key)),
    }
}

/// Who makes a workload, at the upper end: itself if nobody does.
fn maker(facts: &Facts, kind: String, key: ObjectKey, member: &Member) -> (String, ObjectKey) {
    match member.owners.first() {
        Some(owner) => upwards(facts, owner.kind.to_string(), ObjectKey::new(key.namespace, owner.name.clone())),
        None => (kind, key),
    }
}

/// The owner of the owner …: the API knows two steps.
fn upwards(facts: &Facts, kind_name: String, key: ObjectKey) -> (String, ObjectKey) {
    let owner = kind(&kind_name).and_then(|kind| facts.workload(kind, &key)).and_then(|member| member.owners.first());
    match owner {
        Some(owner) => (owner.kind.to_string(), ObjectKey::new(key.namespace, owner.name.clone())),
        None => (kind_name, key),
    }
}

fn kind(name: &str) -> Option<WorkloadKind> {
    WorkloadKind::ALL.into_iter().find(|kind| kind.name() == name)
}

/// A node has each port once for each protocol.
fn node_ports(facts: &Facts, found: &mut Vec<Diagnostic>) {
    let mut owners: BTreeMap<(&str, i32), &ObjectKey> = BTreeMap::new();
    for (key, facts) in &facts.services {
        for (index, protocol, port) in &facts.node_ports {
            if let Some(first) = owners.insert((protocol, *port), key) {
                let field = format!("spec.ports[{index}].nodePort");
                let reason = format!("{port}/{protocol} is also a node port of Service {first}");
                found.push(Diagnostic::error(service(key), field, reason));
            }
        }
    }
}
