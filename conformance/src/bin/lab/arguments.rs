//! The command line.

use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, bail, ensure};
use whereto_conformance::lab::case::Original;

const USAGE: &str = "\
lab: compare our search walks with the real resolvers

  --cases N            how many cases per resolver (50)
  --seed S             the seed of the cases (from the time)
  --case N             only the case of that number, with everything that was seen
  --resolver NAME      only that one, repeatable: glibc-2.36, musl-1.2.3, musl-1.2.5, go-1.26, c-ares-1.34.9, hickory-0.26.3
  --workers N          how many look-ups at a time (24)
  --probes FOLDER      the built probes ($WHERETO_ORIGINALS/lab or target/originals/lab)
  --record FOLDER      keep what was seen there, as the recorded traces are kept
";

#[derive(Clone, Debug)]
pub(crate) struct Arguments {
    pub(crate) cases: u64,
    pub(crate) seed: u64,
    pub(crate) only: Option<u64>,
    pub(crate) originals: Vec<Original>,
    pub(crate) workers: usize,
    pub(crate) probes: PathBuf,
    pub(crate) record: Option<PathBuf>,
}

impl Arguments {
    pub(crate) fn parse(mut words: impl Iterator<Item = String>) -> Result<Self> {
        let time = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs());
        let originals = std::env::var_os("WHERETO_ORIGINALS").map_or_else(|| "target/originals".into(), PathBuf::from);
        let mut arguments = Self {
            cases: 50,
            seed: time,
            only: None,
            originals: Vec::new(),
            workers: 24,
            probes: originals.join("lab"),
            record: None,
        };
        while let Some(word) = words.next() {
            if word == "--help" || word == "-h" {
                print!("{USAGE}");
                std::process::exit(0);
            }
            let value = words.next().with_context(|| format!("{word}: unknown, or its value is missing\n{USAGE}"))?;
            let number = || value.parse::<u64>().with_context(|| format!("{word} {value}"));
            match word.as_str() {
                "--cases" => arguments.cases = number()?,
                "--seed" => arguments.seed = number()?,
                "--case" => arguments.only = Some(number()?),
                "--workers" => arguments.workers = number()? as usize,
                "--resolver" => {
                    let found = Original::ALL.into_iter().find(|original| original.name() == value);
                    arguments.originals.push(found.with_context(|| format!("--resolver {value}: unknown\n{USAGE}"))?);
                }
                "--probes" => arguments.probes = value.into(),
                "--record" => arguments.record = Some(value.into()),
                _ => bail!("{word}: unknown\n{USAGE}"),
            }
        }
        ensure!(arguments.workers > 0, "--workers 0: nobody would work");
        if arguments.originals.is_empty() {
            arguments.originals = Original::ALL.to_vec();
        }
        Ok(arguments)
    }
}
