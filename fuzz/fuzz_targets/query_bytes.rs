//! Any octets as a query: the reply decodes, repeats the question, keeps its limits.
#![no_main]

#[path = "../../crates/dns-records/tests/common/mod.rs"]
mod common;

libfuzzer_sys::fuzz_target!(|octets: &[u8]| common::fuzzed::query_bytes(octets));
