//! Any octets as a PROXY protocol header: read or refused, however they are cut.
#![no_main]

#[path = "../../crates/whereto-ingress/tests/fuzzed/mod.rs"]
mod fuzzed;

libfuzzer_sys::fuzz_target!(|octets: &[u8]| fuzzed::proxy_protocol(octets));
