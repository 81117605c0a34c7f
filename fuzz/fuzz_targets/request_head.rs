//! Any text as a request: refused, or read the same again when forwarded.
#![no_main]

#[path = "../../crates/ingress-routing/tests/fuzzed/mod.rs"]
#[allow(dead_code, reason = "each target drives one of them")]
mod fuzzed;

libfuzzer_sys::fuzz_target!(|octets: &[u8]| fuzzed::request_head(octets));
