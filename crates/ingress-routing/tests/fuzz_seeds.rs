//! Replays the seeds of the fuzz targets.
#![allow(clippy::disallowed_methods, reason = "seeds are files")]

mod fuzzed;

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
fn seeds_of_request_head() {
    replay("request_head", fuzzed::request_head);
}

#[test]
fn seeds_of_path_normalise() {
    replay("path_normalise", fuzzed::path_normalise);
}

#[test]
fn seeds_of_host_text() {
    replay("host_text", fuzzed::host_text);
}
