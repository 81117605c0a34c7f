//! The command line.

use std::path::PathBuf;

use clap::Parser;
use whereto_conformance::lab::case::Original;
use whereto_conformance::options;

/// Compares our search walks with the real resolvers.
#[derive(Clone, Debug, Parser)]
#[command(name = "lab", args_override_self = true)]
pub(crate) struct Arguments {
    /// How many cases per resolver.
    #[arg(long, value_name = "N", default_value_t = 50)]
    pub(crate) cases: u64,
    /// The seed of the cases [default: from the time].
    #[arg(long, value_name = "S", default_value_t = options::seed_from_time(), hide_default_value = true)]
    pub(crate) seed: u64,
    /// Only the case of that number, with everything that was seen.
    #[arg(long = "case", value_name = "N")]
    pub(crate) only: Option<u64>,
    /// Only that one (repeatable): glibc-2.36, musl-1.2.3, musl-1.2.5, go-1.26, c-ares-1.34.9, hickory-0.26.3.
    #[arg(long = "resolver", value_name = "NAME", value_parser = original)]
    resolvers: Vec<Original>,
    /// How many look-ups at a time.
    #[arg(long, value_name = "N", default_value_t = 24, value_parser = workers)]
    pub(crate) workers: usize,
    /// The built probes [default: $WHERETO_ORIGINALS/lab or target/originals/lab].
    #[arg(long, value_name = "FOLDER", default_value_os_t = options::originals().join("lab"), hide_default_value = true)]
    pub(crate) probes: PathBuf,
    /// Keep what was seen there, as the recorded traces are kept.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) record: Option<PathBuf>,
}

impl Arguments {
    /// The resolvers to ask.
    pub(crate) fn originals(&self) -> &[Original] {
        if self.resolvers.is_empty() { &Original::ALL } else { &self.resolvers }
    }
}

fn original(name: &str) -> Result<Original, &'static str> {
    Original::ALL.into_iter().find(|original| original.name() == name).ok_or("unknown")
}

fn workers(text: &str) -> Result<usize, &'static str> {
    text.parse().ok().filter(|workers| *workers > 0).ok_or("not a number from 1 on: nobody would work")
}
