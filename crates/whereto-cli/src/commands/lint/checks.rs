//! What is wrong with objects together although each is right on its own.

use std::collections::BTreeMap;
use std::net::IpAddr;

use dns_records::model::{Exposure, SliceOwner};
use dns_records::{Answer, Name, RecordType, Snapshot};
use object_change::{Diagnostic, ObjectKey, ObjectRef};

use super::facts::Facts;

/// All findings, those about one object next to each other.
pub(super) fn run(facts: &Facts, snapshot: &Snapshot) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    namespaces(facts, &mut found);
    duplicate_addresses(facts, &mut found);
    endpoints(facts, &mut found);
    aliases(facts, snapshot, &mut found);
    orphans(facts, &mut found);
    found.sort_by(|a, b| a.object.cmp(&b.object));
    found
}

fn service(key: &ObjectKey) -> ObjectRef {
    ObjectRef::new("Service", key.clone())
}

/// Services in namespaces that do not exist have no names.
fn namespaces(facts: &Facts, found: &mut Vec<Diagnostic>) {
    for key in facts.services.keys().filter(|key| !facts.namespaces.contains(&key.namespace)) {
        let reason = format!("there is no Namespace {:?} in the input: the Service has no name", key.namespace);
        found.push(Diagnostic::warning(service(key), "metadata.namespace", reason));
    }
}

/// Two Services can't have the same cluster IP.
fn duplicate_addresses(facts: &Facts, found: &mut Vec<Diagnostic>) {
    let mut owners: BTreeMap<IpAddr, &ObjectKey> = BTreeMap::new();
    for (key, facts) in &facts.services {
        for address in facts.cluster_ips() {
            let first = *owners.entry(address).or_insert(key);
            if first != key {
                let reason = format!("{address} is also the cluster IP of Service {first}");
                found.push(Diagnostic::error(service(key), "spec.clusterIPs", reason));
            }
        }
    }
}

/// Services that lead to nobody.
fn endpoints(facts: &Facts, found: &mut Vec<Diagnostic>) {
    let mut counts: BTreeMap<ObjectKey, (usize, usize)> = BTreeMap::new();
    for (key, slice) in &facts.slices {
        if let SliceOwner::Service(name) = &slice.owner {
            let (ready, unready) = counts.entry(ObjectKey::new(key.namespace.clone(), name.clone())).or_default();
            *ready += slice.ready;
            *unready += slice.unready;
        }
    }
    // Manifests in version control seldom have what only a cluster knows.
    if facts.slices.is_empty() && facts.pods.is_empty() {
        return;
    }
    for (key, facts) in &facts.services {
        let consequence = match facts.exposure {
            Exposure::Headless => "its name does not exist",
            Exposure::ClusterIp(_) => "its name has an address at which nobody answers",
            _ => continue,
        };
        let (field, cause) = match counts.get(key) {
            Some((0, 0)) | None if facts.has_selector => ("spec.selector", "no Pod and no EndpointSlice is its"),
            Some((0, 0)) | None => ("", "it has neither a selector nor EndpointSlices"),
            Some((0, _)) => ("", "none of its endpoints is ready"),
            Some(_) => continue,
        };
        found.push(Diagnostic::warning(service(key), field, format!("{cause}: {consequence}")));
    }
}

/// Aliases of names that do not exist, and of names that are seldom meant.
fn aliases(facts: &Facts, snapshot: &Snapshot, found: &mut Vec<Diagnostic>) {
    for (key, facts) in &facts.services {
        let Exposure::ExternalName(text) = &facts.exposure else { continue };
        // What is no name at all was told by the zones.
        let Ok(target) = text.parse::<Name>() else { continue };
        let mut warn = |reason: String| found.push(Diagnostic::warning(service(key), "spec.externalName", reason));
        match snapshot.lookup(target.as_ref(), RecordType::A) {
            Answer::NxDomain { .. } => warn(format!("{target} does not exist")),
            // An IPv6-only Service is as good a target.
            Answer::NoData { .. }
                if !matches!(snapshot.lookup(target.as_ref(), RecordType::AAAA), Answer::Records(_)) =>
            {
                warn(format!("{target} has no address, or is part of a ring of aliases"));
            }
            Answer::NotAuthoritative if is_cluster_shorthand(&target) => {
                warn(format!("{target} is asked for as it is, without a search list: the cluster's zone is missing"));
            }
            _ => {}
        }
    }
}

/// Whether a name looks like one that only a Pod's search list would complete: one label, or something below `svc`.
fn is_cluster_shorthand(name: &Name) -> bool {
    let labels: Vec<&[u8]> = name.as_ref().labels().collect();
    labels.len() == 1 || labels.last().is_some_and(|label| label.eq_ignore_ascii_case(b"svc"))
}

/// EndpointSlices of Services that are not there.
fn orphans(facts: &Facts, found: &mut Vec<Diagnostic>) {
    for (key, slice) in &facts.slices {
        let SliceOwner::Service(name) = &slice.owner else { continue };
        let owner = ObjectKey::new(key.namespace.clone(), name.clone());
        if !facts.services.contains_key(&owner) {
            let reason = format!("there is no Service {owner}: no name leads to these endpoints");
            found.push(Diagnostic::warning(ObjectRef::new("EndpointSlice", key.clone()), "metadata.labels", reason));
        }
    }
}
