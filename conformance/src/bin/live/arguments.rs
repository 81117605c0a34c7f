//! The command line.

use std::path::{Path, PathBuf};

use clap::{Parser, ValueEnum};
use whereto_conformance::options;
use whereto_conformance::variant::Variant;

/// What our server claims.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Mode {
    /// To answer as CoreDNS: no difference is allowed.
    #[value(name = "coredns")]
    CoreDns,
    /// To answer as CoreDNS but for those of deviations.toml.
    Rfc,
}

impl Mode {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::CoreDns => "coredns",
            Self::Rfc => "rfc",
        }
    }
}

/// A program that is compared with CoreDNS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Opponent {
    /// Our server.
    Whereto,
    /// A second CoreDNS in our server's place.
    #[value(name = "coredns")]
    CoreDns,
}

/// What is compared with CoreDNS.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Against<'a> {
    /// Our server's program.
    Whereto(&'a Path),
    /// A second CoreDNS, perhaps with another TTL.
    CoreDns(Option<u32>),
}

/// Compares our DNS server with real CoreDNS over random clusters.
#[derive(Clone, Debug, Parser)]
#[command(name = "live", args_override_self = true)]
pub(crate) struct Arguments {
    /// How many clusters.
    #[arg(long, value_name = "N", default_value_t = 3)]
    pub(crate) clusters: u64,
    /// The seed of the first; the others follow it [default: from the time].
    #[arg(long, value_name = "S", default_value_t = options::seed_from_time(), hide_default_value = true)]
    pub(crate) seed: u64,
    /// At most so many questions per cluster.
    #[arg(long, value_name = "N", default_value_t = 1500)]
    pub(crate) questions: usize,
    /// The variant: insecure, verified or stockg [default: by the seed].
    #[arg(long, value_name = "NAME")]
    pub(crate) variant: Option<Variant>,
    /// What our server claims.
    #[arg(long, value_enum, default_value_t = Mode::CoreDns)]
    pub(crate) mode: Mode,
    /// Our server.
    #[arg(long, value_name = "PATH", default_value = "target/release/whereto")]
    whereto: PathBuf,
    /// What is compared with CoreDNS.
    #[arg(long, value_enum, value_name = "WHAT", default_value_t = Opponent::Whereto)]
    against: Opponent,
    /// The second CoreDNS's TTL, to see that differences are found.
    #[arg(long, value_name = "N")]
    against_ttl: Option<u32>,
    /// The built originals [default: $WHERETO_ORIGINALS or target/originals].
    #[arg(long, value_name = "FOLDER", default_value_os_t = options::originals(), hide_default_value = true)]
    pub(crate) originals: PathBuf,
    /// Where differences go.
    #[arg(long, value_name = "FILE", default_value = "target/conformance/differences.jsonl")]
    pub(crate) differences: PathBuf,
    /// Write CoreDNS's answers as rows like the recorded ones.
    #[arg(long, value_name = "FILE")]
    pub(crate) record: Option<PathBuf>,
}

impl Arguments {
    /// What is compared with CoreDNS.
    pub(crate) fn against(&self) -> Against<'_> {
        match self.against {
            Opponent::Whereto => Against::Whereto(&self.whereto),
            Opponent::CoreDns => Against::CoreDns(self.against_ttl),
        }
    }
}
