//! The Pods of a cluster, and what each is given.

mod given;
mod node;

use std::net::IpAddr;
use std::sync::Arc;

use dns_records::Snapshot;
use k8s_resolv_conf::pod::PodDns;
use k8s_source::PodConsumer;
use k8s_source::manifests::PodOrigins;
use k8s_source::objects::WorkloadKind;
use object_change::{ObjectKey, ObjectRef};

use crate::arguments::{AskerArgs, OfflineArgs, PodRef, Reads};
use crate::cluster;
use crate::exit::Failure;

pub(crate) use given::Given;
pub(crate) use node::{CLUSTER_DNS, Node};

/// A cluster with its Pods.
#[derive(Debug)]
pub(crate) struct Pods {
    pub(crate) snapshot: Arc<Snapshot>,
    pub(crate) consumer: PodConsumer,
}

impl Pods {
    /// Reads the cluster. What is wrong with Pods is not told: a command is about one of them.
    ///
    /// # Errors
    /// When the options do not fit together, or the objects can't be read.
    pub(crate) fn read(args: &OfflineArgs) -> Result<Self, Failure> {
        let mut consumer = PodConsumer::default();
        let reads = Reads { pods: PodOrigins::Read, ..Reads::default() };
        let snapshot = cluster::snapshot_with(args, reads, &mut consumer, &|object| !is_pod(object))?;
        Ok(Self { snapshot, consumer })
    }

    /// The addresses of the cluster's DNS server by its Service.
    pub(crate) fn cluster_dns(&self) -> impl Iterator<Item = IpAddr> {
        let key = ObjectKey::new(CLUSTER_DNS.0, CLUSTER_DNS.1);
        let service = self.consumer.services().find(|(have, _)| **have == key);
        service.and_then(|(_, service)| service.cluster_ip.parse().ok()).into_iter()
    }

    /// Whoever asks.
    ///
    /// # Errors
    /// When there is no such Pod.
    pub(crate) fn asker(&self, args: &AskerArgs) -> Result<PodDns, Failure> {
        match (&args.pod, &args.namespace) {
            (Some(pod), _) => Ok(self.find(pod)?.clone()),
            (None, Some(namespace)) => Ok(PodDns::new(namespace.as_str(), "pod")),
            (None, None) => {
                Err(Failure::bad_input("whose question is it? --pod NAMESPACE/NAME or --namespace NAMESPACE tells"))
            }
        }
    }

    /// The Pod, or what the workload makes.
    ///
    /// # Errors
    /// When there is none, or when several workloads have the name.
    pub(crate) fn find(&self, wanted: &PodRef) -> Result<&PodDns, Failure> {
        if let (None, Some(pod)) = (wanted.kind, self.consumer.pod(&wanted.key)) {
            return Ok(&pod.dns);
        }
        let is_wanted = |kind: WorkloadKind| wanted.kind.is_none_or(|wanted| wanted == kind);
        let workloads = self.consumer.workloads().filter(|((kind, key), _)| *key == wanted.key && is_wanted(*kind));
        let found: Vec<_> = workloads.collect();
        match found[..] {
            [(_, pod)] => Ok(&pod.dns),
            [] => Err(Failure::bad_input(format_args!("there is no {wanted}{}", self.hint(wanted)))),
            _ => {
                let kinds: Vec<_> = found.iter().map(|((kind, _), _)| kind.name()).collect();
                let first = kinds.first().map(|kind| kind.to_lowercase()).unwrap_or_default();
                let (namespace, name) = (&wanted.key.namespace, &wanted.key.name);
                Err(Failure::bad_input(format_args!(
                    "{} is the name of a {}: {namespace}/{first}/{name} is the first",
                    wanted.key,
                    kinds.join(" and a ")
                )))
            }
        }
    }

    /// Which Pods the namespace has, for who mistyped one.
    fn hint(&self, wanted: &PodRef) -> String {
        let namespace = &wanted.key.namespace;
        let pods = self.consumer.pods().map(|(key, _)| (key, String::new()));
        let workloads =
            self.consumer.workloads().map(|((kind, key), _)| (key, format!("{}/", kind.name().to_lowercase())));
        let there = pods.chain(workloads).filter(|(key, _)| key.namespace == *namespace);
        let names: Vec<String> = there.take(8).map(|(key, kind)| format!("{namespace}/{kind}{}", key.name)).collect();
        if names.is_empty() {
            format!(": namespace {namespace:?} has no Pods in the input")
        } else {
            format!(": there are {}", names.join(", "))
        }
    }
}

/// Whether a finding is about a Pod or what makes Pods.
fn is_pod(object: &ObjectRef) -> bool {
    object.kind == "Pod" || WorkloadKind::ALL.iter().any(|kind| object.kind == kind.name())
}
