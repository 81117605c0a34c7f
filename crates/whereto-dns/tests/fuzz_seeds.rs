//! Replays the seeds of the fuzz target.

mod fuzzed;

use std::fs;
use std::path::Path;

#[test]
fn seeds_of_upstream_reply() {
    let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/seeds/upstream_reply");
    let mut replayed = 0;
    for entry in fs::read_dir(seeds).expect("seeds") {
        fuzzed::upstream_reply(&fs::read(entry.expect("an entry").path()).expect("a seed"));
        replayed += 1;
    }
    assert!(replayed > 0);
}
