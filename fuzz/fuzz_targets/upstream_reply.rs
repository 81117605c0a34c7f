//! Any octets as an upstream's reply: refused, or passed on as a reply that decodes.
#![no_main]

#[path = "../../crates/whereto-dns/tests/fuzzed/mod.rs"]
mod fuzzed;

libfuzzer_sys::fuzz_target!(|octets: &[u8]| fuzzed::upstream_reply(octets));
