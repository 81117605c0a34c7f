#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

mod arguments;
mod batch;
mod cluster;
mod command;
mod commands;
mod demo;
mod exit;
mod finding;
mod keep;
mod kube;
mod logging;
mod output;
mod pods;
mod progress;
mod reply;
mod routing;
mod serving;
mod table;
mod walk;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{Args, Command, FromArgMatches};

use arguments::{DnsArgs, IngressArgs};
use exit::{Exit, Failure};

/// Runs the command line `args`, whose first item is the program's name, and tells its exit code.
pub fn run(args: impl IntoIterator<Item = impl Into<OsString> + Clone>) -> ExitCode {
    match command::parse(args) {
        Ok(command) => exit::code(command.run()),
        Err(error) => exit::usage(&error),
    }
}

/// Runs the DNS server alone: `args` are the program's name and what `whereto dns` takes.
pub fn run_dns_server(args: impl IntoIterator<Item = impl Into<OsString> + Clone>) -> ExitCode {
    alone::<DnsArgs>("dns-server", "Serves the cluster's DNS names", args, commands::dns::run)
}

/// Runs the ingress proxy alone: `args` are the program's name and what `whereto ingress` takes.
pub fn run_ingress_proxy(args: impl IntoIterator<Item = impl Into<OsString> + Clone>) -> ExitCode {
    let about = "Carries requests to the cluster's Services";
    alone::<IngressArgs>("ingress-proxy", about, args, commands::ingress::run)
}

/// Runs one command as a program of its own.
fn alone<A: Args + FromArgMatches>(
    name: &'static str,
    about: &'static str,
    args: impl IntoIterator<Item = impl Into<OsString> + Clone>,
    run: impl FnOnce(A) -> Result<Exit, Failure>,
) -> ExitCode {
    let command = A::augment_args(Command::new(name).about(about));
    match command.try_get_matches_from(args).and_then(|matches| A::from_arg_matches(&matches)) {
        Ok(args) => exit::code(run(args)),
        Err(error) => exit::usage(&error),
    }
}

/// The examples in the project's README, compiled and run with the tests.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
