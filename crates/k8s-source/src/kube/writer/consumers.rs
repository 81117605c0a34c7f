//! Who finds out what is to be written.

use std::collections::BTreeMap;
use std::sync::Arc;

use object_change::{Delta, Diagnostic, ObjectKey};

use super::Desk;
use crate::change::{Consumer, Kind, ObjectChange};
use crate::objects::{LoadBalancerIngress, Pod};

/// Takes in which Ingresses there are and what their status says.
#[derive(Debug)]
pub struct StatusConsumer {
    desk: Arc<Desk>,
}

impl StatusConsumer {
    pub(super) const fn new(desk: Arc<Desk>) -> Self {
        Self { desk }
    }
}

impl Consumer for StatusConsumer {
    fn apply(&mut self, change: ObjectChange<'_>) -> Vec<Diagnostic> {
        if let ObjectChange::Ingress(delta) = &change {
            self.desk.state().statuses.ingress(delta);
        }
        Vec::new()
    }

    fn publish(&mut self) {
        self.desk.news.notify_one();
    }
}

/// Publishes the addresses of a Service's load balancer.
#[derive(Debug)]
pub struct ServiceAddresses {
    desk: Arc<Desk>,
    service: ObjectKey,
    addresses: Vec<LoadBalancerIngress>,
    is_synced: bool,
}

impl ServiceAddresses {
    pub(super) const fn new(desk: Arc<Desk>, service: ObjectKey) -> Self {
        Self { desk, service, addresses: Vec::new(), is_synced: false }
    }
}

impl Consumer for ServiceAddresses {
    fn apply(&mut self, change: ObjectChange<'_>) -> Vec<Diagnostic> {
        match change {
            ObjectChange::Service(Delta::Upsert(key, service)) if key == self.service => {
                self.addresses.clone_from(&service.status.load_balancer.ingress);
            }
            ObjectChange::Service(Delta::Delete(key)) if key == self.service => self.addresses.clear(),
            ObjectChange::Synced(Kind::Service) => self.is_synced = true,
            _ => {}
        }
        Vec::new()
    }

    fn publish(&mut self) {
        if self.is_synced {
            self.desk.change(|state, _| state.statuses.set_addresses(self.addresses.iter().cloned()));
        }
    }
}

/// Publishes the addresses of the nodes on which Pods are.
#[derive(Debug)]
pub struct NodeAddresses {
    desk: Arc<Desk>,
    pods: BTreeMap<ObjectKey, Vec<LoadBalancerIngress>>,
    is_synced: bool,
}

impl NodeAddresses {
    pub(super) const fn new(desk: Arc<Desk>) -> Self {
        Self { desk, pods: BTreeMap::new(), is_synced: false }
    }
}

impl Consumer for NodeAddresses {
    fn apply(&mut self, change: ObjectChange<'_>) -> Vec<Diagnostic> {
        match change {
            ObjectChange::Pod(Delta::Upsert(key, pod)) => {
                self.pods.insert(key, node(pod));
            }
            ObjectChange::Pod(Delta::Delete(key)) => {
                self.pods.remove(&key);
            }
            ObjectChange::Synced(Kind::Pod) => self.is_synced = true,
            _ => {}
        }
        Vec::new()
    }

    fn publish(&mut self) {
        if self.is_synced {
            let addresses = self.pods.values().flatten().cloned();
            self.desk.change(|state, _| state.statuses.set_addresses(addresses));
        }
    }
}

/// The addresses of the node of a Pod that serves.
fn node(pod: &Pod) -> Vec<LoadBalancerIngress> {
    let is_ready =
        pod.status.conditions.iter().any(|condition| &*condition.type_ == "Ready" && &*condition.status == "True");
    if !is_ready || pod.metadata.deletion_timestamp.is_some() {
        return Vec::new();
    }
    pod.status.host_ips.iter().map(|address| LoadBalancerIngress::ip(address.ip.clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_count_whose_pods_are_ready() {
        let pod = |ready: &str, more: &str| -> Pod {
            let text = format!(
                r#"{{"metadata":{{{more}}},"status":{{"hostIPs":[{{"ip":"192.0.2.1"}},{{"ip":"2001:db8::1"}}],
                    "conditions":[{{"type":"Ready","status":"{ready}"}}]}}}}"#
            );
            serde_json::from_str(&text).unwrap()
        };
        assert_eq!(node(&pod("True", "")), ["192.0.2.1", "2001:db8::1"].map(LoadBalancerIngress::ip));
        assert!(node(&pod("False", "")).is_empty());
        assert!(node(&pod("True", r#""deletionTimestamp":"2026-11-21T18:00:00Z""#)).is_empty());
    }
}
