//! Counts the objects in manifests: `cargo run --release -p k8s-source --example count-objects -- FOLDER [FILE…]`.
//!
//! Prints what is wrong in them, how long it took, and on Linux how much memory. With `--poll N` it looks N times for changes
//! afterwards, a second apart.

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use k8s_source::manifests::{Event, ManifestOptions, ManifestSource};
use k8s_source::{Consumer, Kind, ObjectChange};
use object_change::Diagnostic;

#[derive(Default)]
struct Count(BTreeMap<Kind, u64>);

impl Consumer for Count {
    fn apply(&mut self, change: ObjectChange<'_>) -> Vec<Diagnostic> {
        *self.0.entry(change.kind()).or_default() += 1;
        Vec::new()
    }

    fn publish(&mut self) {}
}

fn main() -> ExitCode {
    let mut paths: Vec<String> = std::env::args().skip(1).collect();
    let polls = match paths.iter().position(|argument| argument == "--poll") {
        Some(at) => paths.drain(at..).nth(1).and_then(|count| count.parse().ok()).unwrap_or(1),
        None => 0,
    };
    let mut source = ManifestSource::new(paths, ManifestOptions::default());
    let mut count = Count::default();
    let mut told = 0;
    let mut events = |event| {
        if let Event::Found(located) = event {
            told += 1;
            if told <= 20 {
                eprintln!("{located}");
            }
        }
    };
    let begin = Instant::now();
    let summary = source.load(&mut count, &mut events);
    println!("{} objects, {} of other kinds, in {:?}", summary.objects, summary.skipped, begin.elapsed());
    for (kind, changes) in &count.0 {
        println!("{:>8} {}", changes - 1, kind.name());
    }
    print_memory();
    for _ in 0..polls {
        std::thread::sleep(Duration::from_secs(1));
        let begin = Instant::now();
        let summary = source.poll(&mut count, &mut events);
        println!("poll: changed {}, in {:?}", summary.changed, begin.elapsed());
    }
    if summary.broken.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(2) }
}

fn print_memory() {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    for line in status
        .lines()
        .filter(|line| line.starts_with("VmHWM") || line.starts_with("VmRSS") || line.starts_with("RssAnon"))
    {
        println!("{line}");
    }
}
