//! A synthetic cluster of any size, the same for every benchmark: as objects, as changes, as zone files, as queries. [`ingress`] has one for
//! routing.

mod change;
mod cluster;
mod file;
pub mod ingress;
mod query;
mod wires;

pub use change::empty_zones;
pub use cluster::{Cluster, Role, Service, Shape};
pub use query::{Expected, Kind, Query};
pub use wires::Wires;
