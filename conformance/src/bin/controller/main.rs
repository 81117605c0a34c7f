//! Our Ingress controller and a real API server: requests, statuses, Events, replicas, and the commands that look at a live cluster.
//!
//! Everything runs in a network namespace of its own, below one temporary folder; both are gone afterwards. There is no kubelet: Pods are
//! addresses of that namespace at which an echo server of ours listens ([`pods`]).

#![forbid(unsafe_code)]

mod arguments;
mod client;
mod commands;
mod environment;
mod events;
mod objects;
mod pods;
mod publishing;
mod scenario;
mod scenarios;
mod takeovers;
mod written;

use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context as _, Result};
use clap::Parser as _;
use whereto_conformance::control_plane::{ControlPlane, namespace};
use whereto_conformance::options::ended;

use arguments::{Arguments, Part};
use environment::Environment;

fn main() -> ExitCode {
    ended("controller", run())
}

fn run() -> Result<ExitCode> {
    let arguments = Arguments::parse();
    if !namespace::inside() {
        return namespace::enter("controller", arguments.seed);
    }
    namespace::set_up()?;
    println!("controller: from seed {}", arguments.seed);
    let folder = tempfile::tempdir().context("temporary folder")?;
    let begin = Instant::now();
    let control_plane = ControlPlane::start(&arguments.originals, folder.path())?;
    println!("etcd and kube-apiserver ready after {:.1} s", begin.elapsed().as_secs_f32());
    let environment = Environment::new(&control_plane, &arguments)?;
    let mut is_good = true;
    for part in arguments.parts() {
        let begin = Instant::now();
        let is_well = match part {
            Part::Scenarios => scenarios::run(&environment),
            Part::Publishing => publishing::run(&environment),
            Part::Events => events::run(&environment),
            Part::Commands => commands::run(&environment),
            Part::Takeovers => takeovers::run(&environment, arguments.takeovers, arguments.seed),
        };
        let is_well = is_well.with_context(|| part.name())?;
        let outcome = if is_well { "well" } else { "FAILED" };
        println!("{}: {outcome}, in {:.1} s", part.name(), begin.elapsed().as_secs_f32());
        is_good &= is_well;
    }
    Ok(if is_good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
