//! Replays the seeds of the fuzz targets.

mod fuzzed;
#[cfg(feature = "ingress")]
mod fuzzed_routes;

use std::fs;
use std::path::Path;

fn replay(target: &str, check: impl Fn(&[u8])) {
    let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/seeds").join(target);
    let mut replayed = 0;
    for entry in fs::read_dir(seeds).expect("seeds") {
        check(&fs::read(entry.expect("an entry").path()).expect("a seed"));
        replayed += 1;
    }
    assert!(replayed > 0);
}

#[test]
fn seeds_of_manifest_bytes() {
    replay("manifest_bytes", fuzzed::manifest_bytes);
}

#[cfg(feature = "ingress")]
#[test]
fn seeds_of_ingress_object() {
    replay("ingress_object", fuzzed_routes::ingress_object);
}
