//! What the programs' command lines have in common: where they begin, and how they end.

use std::path::PathBuf;
use std::process::ExitCode;
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

/// What a program ends with: its outcome, or 2 after it said what kept it from having one.
pub fn ended(program: &str, outcome: anyhow::Result<ExitCode>) -> ExitCode {
    outcome.unwrap_or_else(|error| {
        eprintln!("{program}: {error:#}");
        ExitCode::from(2)
    })
}
