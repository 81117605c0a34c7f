//! Programs that end when we do.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

/// A running program, killed when dropped.
#[derive(Debug)]
pub(crate) struct Process {
    name: String,
    child: Child,
    log: PathBuf,
}

impl Process {
    /// Starts `program`; what it prints goes to `NAME.log` in `folder`.
    pub(crate) fn start<S: AsRef<OsStr>>(
        name: &str,
        program: &Path,
        folder: &Path,
        arguments: impl IntoIterator<Item = S>,
    ) -> Result<Self> {
        let log = folder.join(format!("{name}.log"));
        let output = File::create(&log).with_context(|| format!("creating {}", log.display()))?;
        let program = fs::canonicalize(program).with_context(|| format!("{name}: no {}", program.display()))?;
        // If we are killed ourselves, nothing is dropped; then the kernel ends it.
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "KILL", "--"]).arg(&program);
        if Command::new("setpriv").arg("--version").stdout(Stdio::null()).status().is_err() {
            command = Command::new(&program);
        }
        command.args(arguments).current_dir(folder).stdin(Stdio::null());
        command.stdout(output.try_clone().context("log")?).stderr(output);
        let child = command.spawn().with_context(|| format!("starting {name}"))?;
        Ok(Self { name: name.to_owned(), child, log })
    }

    /// Waits until `ready` says so.
    pub(crate) fn wait(&mut self, patience: Duration, mut ready: impl FnMut() -> bool) -> Result<()> {
        let end = Instant::now() + patience;
        loop {
            if let Some(status) = self.child.try_wait().context("waiting")? {
                bail!("{} ended: {status}\n{}", self.name, self.last_words());
            }
            if ready() {
                return Ok(());
            }
            if Instant::now() > end {
                bail!("{} was not ready after {patience:?}\n{}", self.name, self.last_words());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// The end of its log.
    pub(crate) fn last_words(&self) -> String {
        let log = fs::read(&self.log).unwrap_or_default();
        let text = String::from_utf8_lossy(&log);
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(15)..].join("\n")
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
