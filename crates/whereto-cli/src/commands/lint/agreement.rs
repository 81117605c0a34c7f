//! Whether the cluster agrees with itself: kubelets, the DNS server's Service and the zones.

use std::net::IpAddr;

use k8s_source::PodConsumer;
use object_change::{Diagnostic, ObjectKey, ObjectRef};

use super::facts::Facts;
use super::pods::list;
use crate::arguments::{NodeArgs, ZoneArgs};
use crate::pods::CLUSTER_DNS;

/// What each kubelet in the input, and what was given on the command line, says otherwise than the cluster.
pub(super) fn run(pods: &PodConsumer, facts: &Facts, args: &NodeArgs, zones: &ZoneArgs) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let kubelet = |key: &ObjectKey| ObjectRef::new("KubeletConfiguration", key.clone());
    let option = |name: &'static str| ObjectRef::new("option", ObjectKey::cluster_scoped(name));
    for (key, settings) in pods.kubelets() {
        addresses(facts, &settings.cluster_dns, kubelet(key), "clusterDNS", &mut found);
        domain(zones, &settings.cluster_domain, kubelet(key), "clusterDomain", &mut found);
    }
    if !args.cluster_dns.is_empty() {
        addresses(facts, &args.cluster_dns, option("--cluster-dns"), "", &mut found);
    }
    if let Some(text) = &args.cluster_domain {
        domain(zones, text, option("--cluster-domain"), "", &mut found);
    }
    found
}

fn addresses(facts: &Facts, given: &[IpAddr], object: ObjectRef, field: &'static str, found: &mut Vec<Diagnostic>) {
    if given.is_empty() {
        let reason = "missing: Pods with policy ClusterFirst get their node's settings, and an event MissingClusterDNS";
        found.push(Diagnostic::warning(object, field, reason));
        return;
    }
    let key = ObjectKey::new(CLUSTER_DNS.0, CLUSTER_DNS.1);
    let Some(service) = facts.services.get(&key).map(super::facts::ServiceFacts::cluster_ips) else { return };
    for address in given.iter().map(IpAddr::to_canonical) {
        // A DNS cache on each node listens at a link-local address (NodeLocal DNSCache).
        let is_link_local = matches!(address, IpAddr::V4(address) if address.is_link_local());
        if !service.contains(&address) && !is_link_local {
            let reason = format!("{address} is not an address of Service {key}, which has {}", list(&service));
            found.push(Diagnostic::warning(object.clone(), field, reason));
        }
    }
}

fn domain(zones: &ZoneArgs, given: &str, object: ObjectRef, field: &'static str, found: &mut Vec<Diagnostic>) {
    if given.is_empty() {
        let reason = "missing: Pods have no search list of the cluster";
        found.push(Diagnostic::warning(object, field, reason));
    } else if !zones.has(given) {
        let reason = format!("{given} is not a zone of the DNS server ({}): search lists lead nowhere", zones.first());
        found.push(Diagnostic::warning(object, field, reason));
    }
}
