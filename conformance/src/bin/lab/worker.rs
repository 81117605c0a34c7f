//! The part of the program that lives in namespaces of its own and runs one case after the other.

use std::io::{BufRead as _, Write as _};
use std::net::IpAddr;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use std::{fs, io, thread};

use anyhow::{Context as _, Result, ensure};
use serde::{Deserialize, Serialize};
use whereto_conformance::lab::case::{Case, Original};
use whereto_conformance::lab::trace::{Outcome, Trace};

use crate::namespace;
use crate::servers::Servers;
use crate::watch::{self, Log};

/// After how long a look-up counts as endless.
const PATIENCE: Duration = Duration::from_secs(45);

/// What a worker is told to do.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Job {
    pub(crate) original: Original,
    pub(crate) case: Case,
}

/// What a probe prints.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Said {
    elapsed: u32,
    #[serde(default)]
    addresses: Vec<IpAddr>,
    error: Option<String>,
}

/// Runs the jobs on standard input until it ends; their traces go to standard output, a line each.
pub(crate) fn work(folder: &Path, probes: &Path) -> Result<()> {
    namespace::set_up(folder)?;
    let log = Log::default();
    watch::start(&log)?;
    let (folder, probes) = (folder.to_owned(), probes.to_owned());
    for line in io::stdin().lock().lines() {
        let job: Job = serde_json::from_str(&line?).context("job")?;
        let trace = run(&job, &folder, &probes, &log)?;
        let mut out = io::stdout().lock();
        serde_json::to_writer(&mut out, &trace)?;
        out.write_all(b"\n")?;
        out.flush()?;
    }
    Ok(())
}

fn run(job: &Job, folder: &Path, probes: &Path, log: &Log) -> Result<Trace> {
    let case = &job.case;
    fs::write(folder.join("resolv.conf"), &case.file)?;
    fs::write(folder.join("hostaliases"), case.hostaliases.as_deref().unwrap_or_default())?;
    namespace::set_host_name(&case.hostname).context("host name")?;
    let servers = Servers::start(case, log)?;
    log.take()?;
    let (outcome, elapsed) = look_up(job, folder, probes)?;
    servers.stop()?;
    Ok(Trace { queries: log.take()?, outcome, elapsed })
}

/// Has the probe look the name up: what it was told, and after how many milliseconds.
fn look_up(job: &Job, folder: &Path, probes: &Path) -> Result<(Outcome, u32)> {
    let (case, probe) = (&job.case, probes.join(job.original.probe()));
    let mut command = match job.original {
        Original::CAres1349 => {
            let mut python = Command::new(probe.with_file_name("python"));
            python.arg(&probe);
            python
        }
        _ => Command::new(&probe),
    };
    command.args([case.name.as_str(), case.family.word()]).env_clear();
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::inherit());
    for (name, value) in [("LOCALDOMAIN", &case.localdomain), ("RES_OPTIONS", &case.res_options)] {
        if let Some(value) = value {
            command.env(name, value);
        }
    }
    if case.hostaliases.is_some() {
        command.env("HOSTALIASES", folder.join("hostaliases"));
    }
    let begin = Instant::now();
    let mut child = command.spawn().with_context(|| format!("starting {}", probe.display()))?;
    // What it prints fits into the pipe, so it can end before it is read.
    while child.try_wait()?.is_none() {
        if begin.elapsed() > PATIENCE {
            child.kill()?;
            child.wait()?;
            return Ok((Outcome::Endless, PATIENCE.as_millis() as u32));
        }
        thread::sleep(Duration::from_millis(5));
    }
    let elapsed = begin.elapsed().as_millis() as u32;
    let output = child.wait_with_output()?;
    if let Some(signal) = output.status.signal() {
        return Ok((Outcome::Killed(signal), elapsed));
    }
    ensure!(output.status.success(), "{} of {case:?}: {}", probe.display(), output.status);
    let said: Said = serde_json::from_slice(&output.stdout)
        .with_context(|| format!("{} said {:?}", probe.display(), String::from_utf8_lossy(&output.stdout)))?;
    let outcome = match said.error {
        Some(error) => Outcome::Error(error),
        None => {
            let mut addresses = said.addresses;
            addresses.sort_unstable();
            addresses.dedup();
            Outcome::Addresses(addresses)
        }
    };
    Ok((outcome, said.elapsed))
}
