//! The command line.

use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, bail};

const USAGE: &str = "\
kube: our server and real CoreDNS watch the same API server while it changes and fails

  --clusters N         how many random clusters (2)
  --seed S             the seed of the first; the others follow it (from the time)
  --quiets N           how often each is compared (3)
  --steps N            changes before each comparison (60)
  --questions N        at most so many questions per comparison (600)
  --runs N             how often each fault is run (1); 0 for none
  --faults NAME,…      only these faults
  --scale FILE         only measure both with this v1 List, and with as many changes as --steps says
  --manifests FOLDER   only try the manifests in this folder: deploy
  --takeovers N        with --manifests: how often the replica that writes statuses is lost (3)
  --whereto PATH       our server (target/release/whereto)
  --originals FOLDER   the built originals ($WHERETO_ORIGINALS or target/originals)
";

#[derive(Clone, Debug)]
pub(crate) struct Arguments {
    pub(crate) clusters: u64,
    pub(crate) seed: u64,
    pub(crate) quiets: u64,
    pub(crate) steps: usize,
    pub(crate) questions: usize,
    pub(crate) runs: u64,
    pub(crate) faults: Option<String>,
    pub(crate) scale: Option<PathBuf>,
    pub(crate) manifests: Option<PathBuf>,
    pub(crate) takeovers: u64,
    pub(crate) whereto: PathBuf,
    pub(crate) originals: PathBuf,
}

impl Arguments {
    pub(crate) fn parse(mut words: impl Iterator<Item = String>) -> Result<Self> {
        let time = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs());
        let originals = std::env::var_os("WHERETO_ORIGINALS").map_or_else(|| "target/originals".into(), PathBuf::from);
        let mut arguments = Self {
            clusters: 2,
            seed: time,
            quiets: 3,
            steps: 60,
            questions: 600,
            runs: 1,
            faults: None,
            scale: None,
            manifests: None,
            takeovers: 3,
            whereto: "target/release/whereto".into(),
            originals,
        };
        while let Some(word) = words.next() {
            if word == "--help" || word == "-h" {
                print!("{USAGE}");
                std::process::exit(0);
            }
            let value = words.next().with_context(|| format!("{word}: unknown, or its value is missing\n{USAGE}"))?;
            let number = || value.parse::<u64>().with_context(|| format!("{word} {value}"));
            match word.as_str() {
                "--clusters" => arguments.clusters = number()?,
                "--seed" => arguments.seed = number()?,
                "--quiets" => arguments.quiets = number()?,
                "--steps" => arguments.steps = usize::try_from(number()?)?,
                "--questions" => arguments.questions = usize::try_from(number()?)?,
                "--runs" => arguments.runs = number()?,
                "--faults" => arguments.faults = Some(value),
                "--scale" => arguments.scale = Some(value.into()),
                "--manifests" => arguments.manifests = Some(value.into()),
                "--takeovers" => arguments.takeovers = number()?,
                "--whereto" => arguments.whereto = value.into(),
                "--originals" => arguments.originals = value.into(),
                _ => bail!("{word}: unknown\n{USAGE}"),
            }
        }
        // The servers run in another folder.
        arguments.scale =
            arguments.scale.map(|list| list.canonicalize().with_context(|| list.display().to_string())).transpose()?;
        Ok(arguments)
    }
}
