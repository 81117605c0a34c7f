//! What is wrong with objects together although each is right on its own.

use std::collections::BTreeMap;
use std::net::IpAddr;

use dns_records::model::{Exposure, ImportExposure, SliceOwner};
use dns_records::{Answer, Name, RecordType, Snapshot};
use object_change::{Diagnostic, ObjectKey, ObjectRef};

use super::facts::{Facts, SliceFacts};

/// All findings, those about one object next to each other. `multicluster` is whether a zone serves ServiceImports.
pub(super) fn run(facts: &Facts, snapshot: &Snapshot, multicluster: bool) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    namespaces(facts, &mut found);
    duplicate_addresses(facts, &mut found);
    endpoints(facts, &mut found);
    aliases(facts, snapshot, &mut found);
    if multicluster {
        imports_without_endpoints(facts, &mut found);
    } else {
        imports_without_zone(facts, &mut found);
    }
    orphans(facts, &mut found);
    found.sort_by(|a, b| a.object.cmp(&b.object));
    found
}

fn service(key: &ObjectKey) -> ObjectRef {
    ObjectRef::new("Service", key.clone())
}

fn import(key: &ObjectKey) -> ObjectRef {
    ObjectRef::new("ServiceImport", key.clone())
}

/// Services and ServiceImports in namespaces that do not exist have no names.
fn namespaces(facts: &Facts, found: &mut Vec<Diagnostic>) {
    let objects = facts.services.keys().map(service).chain(facts.imports.keys().map(import));
    for object in objects.filter(|object| !facts.has_namespace(&object.key.namespace)) {
        let reason =
            format!("there is no Namespace {:?} in the input: the {} has no name", object.key.namespace, object.kind);
        found.push(Diagnostic::warning(object, "metadata.namespace", reason));
    }
}

/// Two Services can't have the same cluster IP, nor two ServiceImports the same address.
fn duplicate_addresses(facts: &Facts, found: &mut Vec<Diagnostic>) {
    let services =
        facts.services.iter().flat_map(|(key, facts)| facts.cluster_ips().into_iter().map(move |ip| (ip, key)));
    only_once(services, found, |key, address, first| {
        let reason = format!("{address} is also the cluster IP of Service {first}");
        Diagnostic::error(service(key), "spec.clusterIPs", reason)
    });
    let imports = facts.imports.iter().filter_map(|(key, exposure)| match exposure {
        ImportExposure::ClusterSetIp(ips) => Some(ips.iter().map(move |ip| (ip, key))),
        _ => None,
    });
    only_once(imports.flatten(), found, |key, address, first| {
        let reason = format!("{address} is also an address of ServiceImport {first}");
        Diagnostic::error(import(key), "spec.ips", reason)
    });
}

/// Tells of every address that an object before has.
fn only_once<'f>(
    owned: impl Iterator<Item = (IpAddr, &'f ObjectKey)>,
    found: &mut Vec<Diagnostic>,
    tell: impl Fn(&ObjectKey, IpAddr, &ObjectKey) -> Diagnostic,
) {
    let mut owners = BTreeMap::new();
    for (address, key) in owned {
        let first = *owners.entry(address).or_insert(key);
        if first != key {
            found.push(tell(key, address, first));
        }
    }
}

/// The Service or ServiceImport that a slice says it belongs to.
fn owner(key: &ObjectKey, slice: &SliceFacts) -> Option<ObjectRef> {
    let in_namespace = |name: &str| ObjectKey::new(key.namespace.clone(), name);
    match &slice.owner {
        SliceOwner::Service(name) => Some(service(&in_namespace(name))),
        SliceOwner::Import { service, .. } => Some(import(&in_namespace(service))),
        _ => None,
    }
}

/// How many endpoints are ready, and how many are not, by whose they are.
fn endpoint_counts(facts: &Facts) -> BTreeMap<ObjectRef, (usize, usize)> {
    let mut counts = BTreeMap::new();
    for (key, slice) in &facts.slices {
        if let Some(owner) = owner(key, slice) {
            let (ready, unready): &mut (usize, usize) = counts.entry(owner).or_default();
            *ready += slice.ready;
            *unready += slice.unready;
        }
    }
    counts
}

/// Services that lead to nobody.
fn endpoints(facts: &Facts, found: &mut Vec<Diagnostic>) {
    let counts = endpoint_counts(facts);
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
        let (field, cause) = match counts.get(&service(key)) {
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

/// Without a multicluster zone ServiceImports are not served, which is right where another server does it.
fn imports_without_zone(facts: &Facts, found: &mut Vec<Diagnostic>) {
    for key in facts.imports.keys() {
        let reason = "no zone serves ServiceImports (--multicluster): it has no name";
        found.push(Diagnostic::info(import(key), "", reason));
    }
}

/// Headless ServiceImports that lead to nobody. Who answers at a ClusterSetIP, slices here need not tell.
fn imports_without_endpoints(facts: &Facts, found: &mut Vec<Diagnostic>) {
    let counts = endpoint_counts(facts);
    for (key, _) in facts.imports.iter().filter(|(_, exposure)| **exposure == ImportExposure::Headless) {
        let cause = match counts.get(&import(key)) {
            Some((0, 0)) | None => "no cluster has EndpointSlices of it",
            Some((0, _)) => "none of its endpoints is ready",
            Some(_) => continue,
        };
        found.push(Diagnostic::warning(import(key), "", format!("{cause}: its name does not exist")));
    }
}

/// EndpointSlices of Services and ServiceImports that are not there.
fn orphans(facts: &Facts, found: &mut Vec<Diagnostic>) {
    for (key, slice) in &facts.slices {
        let Some(owner) = owner(key, slice) else { continue };
        let is_there = match &slice.owner {
            SliceOwner::Import { .. } => facts.imports.contains_key(&owner.key),
            _ => facts.services.contains_key(&owner.key),
        };
        if !is_there {
            let reason = format!("there is no {owner}: no name leads to these endpoints");
            found.push(Diagnostic::warning(ObjectRef::new("EndpointSlice", key.clone()), "metadata.labels", reason));
        }
    }
}
