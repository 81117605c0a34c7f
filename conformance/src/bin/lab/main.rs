//! Compares our search walks with the real resolvers, each in namespaces of its own.

#![forbid(unsafe_code)]

mod arguments;
mod namespace;
mod pool;
mod report;
mod servers;
mod watch;
mod worker;

use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context as _, Result};
use clap::Parser as _;
use whereto_conformance::lab::case::{Case, Original};
use whereto_conformance::lab::known::Ledger;
use whereto_conformance::lab::recording::Recording;
use whereto_conformance::lab::{generate, judge, known, recording};
use whereto_conformance::options::ended;

use arguments::Arguments;
use worker::Job;

fn main() -> ExitCode {
    ended("lab", run())
}

fn run() -> Result<ExitCode> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if let [word, folder, probes] = &words[..]
        && word == "worker"
    {
        worker::work(Path::new(folder), Path::new(probes))?;
        return Ok(ExitCode::SUCCESS);
    }
    let arguments = Arguments::parse();
    let Some(flags) = namespace::flags() else {
        println!("lab: skipped, because this machine has no namespaces for us");
        return Ok(ExitCode::SUCCESS);
    };
    println!("lab: {} cases for each resolver from seed {}", arguments.cases, arguments.seed);
    let folder = tempfile::tempdir().context("temporary folder")?;
    let laboratory = Laboratory { arguments: &arguments, flags, folder: folder.path() };
    let mut ledger = Ledger::new(known::ours()?);
    let mut unexplained = 0;
    for original in arguments.originals() {
        unexplained += laboratory.examine(*original, &mut ledger)?;
    }
    for (row, count) in ledger.used() {
        println!("known: {row} {count}");
    }
    Ok(if unexplained == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Where and how look-ups are made.
struct Laboratory<'a> {
    arguments: &'a Arguments,
    flags: &'a str,
    folder: &'a Path,
}

impl Laboratory<'_> {
    /// Has `original` make all look-ups, and says how many of them our walk cannot have made, and why.
    fn examine(&self, original: Original, ledger: &mut Ledger) -> Result<usize> {
        let Arguments { seed, cases, only, record, .. } = self.arguments;
        let begin = Instant::now();
        let first = only.unwrap_or(0);
        let numbers = first..only.map_or(*cases, |number| number + 1);
        let mut recordings = self.record(original, numbers.map(|number| generate::case(*seed, number)).collect())?;
        let failed = |recording: &Recording| judge::judge(original, &recording.case, &recording.trace).err();

        // What happened once may be the machine's doing: a process that had no turn for long, a full queue.
        let mut disturbed = 0;
        for _ in 0..2 {
            let doubtful: Vec<usize> = (0..recordings.len()).filter(|at| failed(&recordings[*at]).is_some()).collect();
            let cases = doubtful.iter().map(|at| recordings[*at].case.clone()).collect();
            for (at, again) in doubtful.into_iter().zip(self.record(original, cases)?) {
                disturbed += usize::from(failed(&again).is_none());
                recordings[at] = again;
            }
        }

        let (mut covered, mut unexplained, mut queries) = (0, 0, 0);
        for (number, recording) in (first..).zip(&recordings) {
            queries += recording.trace.queries.len();
            match failed(recording) {
                Some(_) if ledger.explain(recording) => covered += 1,
                Some(why) => {
                    unexplained += 1;
                    println!("{}", report::difference(*seed, number, recording, &why)?);
                }
                None if only.is_some() => println!("{}", report::seen(recording)?),
                None => {}
            }
        }
        if let Some(folder) = record {
            recording::write(folder, original, &recordings)?;
        }
        println!(
            "{}: {} cases, {queries} queries, {unexplained} unexplained, {covered} known, {disturbed} at a second try, {:.1} s",
            original.name(),
            recordings.len(),
            begin.elapsed().as_secs_f32()
        );
        Ok(unexplained)
    }

    fn record(&self, original: Original, cases: Vec<Case>) -> Result<Vec<Recording>> {
        let jobs: Vec<Job> = cases.into_iter().map(|case| Job { original, case }).collect();
        let traces = pool::run(&jobs, self.arguments.workers, self.flags, self.folder, &self.arguments.probes)?;
        let recordings = jobs.into_iter().zip(traces);
        Ok(recordings.map(|(Job { original, case }, trace)| Recording { original, case, trace }).collect())
    }
}
