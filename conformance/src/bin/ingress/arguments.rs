//! The command line.

use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, bail};

use crate::original::Original;

const USAGE: &str = "\
ingress: ask nginx and HAProxy what our routing table is asked

  --rule-sets N        how many rule sets (20)
  --requests N         how many requests for each (500)
  --seed S             the seed of both (from the time)
  --rule-set N         only the rule set of that number, with its rules
  --original NAME      only that one: nginx, haproxy
  --keep FOLDER        keep the configurations there
";

#[derive(Clone, Debug)]
pub(crate) struct Arguments {
    pub(crate) rule_sets: u64,
    pub(crate) requests: usize,
    pub(crate) seed: u64,
    pub(crate) only: Option<u64>,
    pub(crate) originals: Vec<Original>,
    pub(crate) keep: Option<PathBuf>,
}

impl Arguments {
    pub(crate) fn parse(mut words: impl Iterator<Item = String>) -> Result<Self> {
        let time = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs());
        let mut arguments = Self {
            rule_sets: 20,
            requests: 500,
            seed: time,
            only: None,
            originals: Original::ALL.to_vec(),
            keep: None,
        };
        while let Some(word) = words.next() {
            if word == "--help" || word == "-h" {
                print!("{USAGE}");
                std::process::exit(0);
            }
            let value = words.next().with_context(|| format!("{word}: unknown, or its value is missing\n{USAGE}"))?;
            let number = || value.parse::<u64>().with_context(|| format!("{word} {value}"));
            match word.as_str() {
                "--rule-sets" => arguments.rule_sets = number()?,
                "--requests" => arguments.requests = number()? as usize,
                "--seed" => arguments.seed = number()?,
                "--rule-set" => arguments.only = Some(number()?),
                "--original" => {
                    let found = Original::ALL.into_iter().find(|original| original.name() == value);
                    arguments.originals = vec![found.with_context(|| format!("--original {value}: unknown\n{USAGE}"))?];
                }
                "--keep" => arguments.keep = Some(value.into()),
                _ => bail!("{word}: unknown\n{USAGE}"),
            }
        }
        Ok(arguments)
    }

    /// The numbers of the rule sets.
    pub(crate) fn numbers(&self) -> std::ops::Range<u64> {
        self.only.map_or(0..self.rule_sets, |number| number..number + 1)
    }
}
