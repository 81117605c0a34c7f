//! Any octets as a configuration, a name and what servers do: each resolver's walk ends within its bounds.
#![no_main]

#[path = "../../crates/resolv-conf/tests/walk/script.rs"]
mod script;

libfuzzer_sys::fuzz_target!(|octets: &[u8]| script::walk_script(octets));
