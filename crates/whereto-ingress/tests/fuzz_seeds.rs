//! Replays the seeds of the fuzz target.

mod fuzzed;

use std::fs;
use std::path::Path;

#[test]
fn seeds_of_proxy_protocol() {
    let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/seeds/proxy_protocol");
    let mut replayed = 0;
    for entry in fs::read_dir(seeds).expect("seeds") {
        fuzzed::proxy_protocol(&fs::read(entry.expect("an entry").path()).expect("a seed"));
        replayed += 1;
    }
    assert!(replayed > 0);
}
