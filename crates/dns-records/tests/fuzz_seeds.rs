//! Replays the seeds of the fuzz targets.
#![allow(clippy::disallowed_methods, reason = "seeds are files")]

#[path = "common/mod.rs"]
mod common;

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
fn seeds_of_query_bytes() {
    replay("query_bytes", common::fuzzed::query_bytes);
}

#[test]
fn seeds_of_change_script() {
    replay("change_script", common::fuzzed::change_script);
}
