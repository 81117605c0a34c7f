//! Changes objects at a steady rate: rewrites manifests by renaming new ones over them, one endpoint moved each time.

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use bench_cluster::{Cluster, SHAPE_USAGE, Shape};
use lexopt::{Arg, Parser, ValueExt as _};

const USAGE: &str = "\
dns-churn FOLDER [OPTIONS]: change the slices that have files of their own in a folder

  --changing N         how many slices these are (500)
  --rate N             changes per second (100)
  --seconds N          for how long (until it is ended)
";

fn main() -> Result<()> {
    let mut shape = Shape::default();
    let (mut folder, mut changing, mut rate, mut seconds) = (None, 500, 100, u64::MAX);
    let mut parser = Parser::from_env();
    while let Some(argument) = parser.next()? {
        let option = match argument {
            Arg::Long(option) => option.to_owned(),
            Arg::Value(value) if folder.is_none() => {
                folder = Some(PathBuf::from(value));
                continue;
            }
            other => return Err(other.unexpected().into()),
        };
        match option.as_str() {
            "changing" => changing = parser.value()?.parse()?,
            "rate" => rate = parser.value()?.parse::<u32>()?.max(1),
            "seconds" => seconds = parser.value()?.parse()?,
            "help" => {
                print!("{USAGE}{SHAPE_USAGE}");
                return Ok(());
            }
            option if shape.option(&Arg::Long(option), &mut parser)? => {}
            option => return Err(Arg::Long(option).unexpected().into()),
        }
    }
    let Some(folder) = folder else { bail!("no folder given") };
    let cluster = Cluster::new(shape);
    let slices: Vec<_> = cluster.changing(changing).map(|(_, service)| service).collect();
    ensure!(!slices.is_empty(), "nothing to change");
    let started = Instant::now();
    let pause = Duration::from_secs(1) / rate;
    for (count, service) in (0..).zip(slices.iter().cycle()) {
        let due = pause * count;
        if due.as_secs() >= seconds {
            break;
        }
        std::thread::sleep(due.saturating_sub(started.elapsed()));
        let revision = usize::try_from(count)? / slices.len() + 1;
        let path = folder.join(format!("{}.json", service.slice()));
        // Hidden, as what lies in a folder is read.
        let new = folder.join(".new");
        fs::write(&new, service.slice_json(revision).to_string()).with_context(|| new.display().to_string())?;
        fs::rename(&new, &path).with_context(|| path.display().to_string())?;
    }
    Ok(())
}
