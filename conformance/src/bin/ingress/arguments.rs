//! The command line.

use std::ops::Range;
use std::path::PathBuf;

use clap::Parser;
use whereto_conformance::options;

use crate::original::Original;

/// Asks nginx and HAProxy what our routing table is asked.
#[derive(Clone, Debug, Parser)]
#[command(name = "ingress", args_override_self = true)]
pub(crate) struct Arguments {
    /// How many rule sets.
    #[arg(long, value_name = "N", default_value_t = 20)]
    rule_sets: u64,
    /// How many requests for each.
    #[arg(long, value_name = "N", default_value_t = 500)]
    pub(crate) requests: usize,
    /// The seed of both [default: from the time].
    #[arg(long, value_name = "S", default_value_t = options::seed_from_time(), hide_default_value = true)]
    pub(crate) seed: u64,
    /// Only the rule set of that number, with its rules.
    #[arg(long = "rule-set", value_name = "N")]
    pub(crate) only: Option<u64>,
    /// Only that one: nginx, haproxy.
    #[arg(long, value_name = "NAME", value_parser = original)]
    original: Option<Original>,
    /// Keep the configurations there.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) keep: Option<PathBuf>,
}

impl Arguments {
    /// The numbers of the rule sets.
    pub(crate) fn numbers(&self) -> Range<u64> {
        self.only.map_or(0..self.rule_sets, |number| number..number + 1)
    }

    /// The programs to ask.
    pub(crate) fn originals(&self) -> &[Original] {
        self.original.as_ref().map_or(&Original::ALL, std::slice::from_ref)
    }
}

fn original(name: &str) -> Result<Original, &'static str> {
    Original::ALL.into_iter().find(|original| original.name() == name).ok_or("unknown")
}
