//! Any path under any options: refused, or borrowed when unchanged, and its own normal form.
#![no_main]

#[path = "../../crates/ingress-routing/tests/fuzzed/mod.rs"]
#[allow(dead_code, reason = "each target drives one of them")]
mod fuzzed;

libfuzzer_sys::fuzz_target!(|octets: &[u8]| fuzzed::path_normalise(octets));
