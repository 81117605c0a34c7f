//! DNS answers of a Kubernetes cluster: objects in, records and wire replies out.
#![forbid(unsafe_code)]
#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

mod classify;
mod cluster_zones;
mod config;
mod everything;
mod explain;
#[cfg(feature = "hickory")]
mod hickory;
mod lookup;
pub mod model;
mod name;
mod place;
mod record;
mod record_set;
mod record_type;
mod respond;
mod snapshot;
mod store;
mod transfer;
mod verdict;
pub mod wire;

pub use cluster_zones::{ClusterZones, Effect};
pub use config::{
    CidrError, ConfigError, Conformance, EmptyServices, EndpointNames, Endpoints, Fallthrough, LabelSelector, PodMode,
    SelectorError, ZonalNames, ZoneConfig,
};
pub use explain::{Explanation, Hint};
#[cfg(feature = "hickory")]
pub use hickory_proto;
pub use lookup::{Answer, Records};
pub use name::{Labels, MAX_LABEL, MAX_NAME, Name, NameError, NameRef};
pub use place::{Absence, Emptiness};
pub use record::{RecordData, RecordName, RecordRef, Soa};
pub use record_type::{RecordType, UnknownRecordType};
pub use snapshot::Snapshot;
pub use transfer::Transfer;
pub use verdict::{Chased, ChasedOutcome, Limits, Rcode, TransferKind, Verdict, WireRecords};
