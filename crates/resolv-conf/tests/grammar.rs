//! The file: its octets, its readers, its findings.
//!
//! Rows that say no more were measured with glibc 2.36, musl 1.2.6, Go 1.26 (`CGO_ENABLED=0`), c-ares 1.34.9 and hickory-resolver 0.26.3,
//! each reading the file of the row.

#[path = "grammar/columns.rs"]
mod columns;
#[path = "grammar/diagnostics.rs"]
mod diagnostics;
#[path = "grammar/edits.rs"]
mod edits;
#[path = "grammar/glibc.rs"]
mod glibc;
#[path = "grammar/host_programs.rs"]
mod host_programs;
#[path = "grammar/lint.rs"]
mod lint;
#[path = "grammar/numbers.rs"]
mod numbers;
#[path = "grammar/properties.rs"]
mod properties;
#[path = "fuzzed/resolv_conf_bytes.rs"]
mod resolv_conf_bytes;
#[path = "grammar/search.rs"]
mod search;
#[path = "grammar/servers.rs"]
mod servers;
#[path = "grammar/variables.rs"]
mod variables;
