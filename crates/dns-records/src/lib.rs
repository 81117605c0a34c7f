#![doc = include_str!("../README.md")]
//!
//! # Design
//! **Existence first.** A name is looked up once, to a place: the zone's own name, a Service, some of its endpoints, an address, an empty
//! node, or nothing and why. Only then does the record type matter. So a name exists for every type or for none (RFC 8020), and the two
//! conformances part in few places: where a node above others exists, and in a short list of quirks by place and type.
//!
//! **Names are computed.** A Service is one immutable value: cluster IPs, ports, endpoints ordered by address and by label. The names
//! below it, and the empty nodes between them, follow from that value; none is stored. Records are views that borrow their names from
//! the question, the value and the configuration, and are encoded when asked for.
//!
//! **One writer, any readers.** [`ClusterZones`] changes persistent maps; [`ClusterZones::publish`] shares them with a [`Snapshot`], at the
//! cost of a few reference counts. The writer keeps retired snapshots until it is their last owner, so that no reader pays for freeing one.
//!
//! **Bad objects are no errors.** What is usable of an object is used, and [`Effect::diagnostics`] tells the rest. "Does not exist",
//! "has no such record" and "not seen yet" are values of enums. Errors are for options that do not fit together.
//!
//! **Everything outside is a parameter**: a seed decides which of several records comes first, a serial is the caller's, a buffer too.
//!
//! Where the standards leave a choice:
//! - A name's first label may be an address with dashes. With a `hostname` an endpoint has that label alone. Where one endpoint's `hostname` is
//!   another's address with dashes, the label has both addresses.
//! - Of several Services that claim one cluster IP the first in the order of names has its PTR record. An address that is a cluster IP
//!   has no PTR records of endpoints.
//! - `http.tcp.web`, without underscores, is `_http._tcp.web`, as in CoreDNS. Such spellings are answered and not listed.
//! - ANY gets one RRset (RFC 8482 §4.1).
//! - A ring of aliases ends where it would begin again, with NOERROR; a chain ends after 11.
//! - SRV weights are CoreDNS's: 100 divided by the pairs of address and port before duplicates go, at least 1.
//! - A ServiceImport without ports has its addresses. For CoreDNS it does not exist, although its endpoints do.
//! - An alias' target that falls through is resolved elsewhere, as the same name asked for directly would be.
//!
//! The tests: `tests/spec` has the answers row by row, each with the section of the standard that it follows; `tests/properties` what must
//! hold for any history of a cluster; `tests/allocations.rs` counts allocations; `tests/fuzz_seeds.rs` replays the seeds of the fuzz targets.
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

pub use cluster_zones::ClusterZones;
pub use config::{
    CidrError, ConfigError, Conformance, EmptyServices, EndpointNames, Endpoints, Fallthrough, LabelSelector, PodMode,
    SelectorError, ZonalNames, ZoneConfig,
};
pub use explain::{Explanation, Hint};
#[cfg(feature = "hickory")]
pub use hickory_proto;
pub use lookup::{Answer, Records};
pub use name::{Labels, MAX_LABEL, MAX_NAME, Name, NameError, NameRef};
pub use object_change::Effect;
pub use place::{Absence, Emptiness};
pub use record::{RecordData, RecordName, RecordRef, Soa};
pub use record_type::{RecordType, UnknownRecordType};
pub use snapshot::Snapshot;
pub use transfer::Transfer;
pub use verdict::{Chased, ChasedOutcome, Limits, Rcode, TransferKind, Verdict, WireRecords};
