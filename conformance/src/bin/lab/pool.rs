//! Workers side by side: most of a look-up's time is waiting.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{fs, thread};

use anyhow::{Context as _, Result, anyhow, ensure};
use whereto_conformance::lab::trace::Trace;

use crate::worker::Job;

/// Runs `jobs` with `workers` workers in namespaces by `flags`; the traces in the order of the jobs.
pub(crate) fn run(jobs: &[Job], workers: usize, flags: &str, folder: &Path, probes: &Path) -> Result<Vec<Trace>> {
    let next = AtomicUsize::new(0);
    let traces = Mutex::new(vec![None; jobs.len()]);
    thread::scope(|scope| {
        let threads: Vec<_> = (0..workers.min(jobs.len()))
            .map(|number| {
                let (next, traces) = (&next, &traces);
                scope.spawn(move || feed(jobs, next, traces, flags, &folder.join(number.to_string()), probes))
            })
            .collect();
        threads.into_iter().try_for_each(|thread| thread.join().map_err(|_| anyhow!("a thread panicked"))?)
    })?;
    let traces = traces.into_inner().map_err(|_| anyhow!("a thread panicked"))?;
    traces.into_iter().map(|trace| trace.context("a job without a trace")).collect()
}

/// Gives one worker job after job.
fn feed(
    jobs: &[Job],
    next: &AtomicUsize,
    traces: &Mutex<Vec<Option<Trace>>>,
    flags: &str,
    folder: &Path,
    probes: &Path,
) -> Result<()> {
    fs::create_dir_all(folder)?;
    let program = std::env::current_exe().context("our own path")?;
    let mut command = Command::new("unshare");
    command.args([flags, "--"]).arg(program).arg("worker").args([folder, probes]);
    let mut worker = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().context("unshare")?;
    let mut to = worker.stdin.take().context("pipe")?;
    let mut from = BufReader::new(worker.stdout.take().context("pipe")?);
    loop {
        let at = next.fetch_add(1, Ordering::Relaxed);
        let Some(job) = jobs.get(at) else { break };
        let mut line = serde_json::to_string(job)?;
        line.push('\n');
        let mut answer = String::new();
        let sent = to.write_all(line.as_bytes()).and_then(|()| from.read_line(&mut answer));
        ensure!(sent.is_ok_and(|length| length > 0), "a worker ended at {job:?}");
        let trace = serde_json::from_str(&answer).context("trace")?;
        if let Some(place) = traces.lock().map_err(|_| anyhow!("a thread panicked"))?.get_mut(at) {
            *place = Some(trace);
        }
    }
    drop(to);
    worker.wait().context("worker")?;
    Ok(())
}
