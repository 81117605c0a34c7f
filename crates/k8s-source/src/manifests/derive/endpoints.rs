use super::{Family, slice};
use crate::objects::{Endpoint, EndpointAddress, EndpointConditions, EndpointSlice, EndpointSubset, Endpoints};

/// The slices that mirror Endpoints: for each subset one of each family that it has.
pub(in crate::manifests) fn from_endpoints(endpoints: &Endpoints) -> Vec<EndpointSlice> {
    let metadata = &endpoints.metadata;
    let mut slices = Vec::new();
    for subset in &endpoints.subsets {
        for family in [Family::V4, Family::V6] {
            let mut mirrored = slice(&metadata.namespace, &metadata.name, &metadata.labels, slices.len(), family);
            mirrored.endpoints = of_family(subset, family);
            if !mirrored.endpoints.is_empty() {
                mirrored.ports = subset.ports.clone();
                slices.push(mirrored);
            }
        }
    }
    slices
}

fn of_family(subset: &EndpointSubset, family: Family) -> Vec<Endpoint> {
    let ready = subset.addresses.iter().map(|address| (address, true));
    let not_ready = subset.not_ready_addresses.iter().map(|address| (address, false));
    ready
        .chain(not_ready)
        // What is no address goes with the IPv4 ones, so that it is told once.
        .filter(|(address, _)| Family::of(&address.ip).unwrap_or(Family::V4) == family)
        .map(|(address, ready)| endpoint(address, ready))
        .collect()
}

fn endpoint(address: &EndpointAddress, ready: bool) -> Endpoint {
    Endpoint {
        addresses: vec![address.ip.clone()],
        conditions: EndpointConditions { ready: Some(ready), ..EndpointConditions::default() },
        hostname: address.hostname.clone(),
        target_ref: address.target_ref.clone(),
        ..Endpoint::default()
    }
}
