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
mod kube;
mod logging;
mod output;
mod pods;
mod progress;
mod reply;
mod signals;
mod walk;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{Args as _, Command, FromArgMatches as _};

use arguments::DnsArgs;

/// Runs the command line `args`, whose first item is the program's name, and tells its exit code.
pub fn run(args: impl IntoIterator<Item = impl Into<OsString> + Clone>) -> ExitCode {
    match command::parse(args) {
        Ok(command) => exit::code(command.run()),
        Err(error) => exit::usage(&error),
    }
}

/// Runs the DNS server alone: `args` are the program's name and what `whereto dns` takes.
pub fn run_dns_server(args: impl IntoIterator<Item = impl Into<OsString> + Clone>) -> ExitCode {
    let command = DnsArgs::augment_args(Command::new("dns-server").about("Serves the cluster's DNS names"));
    let parsed = command.try_get_matches_from(args).and_then(|matches| DnsArgs::from_arg_matches(&matches));
    match parsed {
        Ok(args) => exit::code(commands::dns::run(args)),
        Err(error) => exit::usage(&error),
    }
}

/// The examples in the project's README, compiled and run with the tests.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
