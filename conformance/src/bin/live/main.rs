//! Compares our server with real CoreDNS over random clusters in a real API server.
//!
//! Everything runs in a network namespace of its own, below one temporary folder; both are gone afterwards.

#![forbid(unsafe_code)]

mod arguments;
mod round;
mod servers;
mod tally;

use std::fs;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context as _, Result};
use clap::Parser as _;
use whereto_conformance::control_plane::namespace;
use whereto_conformance::deviation::{self, Ledger};
use whereto_conformance::options::ended;
use whereto_conformance::variant::Variant;
use whereto_conformance::{compare, upstream};

use arguments::{Arguments, Mode};
use round::Round;
use tally::Tally;

fn main() -> ExitCode {
    ended("live", run())
}

fn run() -> Result<ExitCode> {
    let arguments = Arguments::parse();
    if !namespace::inside() {
        return namespace::enter("live", arguments.seed);
    }
    namespace::set_up()?;
    println!("live: {} clusters from seed {}", arguments.clusters, arguments.seed);
    let folder = tempfile::tempdir().context("temporary folder")?;
    upstream::serve(servers::UPSTREAM)?;
    let begin = Instant::now();
    let cluster = servers::Cluster::start(&arguments.originals, folder.path())?;
    println!("etcd and kube-apiserver ready after {:.1} s", begin.elapsed().as_secs_f32());

    let mut judge: Box<dyn compare::Judge> = match arguments.mode {
        Mode::CoreDns => Box::new(compare::Strict),
        Mode::Rfc => Box::new(Ledger::new(deviation::ours()?)),
    };
    let kept = arguments.differences.parent().map(Path::to_owned).unwrap_or_default();
    fs::create_dir_all(&kept).with_context(|| format!("making {}", kept.display()))?;
    let mut total = Tally::default();
    let mut differences = String::new();
    let mut recorded = String::new();
    for number in 0..arguments.clusters {
        let begin = Instant::now();
        let seed = arguments.seed.wrapping_add(number);
        let variant = arguments.variant.unwrap_or(Variant::ALL[(seed % 3) as usize]);
        let mut round = Round::new(&arguments, &cluster, seed, variant, judge.as_mut())?;
        round.compare()?;
        println!("seed {seed} {} {} in {:.1} s", variant.name(), round.tally, begin.elapsed().as_secs_f32());
        differences += &round.differences;
        recorded += &round.recorded;
        total.add(&round.tally);
        if round.tally.different > 0 {
            fs::copy(&round.dump, kept.join(format!("cluster-{seed}.json"))).context("keeping the cluster")?;
        }
        // Written after each cluster, so that an interrupted run leaves what it found.
        fs::write(&arguments.differences, &differences).context("writing the differences")?;
        if let Some(file) = &arguments.record {
            fs::write(file, &recorded).with_context(|| format!("writing {}", file.display()))?;
        }
    }
    println!("total {total}");
    if total.different == 0 {
        return Ok(ExitCode::SUCCESS);
    }
    println!("the differences are in {}, the clusters beside it", arguments.differences.display());
    Ok(ExitCode::FAILURE)
}
