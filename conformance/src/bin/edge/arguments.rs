//! The command line.

use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};
use whereto_conformance::options;

use crate::scenarios::Scenario;

/// Plays clients and endpoints of the ingress proxy, while what it serves changes, ends or is abused.
#[derive(Debug, Parser)]
#[command(name = "edge", args_conflicts_with_subcommands = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) role: Option<Role>,
    #[command(flatten)]
    pub(crate) run: Run,
}

/// What the program is, where it is not the one that runs the scenarios.
#[derive(Debug, Subcommand)]
pub(crate) enum Role {
    /// An endpoint of a Service, to be killed: prints the address where it listens.
    #[command(hide = true)]
    Backend {
        /// The Service's name, which its replies tell.
        service: String,
        /// Its number among the Service's endpoints.
        number: usize,
    },
}

/// What is run, and against which program.
#[derive(Debug, Args)]
pub(crate) struct Run {
    /// Only this scenario (repeatable).
    #[arg(long, value_name = "NAME")]
    only: Vec<Scenario>,
    /// Seconds of load in each scenario.
    #[arg(long, value_name = "SECONDS", default_value_t = 10)]
    seconds: u64,
    /// Our program.
    #[arg(long, value_name = "PATH", default_value = "target/release/whereto")]
    pub(crate) whereto: PathBuf,
    /// Seed of all chance [default: from the time].
    #[arg(long, default_value_t = options::seed_from_time(), hide_default_value = true)]
    pub(crate) seed: u64,
    /// The built originals, with the Python of the gRPC clients [default: $WHERETO_ORIGINALS or target/originals].
    #[arg(long, value_name = "FOLDER", default_value_os_t = options::originals(), hide_default_value = true)]
    originals: PathBuf,
    /// Keep manifests and logs there.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) keep: Option<PathBuf>,
}

impl Run {
    pub(crate) fn scenarios(&self) -> Vec<Scenario> {
        if self.only.is_empty() { Scenario::all() } else { self.only.clone() }
    }

    pub(crate) const fn load(&self) -> Duration {
        Duration::from_secs(self.seconds)
    }

    /// The interpreter that has grpcio.
    pub(crate) fn python(&self) -> PathBuf {
        self.originals.join("python/bin/python")
    }
}

/// Where everything listens.
pub(crate) const LOOPBACK: Ipv4Addr = Ipv4Addr::LOCALHOST;
