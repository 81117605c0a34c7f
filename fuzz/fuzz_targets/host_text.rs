//! Any text as a host: its normal form is itself, and patterns match what they say.
#![no_main]

#[path = "../../crates/ingress-routing/tests/fuzzed/mod.rs"]
#[allow(dead_code, reason = "each target drives one of them")]
mod fuzzed;

libfuzzer_sys::fuzz_target!(|octets: &[u8]| fuzzed::host_text(octets));
