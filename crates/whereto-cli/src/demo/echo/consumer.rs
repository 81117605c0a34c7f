use std::io;

use k8s_source::objects::{Endpoint, EndpointPort, EndpointSlice, SERVICE_NAME_LABEL};
use k8s_source::{Consumer, ObjectChange};
use object_change::{Delta, Diagnostic, ObjectKey, ObjectRef};

use super::EchoEndpoints;

/// Tells another consumer of servers on this machine instead of Pods: for each endpoint a slice of its own, since each has other ports.
#[derive(Debug)]
pub(crate) struct InsteadOfPods<C> {
    servers: EchoEndpoints,
    consumer: C,
}

impl<C: Consumer> InsteadOfPods<C> {
    pub(super) const fn new(servers: EchoEndpoints, consumer: C) -> Self {
        Self { servers, consumer }
    }

    fn slice(&mut self, key: &ObjectKey, slice: &EndpointSlice) -> Vec<Diagnostic> {
        let mut found = Vec::new();
        for (index, endpoint) in slice.endpoints.iter().enumerate() {
            match self.played(key, slice, endpoint) {
                Ok(played) => {
                    let key = ObjectKey::new(key.namespace.clone(), format!("{}:{index}", key.name));
                    found.extend(self.consumer.apply(ObjectChange::EndpointSlice(Delta::Upsert(key, &played))));
                }
                Err(error) => {
                    let object = ObjectRef::new("EndpointSlice", key.clone());
                    found.push(Diagnostic::error(object, "endpoints", format!("no server can play it: {error}")));
                }
            }
        }
        found
    }

    /// The slice with one endpoint, played by servers.
    fn played(&self, key: &ObjectKey, slice: &EndpointSlice, endpoint: &Endpoint) -> io::Result<EndpointSlice> {
        let service = slice.metadata.labels.get(SERVICE_NAME_LABEL).unwrap_or_default();
        let address = endpoint.addresses.first().map_or("", |address| &**address);
        let is_tcp = |port: &&EndpointPort| port.protocol.as_deref().is_none_or(|protocol| protocol == "TCP");
        let mut ports = Vec::new();
        for port in slice.ports.iter().filter(is_tcp) {
            let number = port.port.unwrap_or_default();
            let who = match address.contains(':') {
                true => format!("{}/{service} at [{address}]:{number}", key.namespace),
                false => format!("{}/{service} at {address}:{number}", key.namespace),
            };
            let mut port = port.clone();
            port.port = Some(self.servers.open(&who)?.port().into());
            ports.push(port);
        }
        let mut endpoint = endpoint.clone();
        endpoint.addresses = vec!["127.0.0.1".into()];
        let mut played = slice.clone();
        (played.ports, played.endpoints, played.address_type) = (ports, vec![endpoint], "IPv4".into());
        Ok(played)
    }
}

impl<C: Consumer> Consumer for InsteadOfPods<C> {
    /// The demo cluster's slices come once and stay.
    fn apply(&mut self, change: ObjectChange<'_>) -> Vec<Diagnostic> {
        match change {
            ObjectChange::EndpointSlice(Delta::Upsert(key, slice)) => self.slice(&key, slice),
            other => self.consumer.apply(other),
        }
    }

    fn publish(&mut self) {
        self.consumer.publish();
    }
}
