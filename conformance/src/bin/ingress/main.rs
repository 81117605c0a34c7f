//! Asks nginx and HAProxy, with the configurations that their controllers would write for random Ingresses, what our
//! routing table is asked, and compares to which backends requests go.

#![forbid(unsafe_code)]

mod arguments;
mod haproxy;
mod known;
mod nginx;
mod original;
mod reading;
mod requests;
mod rules;
mod server;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context as _, Result};
use clap::Parser as _;
use whereto_conformance::chance::Chance;
use whereto_conformance::options::ended;

use arguments::Arguments;
use known::Ledger;
use original::{Original, Verdict};
use reading::Tables;
use requests::Request;
use rules::RuleSet;
use server::Server;

/// So many requests meet every row of `known.toml`: one that is not used then covers nothing any more.
const ENOUGH: usize = 10_000;
/// So many differences are printed for each original.
const SHOWN: usize = 20;

fn main() -> ExitCode {
    ended("ingress", run())
}

fn run() -> Result<ExitCode> {
    let arguments = Arguments::parse();
    let temporary = tempfile::tempdir().context("temporary folder")?;
    let folder: PathBuf = arguments.keep.clone().unwrap_or_else(|| temporary.path().into());
    println!(
        "ingress: {} rule sets with {} requests each, seed {}",
        arguments.numbers().count(),
        arguments.requests,
        arguments.seed
    );
    let mut ledger = Ledger::new(known::ours()?);
    let mut failed = false;
    for original in arguments.originals() {
        failed |= examine(*original, &arguments, &folder, &mut ledger)?;
    }
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// What was seen of one original.
#[derive(Default)]
struct Tally {
    requests: usize,
    /// Those that went to a backend, theirs.
    forwarded: usize,
    known: usize,
    unexplained: usize,
}

/// Asks `original` everything; whether that fails the run.
fn examine(original: Original, arguments: &Arguments, folder: &Path, ledger: &mut Ledger) -> Result<bool> {
    let begin = Instant::now();
    let mut tally = Tally::default();
    for number in arguments.numbers() {
        // Both originals get the same rules and requests, and a rule set is the same whatever others there are.
        let mut chance = Chance::new(arguments.seed.wrapping_add(number.wrapping_mul(0x9e37_79b9)));
        let rules = RuleSet::random(&mut chance);
        let tables = Tables::new(&rules);
        if arguments.only.is_some() {
            print!("{rules}");
        }
        let mut server = Server::start(original, &rules, &folder.join(number.to_string()))?;
        for _ in 0..arguments.requests {
            let request = Request::random(&mut chance, &rules);
            let theirs = server.ask(&request).with_context(|| format!("rule set {number}"))?;
            let (ours, malformed) = Verdict::of(&tables.ours, &request.head());
            tally.requests += 1;
            tally.forwarded += usize::from(matches!(theirs, Verdict::Backend(_)));
            if ours == theirs {
                continue;
            }
            let predicted = tables.predict(original, &request);
            if predicted == theirs && ledger.explain(original, &request, malformed) {
                tally.known += 1;
                continue;
            }
            tally.unexplained += 1;
            if tally.unexplained <= SHOWN {
                let why = malformed.map(|why| format!(" ({why})")).unwrap_or_default();
                println!(
                    "{}, rule set {number}: {request}\n  theirs {theirs}, ours {ours}{why}; known of them: {predicted}",
                    original.name()
                );
            }
        }
    }
    println!(
        "{}: {} requests, {} to a backend, {} unexplained, {} known, {:.1} s",
        original.name(),
        tally.requests,
        tally.forwarded,
        tally.unexplained,
        tally.known,
        begin.elapsed().as_secs_f32()
    );
    let mut unused = false;
    for (row, count) in ledger.used(original) {
        println!("known: {row} {count}");
        unused |= count == 0;
    }
    let unused = unused && tally.requests >= ENOUGH;
    if unused {
        println!("{}: a row of known.toml covers nothing", original.name());
    }
    Ok(tally.unexplained > 0 || unused)
}
