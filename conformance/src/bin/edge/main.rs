//! The ingress proxy from outside: clients and endpoints of all kinds, while what it serves changes, ends or is abused.

#![forbid(unsafe_code)]

mod arguments;
mod backend;
mod certificates;
mod client;
mod cluster;
mod load;
mod proxy;
mod scenarios;
mod tally;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context as _, Result};
use clap::Parser as _;
use whereto_conformance::chance::Chance;
use whereto_conformance::options::ended;

use arguments::{Arguments, Role, Run};
use scenarios::Stage;

fn main() -> ExitCode {
    ended("edge", run(Arguments::parse()))
}

fn run(arguments: Arguments) -> Result<ExitCode> {
    // Thousands of connections, each with a socket here.
    rlimit::increase_nofile_limit(u64::MAX).context("limit of open files")?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("runtime")?;
    match arguments.role {
        Some(Role::Backend { service, number }) => {
            runtime.block_on(backend::child(&service, number))?;
            Ok(ExitCode::SUCCESS)
        }
        None => runtime.block_on(play(&arguments.run)),
    }
}

/// Runs the scenarios one after another; those that fail do not keep the next from running.
async fn play(run: &Run) -> Result<ExitCode> {
    let temporary = tempfile::tempdir().context("temporary folder")?;
    let folder: PathBuf = run.keep.clone().unwrap_or_else(|| temporary.path().into());
    println!("edge: seed {}, {} s each", run.seed, run.load().as_secs());
    let mut failed = false;
    for scenario in run.scenarios() {
        let begin = Instant::now();
        let stage = Stage::new(run, &folder.join(scenario.name()), Chance::new(run.seed))?;
        let result = scenario.run(stage).await;
        let seconds = begin.elapsed().as_secs_f32();
        match result {
            Ok(figures) => println!("{}: {figures} ({seconds:.1} s)", scenario.name()),
            Err(error) => {
                println!("{}: FAILED: {error:#} ({seconds:.1} s)", scenario.name());
                failed = true;
            }
        }
    }
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
