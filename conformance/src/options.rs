//! What the programs' command lines have in common.

use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

/// The seed of a run that was not given one. The programs print it, so that the run can be repeated.
#[must_use]
pub fn seed_from_time() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs())
}

/// Where the built originals are unless it is said: `$WHERETO_ORIGINALS`, or `target/originals`.
#[must_use]
pub fn originals() -> PathBuf {
    std::env::var_os("WHERETO_ORIGINALS").map_or_else(|| "target/originals".into(), PathBuf::from)
}
