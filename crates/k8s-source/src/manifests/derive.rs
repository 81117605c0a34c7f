//! EndpointSlices for Services that have none: from legacy Endpoints, or from the Pods that they select.

mod endpoints;
mod pods;

use std::hash::{DefaultHasher, Hash, Hasher};

pub(super) use endpoints::from_endpoints;
pub(super) use pods::from_pods;

use crate::objects::{EndpointSlice, ObjectMeta, SERVICE_NAME_LABEL, StringMap};

/// An address family, as `addressType` spells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Family {
    V4,
    V6,
}

impl Family {
    const fn name(self) -> &'static str {
        match self {
            Self::V4 => "IPv4",
            Self::V6 => "IPv6",
        }
    }

    /// The family of an address; `None` when it is none.
    fn of(address: &str) -> Option<Self> {
        let address: std::net::IpAddr = address.parse().ok()?;
        Some(if address.to_canonical().is_ipv4() { Self::V4 } else { Self::V6 })
    }
}

/// The slice at `index` among those derived for a Service. Its name has a colon, which no name in a cluster has.
fn slice(namespace: &str, service: &str, labels: &StringMap, index: usize, family: Family) -> EndpointSlice {
    let mut metadata = ObjectMeta::named(namespace, derived_name(service, index));
    metadata.labels = labels.clone();
    metadata.labels.insert(SERVICE_NAME_LABEL, service);
    EndpointSlice { metadata, address_type: family.name().into(), ..EndpointSlice::default() }
}

/// The name of the slice at `index` among those derived for a Service.
pub(super) fn derived_name(service: &str, index: usize) -> String {
    format!("{service}:{index}")
}

/// A fingerprint of derived slices, to tell those that changed.
pub(super) fn fingerprint(slices: &[EndpointSlice]) -> u64 {
    let mut hasher = DefaultHasher::new();
    format!("{slices:?}").hash(&mut hasher);
    hasher.finish()
}
