//! Changes objects at a steady rate, one endpoint moved each time, and looks whether a server's answers keep up.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use bench_cluster::{Cluster, Shape, Word};
use bench_dns_peers::check::Checker;
use bench_dns_peers::churn::Churn;
use bench_dns_peers::process::{Memory, Processes};
use lexopt::ValueExt as _;

const USAGE: &str = "\
dns-churn FOLDER [OPTIONS]: change the slices that have files of their own in a folder

  --changing N         how many slices these are (500)
  --rate N             changes per second (100)
  --seconds N          for how long (until it is ended)
  --check ADDRESS      ask this server about them, and about names that stay: every answer must be the old or the new one
  --pid N              print the memory of this process, with all that it began, each minute and after 10,000 changes
";

/// Between two lines.
const MINUTE: Duration = Duration::from_secs(60);
/// Changes after which the memory is promised.
const PROMISED: u32 = 10_000;

struct Options {
    folder: PathBuf,
    changing: usize,
    rate: u32,
    seconds: u64,
    check: Option<SocketAddr>,
    pid: Option<u32>,
}

fn main() -> Result<()> {
    let (shape, options) = arguments()?;
    let cluster = Cluster::new(shape);
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

fn arguments() -> Result<(Shape, Options)> {
    let mut folder = None;
    let (mut changing, mut rate, mut seconds, mut check, mut pid) = (500, 100, u64::MAX, None, None);
    let shape = Shape::from_command_line(USAGE, |word, parser| {
        match word {
            Word::Option(name) if name == "changing" => changing = parser.value()?.parse()?,
            Word::Option(name) if name == "rate" => rate = parser.value()?.parse::<u32>()?.max(1),
            Word::Option(name) if name == "seconds" => seconds = parser.value()?.parse()?,
            Word::Option(name) if name == "check" => check = Some(parser.value()?.parse().context("--check")?),
            Word::Option(name) if name == "pid" => pid = Some(parser.value()?.parse()?),
            Word::Value(value) if folder.is_none() => folder = Some(PathBuf::from(value)),
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    let Some(folder) = folder else { bail!("no folder given") };
    Ok((shape, Options { folder, changing, rate, seconds, check, pid }))
}
