//! Programs that end when we do.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};

/// A running program, killed when dropped.
#[derive(Debug)]
pub struct Process {
    name: String,
    child: Child,
    log: PathBuf,
}

impl Process {
    /// Starts `program` in `folder`; what it prints goes to `NAME.log` there.
    ///
    /// # Errors
    /// When there is no such program, or it cannot be started.
    pub fn start<S: AsRef<OsStr>>(
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
    ///
    /// # Errors
    /// With the end of its log, when it ends or is not ready in time.
    pub fn wait(&mut self, patience: Duration, mut ready: impl FnMut() -> bool) -> Result<()> {
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

    /// How it ended, if it has.
    ///
    /// # Errors
    /// When the operating system does not tell.
    pub fn ended(&mut self) -> Result<Option<ExitStatus>> {
        self.child.try_wait().with_context(|| format!("waiting for {}", self.name))
    }

    /// Its process identifier.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Asks it to end, and waits for that.
    ///
    /// # Errors
    /// With the end of its log, when it does not end in time.
    pub fn end(mut self, patience: Duration) -> Result<()> {
        let asked = Command::new("kill").arg(self.id().to_string()).status().context("kill")?;
        ensure!(asked.success(), "{} is not there any more\n{}", self.name, self.last_words());
        let end = Instant::now() + patience;
        while self.child.try_wait().context("waiting")?.is_none() {
            ensure!(Instant::now() < end, "{} did not end in {patience:?}\n{}", self.name, self.last_words());
            std::thread::sleep(Duration::from_millis(5));
        }
        Ok(())
    }

    /// The end of its log.
    #[must_use]
    pub fn last_words(&self) -> String {
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
