//! Any octets as a `resolv.conf`: they stay as they are, every reader ends within its caps, and fixes can be made.
#![no_main]

#[path = "../../crates/resolv-conf/tests/fuzzed/resolv_conf_bytes.rs"]
mod fuzzed;

libfuzzer_sys::fuzz_target!(|octets: &[u8]| fuzzed::resolv_conf_bytes(octets));
