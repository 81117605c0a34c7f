//! Our server and real CoreDNS watch the same API server while its objects change, and while the way to it fails.
//!
//! Everything runs in a network namespace of its own, below one temporary folder; both are gone afterwards.

#![forbid(unsafe_code)]

mod arguments;
mod changes;
mod cluster;
mod compare;
mod faults;
mod manifests;
mod proxy;
mod scale;
mod transfer;
mod witness;

use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context as _, Result};
use clap::Parser as _;
use whereto_conformance::control_plane::namespace;
use whereto_conformance::options::ended;
use whereto_conformance::upstream;
use whereto_conformance::variant::Variant;

use arguments::Arguments;
use changes::Changes;
use cluster::Cluster;

fn main() -> ExitCode {
    ended("kube", run())
}

fn run() -> Result<ExitCode> {
    let arguments = Arguments::parse();
    if !namespace::inside() {
        return namespace::enter("kube", arguments.seed);
    }
    namespace::set_up()?;
    println!("kube: from seed {}", arguments.seed);
    let folder = tempfile::tempdir().context("temporary folder")?;
    upstream::serve(cluster::UPSTREAM)?;
    let begin = Instant::now();
    let mut cluster = Cluster::start(&arguments, folder.path())?;
    println!("etcd and kube-apiserver ready after {:.1} s", begin.elapsed().as_secs_f32());
    if let Some(list) = &arguments.scale {
        return scale::run(&cluster, list, arguments.steps).map(|()| ExitCode::SUCCESS);
    }
    if let Some(manifests) = &arguments.manifests {
        let kustomize = arguments.originals.join("kustomize");
        let is_good = manifests::run(&cluster.control_plane, manifests, &kustomize, &arguments.whereto)?;
        return Ok(if is_good { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    let mut is_good = true;
    for number in 0..arguments.clusters {
        is_good &= round(&arguments, &cluster, arguments.seed.wrapping_add(number))?;
    }
    if arguments.runs > 0 {
        is_good &= faults::run(&arguments, &mut cluster)?;
    }
    Ok(if is_good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// One random cluster: both servers watch while it changes, and are compared when it is quiet.
fn round(arguments: &Arguments, cluster: &Cluster, seed: u64) -> Result<bool> {
    let begin = Instant::now();
    cluster.control_plane.api.clear()?;
    // Not the one with a cache: that answers for 30 s as it was before.
    let variant = [Variant::Verified, Variant::Insecure][(seed % 2) as usize];
    let mut changes = Changes::new(&cluster.control_plane.api, seed);
    changes.load()?;
    let _theirs = cluster.coredns(variant)?;
    let _ours = cluster.whereto(cluster::OURS, variant, &cluster.kubeconfig)?;
    let (mut questions, mut different) = (0, 0);
    for quiet in 0..arguments.quiets {
        changes.steps(arguments.steps)?;
        let marker = changes.mark()?;
        for server in [cluster::COREDNS, cluster::OURS] {
            compare::await_marker(server, &marker, variant)?;
        }
        let found = compare::all(cluster, variant, seed ^ quiet, arguments.questions)?;
        questions += found.0;
        different += found.1;
    }
    println!(
        "seed {seed} {}: {} changes ({} refused), questions {questions}, DIFFERENT {different}, in {:.1} s",
        variant.name(),
        changes.done,
        changes.refused,
        begin.elapsed().as_secs_f32()
    );
    Ok(different == 0)
}
