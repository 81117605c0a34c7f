//! Our proxy at work, as a program of its own.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::process::ExitStatus;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::arguments::LOOPBACK;
use whereto_conformance::process::Process;

/// How long anything may take that should take no time.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// A running `whereto ingress`.
#[derive(Debug)]
pub(crate) struct Proxy {
    process: Process,
    pub(crate) http: SocketAddr,
    pub(crate) https: SocketAddr,
}

/// What a process has in memory (proc(5), `/proc/pid/status`), in KiB.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Memory {
    /// `VmRSS`.
    pub(crate) resident: u64,
    /// `VmHWM`, the most that it ever was.
    pub(crate) peak: u64,
}

impl Proxy {
    /// Starts it on free ports, with `options` besides, and waits until it is ready.
    pub(crate) fn start(program: &Path, folder: &Path, manifests: &Path, options: &[&str]) -> Result<Self> {
        let mut words: Vec<String> = vec!["ingress".to_owned()];
        for listener in ["--http", "--https"] {
            words.extend([listener.to_owned(), format!("{LOOPBACK}:0")]);
        }
        // Changes come as soon as a look at the folder finds them.
        for word in ["--no-admin", "--log-format", "json", "--reload-interval", "0.1", "--manifests"] {
            words.push(word.to_owned());
        }
        words.push(manifests.display().to_string());
        words.extend(options.iter().map(|&word| word.to_owned()));
        let mut process = Process::start("whereto", program, folder, words)?;
        let log = folder.join("whereto.log");
        let mut ready = None;
        process.wait(PATIENCE, || {
            ready = fs::read_to_string(&log).ok().and_then(|text| text.lines().find_map(addresses));
            ready.is_some()
        })?;
        let [http, https] = ready.context("no addresses")?;
        Ok(Self { process, http, https })
    }

    pub(crate) fn memory(&self) -> Result<Memory> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process.id())).context("status of whereto")?;
        let kib = |name: &str| {
            let value = status.lines().find_map(|line| line.strip_prefix(name)?.trim().strip_suffix(" kB"));
            value.and_then(|value| value.parse().ok()).with_context(|| format!("no {name} in {status}"))
        };
        Ok(Memory { resident: kib("VmRSS:")?, peak: kib("VmHWM:")? })
    }

    pub(crate) fn signal(&self, signal: Signal) -> Result<()> {
        kill(Pid::from_raw(self.process.id().try_into()?), signal).context("signal")
    }

    /// Waits for its end.
    pub(crate) async fn ended(&mut self, patience: Duration) -> Result<ExitStatus> {
        let end = Instant::now() + patience;
        loop {
            if let Some(status) = self.process.ended()? {
                return Ok(status);
            }
            ensure!(Instant::now() < end, "whereto runs on after {patience:?}\n{}", self.process.last_words());
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Fails when it ended.
    pub(crate) fn still_running(&mut self) -> Result<()> {
        if let Some(status) = self.process.ended()? {
            bail!("whereto ended: {status}\n{}", self.process.last_words());
        }
        Ok(())
    }
}

/// Those of http and https in a line of the log, if it is the one that says so.
fn addresses(line: &str) -> Option<[SocketAddr; 2]> {
    let line: serde_json::Value = serde_json::from_str(line).ok()?;
    let one = |name: &str| line[name][0].as_str()?.parse().ok();
    (line["ready"] == true).then_some([one("http")?, one("https")?])
}
