//! The command line.

use std::io;
use std::path::PathBuf;

use clap::Parser;
use whereto_conformance::options;

/// Has our server and real CoreDNS watch the same API server while it changes and fails.
#[derive(Clone, Debug, Parser)]
#[command(name = "kube", args_override_self = true)]
pub(crate) struct Arguments {
    /// How many random clusters.
    #[arg(long, value_name = "N", default_value_t = 2)]
    pub(crate) clusters: u64,
    /// The seed of the first; the others follow it [default: from the time].
    #[arg(long, value_name = "S", default_value_t = options::seed_from_time(), hide_default_value = true)]
    pub(crate) seed: u64,
    /// How often each is compared.
    #[arg(long, value_name = "N", default_value_t = 3)]
    pub(crate) quiets: u64,
    /// Changes before each comparison.
    #[arg(long, value_name = "N", default_value_t = 60)]
    pub(crate) steps: usize,
    /// At most so many questions per comparison.
    #[arg(long, value_name = "N", default_value_t = 600)]
    pub(crate) questions: usize,
    /// How often each fault is run; 0 for none.
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) runs: u64,
    /// Only these faults.
    #[arg(long, value_name = "NAME,…")]
    pub(crate) faults: Option<String>,
    /// Only measure both with this v1 List, and with as many changes as --steps says.
    #[arg(long, value_name = "FILE", value_parser = absolute)]
    pub(crate) scale: Option<PathBuf>,
    /// Only try the manifests in this folder: deploy.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) manifests: Option<PathBuf>,
    /// Our server.
    #[arg(long, value_name = "PATH", default_value = "target/release/whereto")]
    pub(crate) whereto: PathBuf,
    /// The built originals [default: $WHERETO_ORIGINALS or target/originals].
    #[arg(long, value_name = "FOLDER", default_value_os_t = options::originals(), hide_default_value = true)]
    pub(crate) originals: PathBuf,
}

/// The servers run in another folder.
fn absolute(path: &str) -> io::Result<PathBuf> {
    PathBuf::from(path).canonicalize()
}
