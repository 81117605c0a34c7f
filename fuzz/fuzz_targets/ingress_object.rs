//! Any octets as manifests of Ingresses: no panic, the same table each time, every rule answers.
#![no_main]

#[path = "../../crates/k8s-source/tests/fuzzed_routes/mod.rs"]
mod fuzzed_routes;

libfuzzer_sys::fuzz_target!(|octets: &[u8]| fuzzed_routes::ingress_object(octets));
