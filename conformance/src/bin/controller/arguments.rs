//! The command line.

use std::path::PathBuf;

use clap::{Parser, ValueEnum};
use whereto_conformance::options;

/// What can be run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Part {
    Scenarios,
    Publishing,
    Events,
    Commands,
    Takeovers,
}

impl Part {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Scenarios => "scenarios",
            Self::Publishing => "publishing",
            Self::Events => "events",
            Self::Commands => "commands",
            Self::Takeovers => "takeovers",
        }
    }
}

/// Our Ingress controller and a real API server.
#[derive(Clone, Debug, Parser)]
#[command(name = "controller", args_override_self = true)]
pub(crate) struct Arguments {
    /// Only this part (repeatable) [default: all].
    #[arg(long, value_enum, value_name = "PART")]
    only: Vec<Part>,
    /// How often the replica that writes is killed.
    #[arg(long, value_name = "N", default_value_t = 3)]
    pub(crate) takeovers: u64,
    /// When that happens [default: from the time].
    #[arg(long, value_name = "S", default_value_t = options::seed_from_time(), hide_default_value = true)]
    pub(crate) seed: u64,
    /// The manifests with what the controller may do.
    #[arg(long, value_name = "FOLDER", default_value = "deploy")]
    pub(crate) manifests: PathBuf,
    /// Our program.
    #[arg(long, value_name = "PATH", default_value = "target/release/whereto")]
    pub(crate) whereto: PathBuf,
    /// The built originals [default: $WHERETO_ORIGINALS or target/originals].
    #[arg(long, value_name = "FOLDER", default_value_os_t = options::originals(), hide_default_value = true)]
    pub(crate) originals: PathBuf,
}

impl Arguments {
    /// What is to be run.
    pub(crate) fn parts(&self) -> &[Part] {
        if self.only.is_empty() { Part::value_variants() } else { &self.only }
    }
}
