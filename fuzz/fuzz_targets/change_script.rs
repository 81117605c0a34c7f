//! Any history of a cluster comes to the same as starting from what there is at last.
#![no_main]

#[path = "../../crates/dns-records/tests/common/mod.rs"]
mod common;

libfuzzer_sys::fuzz_target!(|octets: &[u8]| common::fuzzed::change_script(octets));
