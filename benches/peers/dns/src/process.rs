//! The books that the system keeps of a server's processes, from procfs.

use std::fs;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use nix::unistd::{SysconfVar, sysconf};

/// A process and those that it began: some servers are several.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Processes {
    pids: Vec<u32>,
}

/// A line of a process' status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "what the table shows")]
pub enum Memory {
    /// Pages in memory.
    Resident,
    /// The most that they ever were.
    Most,
    /// Those of them that are files: the program itself.
    Files,
    /// Pages in memory, where one that several processes share counts in parts.
    Proportional,
}

impl Processes {
    /// A process and all that descend from it now.
    ///
    /// # Errors
    /// When there is no such process.
    pub fn of(pid: u32) -> Result<Self> {
        let mut parents = Vec::new();
        for entry in fs::read_dir("/proc")? {
            // Others may end in the meantime.
            let child = entry?.file_name().to_str().and_then(|name| name.parse().ok());
            if let Some((child, stat)) = child.and_then(|child: u32| Some((child, Stat::read(child).ok()?))) {
                parents.push((child, stat.parent));
            }
        }
        ensure!(parents.iter().any(|(child, _)| *child == pid), "no process {pid}");
        let mut pids = vec![pid];
        let mut next = 0;
        while let Some(parent) = pids.get(next).copied() {
            pids.extend(parents.iter().filter(|(_, of)| *of == parent).map(|(child, _)| *child));
            next += 1;
        }
        Ok(Self { pids })
    }

    /// Processor time so far, their own and the system's for them.
    ///
    /// # Errors
    /// When one of them ended.
    pub fn cpu_time(&self) -> Result<Duration> {
        let per_second = sysconf(SysconfVar::CLK_TCK)?.and_then(|ticks| u32::try_from(ticks).ok()).unwrap_or(100);
        let mut sum = Duration::ZERO;
        for pid in &self.pids {
            sum += Duration::from_secs(1) * Stat::read(*pid)?.ticks / per_second;
        }
        Ok(sum)
    }

    /// Memory in MiB.
    ///
    /// # Errors
    /// When one of them ended.
    pub fn mebibytes(&self, what: Memory) -> Result<f64> {
        let (file, line) = match what {
            Memory::Resident => ("status", "VmRSS:"),
            Memory::Most => ("status", "VmHWM:"),
            Memory::Files => ("status", "RssFile:"),
            Memory::Proportional => ("smaps_rollup", "Pss:"),
        };
        let mut sum = 0.0;
        for pid in &self.pids {
            let text = read(*pid, file)?;
            let rest = text.lines().find_map(|found| found.strip_prefix(line));
            let kib: f64 = rest.and_then(|rest| rest.split_whitespace().next()).context(line)?.parse()?;
            sum += kib / 1024.0;
        }
        Ok(sum)
    }
}

struct Stat {
    parent: u32,
    ticks: u32,
}

impl Stat {
    fn read(pid: u32) -> Result<Self> {
        let text = read(pid, "stat")?;
        // The name, in brackets, may hold anything; the state is what comes after it.
        let (_, fields) = text.rsplit_once(')').context("no name")?;
        let fields: Vec<_> = fields.split_whitespace().collect();
        let number = |index: usize| -> Result<u32> { Ok(fields.get(index).context("too few fields")?.parse()?) };
        Ok(Self { parent: number(1)?, ticks: number(11)? + number(12)? })
    }
}

fn read(pid: u32, file: &str) -> Result<String> {
    let path = format!("/proc/{pid}/{file}");
    fs::read_to_string(&path).with_context(|| path)
}
