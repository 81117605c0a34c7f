//! What is wrong with what Pods are given.

use std::collections::BTreeMap;
use std::net::IpAddr;

use dns_records::model::Exposure;
use k8s_resolv_conf::pod::{
    DnsPolicy, EventObject, LinkedService, PodDns, PodFile, PodResolvConf, ambiguous_options, hostname, resolv_conf,
    service_environment,
};
use k8s_resolv_conf::{FindingPlace, ResolvConf, Severity, lint};
use k8s_source::objects::{OwnerReference, WorkloadKind};
use k8s_source::{ConsumedPod, PodConsumer};
use object_change::{Diagnostic, ObjectKey, ObjectRef};

use super::facts::Facts;
use crate::commands::env::describe;
use crate::pods::Node;

/// All findings about Pods and what makes them. A Pod whose workload is in the input is not looked at beside it.
pub(super) fn run(pods: &PodConsumer, facts: &Facts, node: &Node) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let has_owner = |namespace: &str, owners: &[OwnerReference]| {
        owners.iter().any(|owner| {
            let key = ObjectKey::new(namespace, owner.name.clone());
            let kind = WorkloadKind::ALL.into_iter().find(|kind| kind.name() == &*owner.kind);
            kind.is_some_and(|kind| pods.workload(kind, &key).is_some())
        })
    };
    for (key, pod) in pods.pods().filter(|(key, pod)| !has_owner(&key.namespace, &pod.owners)) {
        Subject { object: ObjectRef::new("Pod", key.clone()), spec: "spec", pod, node, facts }.check(&mut found);
    }
    for ((kind, key), pod) in pods.workloads().filter(|((_, key), pod)| !has_owner(&key.namespace, &pod.owners)) {
        let object = ObjectRef::new(kind.name(), key.clone());
        Subject { object, spec: kind.pod_spec_field(), pod, node, facts }.check(&mut found);
    }
    collisions(pods, &mut found);
    found
}

/// A Pod, or what a workload makes.
struct Subject<'s> {
    object: ObjectRef,
    /// Path of the spec.
    spec: &'static str,
    pod: &'s ConsumedPod,
    node: &'s Node,
    facts: &'s Facts,
}

impl Subject<'_> {
    fn check(&self, found: &mut Vec<Diagnostic>) {
        let pod = &self.pod.dns;
        if pod.host_network && pod.dns_policy == DnsPolicy::ClusterFirst {
            found.push(self.warning(
                "dnsPolicy",
                "ClusterFirst means Default in the node's network: names of the cluster do not resolve \
                 (ClusterFirstWithHostNet)",
            ));
        }
        // What an API server refuses was told with its place.
        if let Err(error) = hostname(pod, &self.node.kubelet.cluster_domain)
            && matches!(error, k8s_resolv_conf::pod::HostnameError::FqdnTooLong { .. })
        {
            found.push(Diagnostic::error(self.object.clone(), self.field("setHostnameAsFQDN"), error.to_string()));
        }
        self.subdomain(found);
        let made = resolv_conf(pod, &self.node.host, &self.node.kubelet);
        self.events(&made, found);
        for option in ambiguous_options(&made) {
            let entries = option.entries.join(" and ");
            let reason = format!("{entries} stand in the file in no certain order: an option's name has no colon");
            found.push(self.warning("dnsConfig.options", reason));
        }
        self.file(&made, found);
    }

    /// A Pod has a DNS name by its subdomain only where a headless Service is called so.
    fn subdomain(&self, found: &mut Vec<Diagnostic>) {
        let PodDns { namespace, subdomain, .. } = &self.pod.dns;
        if subdomain.is_empty() {
            return;
        }
        let service = ObjectKey::new(namespace.clone(), subdomain.clone());
        let cause = match self.facts.services.get(&service).map(|facts| &facts.exposure) {
            Some(Exposure::Headless) => return,
            Some(_) => format!("Service {service} is not headless"),
            None => format!("there is no Service {service}"),
        };
        let (field, is_stateful_set) = match &*self.object.kind {
            "StatefulSet" => ("spec.serviceName".to_owned(), true),
            _ => (self.field("subdomain"), false),
        };
        let who = if is_stateful_set { "its Pods have" } else { "the Pod has" };
        found.push(Diagnostic::warning(self.object.clone(), field, format!("{cause}: {who} no name in DNS")));
    }

    /// What kubelet would say each time that it makes the Pod.
    fn events(&self, made: &PodResolvConf, found: &mut Vec<Diagnostic>) {
        for event in made.events.iter().filter(|event| event.object == EventObject::Pod) {
            let reason = format!("kubelet: {}: {}", event.reason, event.message);
            found.push(self.warning(if self.pod.dns.dns_config.is_some() { "dnsConfig" } else { "dnsPolicy" }, reason));
        }
    }

    /// What programs make of the file, where the Pod's own settings are part of it.
    fn file(&self, made: &PodResolvConf, found: &mut Vec<Diagnostic>) {
        let (Some(_), PodFile::Written(text)) = (&self.pod.dns.dns_config, &made.file) else { return };
        let file = ResolvConf::parse(text.as_bytes());
        for finding in lint(&file, &[]) {
            let is_ambiguity = finding.code == "option-repeated";
            if finding.severity >= Severity::Warning && matches!(finding.place, FindingPlace::File(_)) && !is_ambiguity
            {
                let reason = format!("{} ({})", finding.text, finding.code);
                found.push(Diagnostic::new(finding.severity, self.object.clone(), self.field("dnsConfig"), reason));
            }
        }
    }

    fn field(&self, name: &str) -> String {
        format!("{}.{name}", self.spec)
    }

    fn warning(&self, field: &str, reason: impl Into<String>) -> Diagnostic {
        Diagnostic::warning(self.object.clone(), self.field(field), reason.into())
    }
}

/// Variables that several Services of a namespace want, where it has Pods that get them.
fn collisions(pods: &PodConsumer, found: &mut Vec<Diagnostic>) {
    let services: Vec<LinkedService> = pods.services().map(|(_, service)| service.clone()).collect();
    let all = pods.pods().map(|(_, pod)| pod).chain(pods.workloads().map(|(_, pod)| pod));
    let mut asked: BTreeMap<&str, &PodDns> = BTreeMap::new();
    for pod in all.filter(|pod| pod.dns.enable_service_links) {
        asked.entry(&pod.dns.namespace).or_insert(&pod.dns);
    }
    for (namespace, pod) in asked {
        for collision in service_environment(pod, &services).collisions {
            let Some(last) = collision.candidates.last() else { continue };
            let object = ObjectRef::new("Service", ObjectKey::new(namespace, last.service.clone()));
            found.push(Diagnostic::warning(object, "metadata.name", format!("in Pods, {}", describe(&collision))));
        }
    }
}

/// Addresses, for people.
pub(super) fn list(addresses: &[IpAddr]) -> String {
    addresses.iter().map(IpAddr::to_string).collect::<Vec<_>>().join(" ")
}
