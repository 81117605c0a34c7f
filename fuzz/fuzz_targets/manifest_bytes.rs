//! Any octets as a manifest: no panic, and what is usable is used.
#![no_main]

#[path = "../../crates/k8s-source/tests/fuzzed/mod.rs"]
mod fuzzed;

libfuzzer_sys::fuzz_target!(|octets: &[u8]| fuzzed::manifest_bytes(octets));
