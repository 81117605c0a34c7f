//! Changes objects at a steady rate, one endpoint moved each time, and looks whether a server's answers keep up.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use bench_cluster::{Cluster, Shape};
use bench_dns_peers::check::Checker;
use bench_dns_peers::churn::Churn;
use bench_dns_peers::process::{Memory, Processes};
use clap::Parser;

/// Between two lines.
const MINUTE: Duration = Duration::from_secs(60);
/// Changes after which the memory is promised.
const PROMISED: u32 = 10_000;

/// Changes the slices that have files of their own in a folder.
#[derive(Debug, Parser)]
#[command(name = "dns-churn")]
struct Options {
    /// Where `bench-cluster --changing` wrote them.
    folder: PathBuf,
    /// How many slices these are.
    #[arg(long, value_name = "N", default_value_t = 500)]
    changing: usize,
    /// Changes per second, at least 1.
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..))]
    rate: u32,
    /// For how many seconds [default: until it is ended].
    #[arg(long, value_name = "N", default_value_t = u64::MAX, hide_default_value = true)]
    seconds: u64,
    /// Ask this server about them, and about names that stay: every answer must be the old or the new one.
    #[arg(long, value_name = "ADDR")]
    check: Option<SocketAddr>,
    /// Print the memory of this process, with all that it began, each minute and after 10,000 changes.
    #[arg(long, value_name = "PID")]
    pid: Option<u32>,
    #[command(flatten)]
    shape: Shape,
}

fn main() -> Result<()> {
    let options = Options::parse();
    let cluster = Cluster::new(options.shape);
    let churn = Churn::new(&cluster, options.changing, options.folder)?;
    let Some(server) = options.check else { return churn.run(options.rate, options.seconds).map(drop) };
    let mut checker = Checker::new(&cluster, &churn, server)?;
    let watch = |when: String, checker: &Checker<'_>| -> Result<()> {
        let found = checker.found();
        print!(
            "{when}: {} answers checked, {} fresh, {} wrong, {} lost",
            found.answers, found.fresh, found.wrong, found.lost
        );
        if let Some(pid) = options.pid {
            let processes = Processes::of(pid)?;
            let (now, most) = (processes.mebibytes(Memory::Resident)?, processes.mebibytes(Memory::Most)?);
            print!("; VmRSS {now:.1} MiB, VmHWM {most:.1} MiB");
        }
        println!();
        Ok(())
    };
    watch("start".to_owned(), &checker)?;
    thread::scope(|scope| -> Result<()> {
        let writing = scope.spawn(|| churn.run(options.rate, options.seconds));
        let started = Instant::now();
        let promised = Duration::from_secs(1) * PROMISED / options.rate;
        let mut minutes = 1;
        let mut is_promised = false;
        while !writing.is_finished() {
            checker.step()?;
            if !is_promised && started.elapsed() >= promised {
                is_promised = true;
                watch(format!("{PROMISED} changes"), &checker)?;
            }
            if started.elapsed() >= MINUTE * minutes {
                watch(format!("{minutes} min"), &checker)?;
                minutes += 1;
            }
        }
        let changes = writing.join().map_err(|_| anyhow::anyhow!("the writer panicked"))??;
        let is_current = checker.catch_up()?;
        watch(format!("end, {changes} changes"), &checker)?;
        ensure!(is_current, "the last changes are not seen");
        Ok(())
    })?;
    ensure!(checker.found().wrong == 0, "{} wrong answers", checker.found().wrong);
    Ok(())
}
