//! Manifests that change at a steady rate: one EndpointSlice a file, replaced by renaming a new one over it.

use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use bench_cluster::{Cluster, Service};

/// The slices that change, and how far each has come.
#[derive(Debug)]
pub struct Churn<'c> {
    folder: PathBuf,
    slices: Vec<Changing<'c>>,
}

/// A slice that changes.
#[derive(Debug)]
#[non_exhaustive]
pub struct Changing<'c> {
    /// Whose it is.
    pub service: &'c Service,
    begun: AtomicUsize,
}

impl Changing<'_> {
    /// The last revision that a reader of the file may have seen.
    pub fn newest(&self) -> usize {
        self.begun.load(Ordering::SeqCst)
    }
}

impl<'c> Churn<'c> {
    /// So many slices of a cluster, written to a folder as `bench-cluster --changing` does.
    ///
    /// # Errors
    /// When the cluster has none.
    pub fn new(cluster: &'c Cluster, count: usize, folder: PathBuf) -> Result<Self> {
        let slices: Vec<_> =
            cluster.changing(count).map(|(_, service)| Changing { service, begun: AtomicUsize::new(0) }).collect();
        ensure!(!slices.is_empty(), "nothing to change");
        Ok(Self { folder, slices })
    }

    /// The slices.
    pub fn slices(&self) -> &[Changing<'c>] {
        &self.slices
    }

    /// Changes one slice after the other, `rate` a second, for so many seconds; returns how many changes that were.
    ///
    /// # Errors
    /// When a file can't be written.
    pub fn run(&self, rate: u32, seconds: u64) -> Result<u32> {
        let started = Instant::now();
        let pause = Duration::from_secs(1) / rate;
        for (count, slice) in (0..).zip(self.slices.iter().cycle()) {
            let due = pause * count;
            if due.as_secs() >= seconds {
                return Ok(count);
            }
            std::thread::sleep(due.saturating_sub(started.elapsed()));
            self.replace(slice)?;
        }
        Ok(0)
    }

    fn replace(&self, slice: &Changing<'_>) -> Result<()> {
        let revision = slice.newest() + 1;
        let path = self.folder.join(format!("{}.json", slice.service.slice()));
        // Hidden, as what lies in a folder is read.
        let new = self.folder.join(".new");
        fs::write(&new, slice.service.slice_json(revision).to_string()).with_context(|| new.display().to_string())?;
        // Before the rename: from then on it may be read.
        slice.begun.store(revision, Ordering::SeqCst);
        fs::rename(&new, &path).with_context(|| path.display().to_string())
    }
}
