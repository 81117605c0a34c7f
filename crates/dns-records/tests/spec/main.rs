//! What each name gets, section by section, under both conformances; every row names the standard that it follows.
//!
//! "spec" is the Kubernetes DNS-Based Service Discovery specification, version 1.1.0.

mod apex;
mod case;
mod cluster_ip;
#[path = "../common/mod.rs"]
mod common;
mod explain;
mod external_name;
mod headless;
mod listing;
mod multicluster;
mod options;
mod pods;
mod reverse;
mod table;
mod transfer;
mod updates;
mod wire;
mod zonal;
