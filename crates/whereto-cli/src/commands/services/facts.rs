use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use dns_records::model::Exposure;
use k8s_source::objects::{EndpointSlice, IntOrString, Service, ServicePort};
use k8s_source::{Consumer, ObjectChange, convert};
use object_change::{Diagnostic, ObjectKey};
use serde::Serialize;

use crate::keep::keep;

/// What is listed of the objects.
#[derive(Debug, Default)]
pub(super) struct Facts {
    pub(super) services: BTreeMap<ObjectKey, ServiceFacts>,
    /// By the slice's key.
    slices: BTreeMap<ObjectKey, (ObjectKey, Vec<EndpointJson>)>,
}

#[derive(Debug)]
pub(super) struct ServiceFacts {
    pub(super) service_type: Box<str>,
    pub(super) is_headless: bool,
    pub(super) cluster_ips: Vec<String>,
    pub(super) external_name: Option<String>,
    pub(super) ports: Vec<PortJson>,
}

/// A port of a Service; displays as kubectl writes it, `80:30080/TCP`.
#[derive(Debug, Serialize)]
pub(super) struct PortJson {
    name: Option<Box<str>>,
    port: i32,
    protocol: Box<str>,
    target_port: Option<String>,
    node_port: Option<i32>,
    app_protocol: Option<Box<str>>,
}

/// An address behind a Service.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(super) struct EndpointJson {
    address: String,
    /// The ports there, `8080/TCP`.
    ports: Vec<String>,
    pub(super) ready: bool,
    zone: Option<Box<str>>,
}

impl Facts {
    /// The endpoints of each Service, by address.
    pub(super) fn endpoints(&self) -> BTreeMap<&ObjectKey, BTreeSet<&EndpointJson>> {
        let mut endpoints: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
        for (service, of_slice) in self.slices.values() {
            endpoints.entry(service).or_default().extend(of_slice);
        }
        endpoints
    }
}

impl ServiceFacts {
    fn new(service: &Service) -> Option<Self> {
        // What is wrong with it was told by the zones, which convert it too.
        let exposure = convert::service(service).1?.exposure;
        let spec = &service.spec;
        Some(Self {
            service_type: spec.type_.clone().unwrap_or_else(|| "ClusterIP".into()),
            is_headless: matches!(exposure, Exposure::Headless),
            cluster_ips: match &exposure {
                Exposure::ClusterIp(ips) => ips.iter().map(|ip| ip.to_string()).collect(),
                _ => Vec::new(),
            },
            external_name: match exposure {
                Exposure::ExternalName(name) => Some(name.to_string()),
                _ => None,
            },
            ports: spec.ports.iter().map(PortJson::new).collect(),
        })
    }
}

impl PortJson {
    fn new(port: &ServicePort) -> Self {
        let target_port = port.target_port.as_ref().map(|target| match target {
            IntOrString::Int(number) => number.to_string(),
            IntOrString::String(name) => name.to_string(),
        });
        Self {
            name: Some(port.name.clone()).filter(|name| !name.is_empty()),
            port: port.port,
            protocol: port.protocol.clone().unwrap_or_else(|| "TCP".into()),
            target_port,
            node_port: Some(port.node_port).filter(|port| *port != 0),
            app_protocol: port.app_protocol.clone(),
        }
    }
}

impl fmt::Display for PortJson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.port)?;
        if let Some(node_port) = self.node_port {
            write!(f, ":{node_port}")?;
        }
        write!(f, "/{}", self.protocol)
    }
}

fn slice(slice: &EndpointSlice) -> Option<(ObjectKey, Vec<EndpointJson>)> {
    let (key, value, _) = convert::routing::endpoint_slice(slice);
    let value = value?;
    let ports: Vec<String> = value.ports.iter().map(|port| format!("{}/{}", port.number, port.protocol)).collect();
    let endpoints = value.endpoints.into_iter().map(|endpoint| EndpointJson {
        address: endpoint.address.to_string(),
        ports: ports.clone(),
        ready: endpoint.ready,
        zone: endpoint.zone,
    });
    Some((ObjectKey::new(key.namespace, value.service), endpoints.collect()))
}

impl Consumer for Facts {
    fn apply(&mut self, change: ObjectChange<'_>) -> Vec<Diagnostic> {
        match change {
            ObjectChange::Service(delta) => keep(&mut self.services, delta, ServiceFacts::new),
            ObjectChange::EndpointSlice(delta) => keep(&mut self.slices, delta, slice),
            _ => {}
        }
        Vec::new()
    }

    fn publish(&mut self) {}
}
