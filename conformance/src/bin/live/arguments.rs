//! The command line.

use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, bail, ensure};
use whereto_conformance::variant::Variant;

const USAGE: &str = "\
live: compare our DNS server with real CoreDNS over random clusters

  --clusters N         how many clusters (3)
  --seed S             the seed of the first; the others follow it (from the time)
  --questions N        at most so many questions per cluster (1500)
  --variant NAME       insecure, verified or stockg (by the seed)
  --mode MODE          coredns: no difference allowed; rfc: those in deviations.toml (coredns)
  --whereto PATH       our server (target/release/whereto)
  --against WHAT       whereto, or coredns: a second CoreDNS in our server's place (whereto)
  --against-ttl N      the second CoreDNS's TTL, to see that differences are found
  --originals FOLDER   the built originals ($WHERETO_ORIGINALS or target/originals)
  --differences FILE   where differences go (target/conformance/differences.jsonl)
  --record FILE        write CoreDNS's answers as rows like the recorded ones
";

/// What our server claims.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// To answer as CoreDNS.
    CoreDns,
    /// To answer as CoreDNS but for known deviations.
    Rfc,
}

impl Mode {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::CoreDns => "coredns",
            Self::Rfc => "rfc",
        }
    }
}

/// What is compared with CoreDNS.
#[derive(Clone, Debug)]
pub(crate) enum Against {
    /// Our server's program.
    Whereto(PathBuf),
    /// A second CoreDNS, perhaps with another TTL.
    CoreDns(Option<u32>),
}

#[derive(Clone, Debug)]
pub(crate) struct Arguments {
    pub(crate) clusters: u64,
    pub(crate) seed: u64,
    pub(crate) questions: usize,
    pub(crate) variant: Option<Variant>,
    pub(crate) mode: Mode,
    pub(crate) against: Against,
    pub(crate) originals: PathBuf,
    pub(crate) differences: PathBuf,
    pub(crate) record: Option<PathBuf>,
}

impl Arguments {
    pub(crate) fn parse(mut words: impl Iterator<Item = String>) -> Result<Self> {
        let time = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs());
        let originals = std::env::var_os("WHERETO_ORIGINALS").map_or_else(|| "target/originals".into(), PathBuf::from);
        let mut arguments = Self {
            clusters: 3,
            seed: time,
            questions: 1500,
            variant: None,
            mode: Mode::CoreDns,
            against: Against::Whereto("target/release/whereto".into()),
            originals,
            differences: "target/conformance/differences.jsonl".into(),
            record: None,
        };
        let (mut whereto, mut coredns, mut ttl) = (None, false, None);
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
                "--questions" => arguments.questions = number()? as usize,
                "--variant" => arguments.variant = Some(value.parse()?),
                "--mode" => {
                    arguments.mode = match value.as_str() {
                        "coredns" => Mode::CoreDns,
                        "rfc" => Mode::Rfc,
                        _ => bail!("--mode coredns|rfc"),
                    }
                }
                "--against" => {
                    ensure!(value == "whereto" || value == "coredns", "--against whereto|coredns");
                    coredns = value == "coredns";
                }
                "--against-ttl" => ttl = Some(u32::try_from(number()?)?),
                "--whereto" => whereto = Some(PathBuf::from(value)),
                "--originals" => arguments.originals = value.into(),
                "--differences" => arguments.differences = value.into(),
                "--record" => arguments.record = Some(value.into()),
                _ => bail!("{word}: unknown\n{USAGE}"),
            }
        }
        if coredns {
            arguments.against = Against::CoreDns(ttl);
        } else if let Some(path) = whereto {
            arguments.against = Against::Whereto(path);
        }
        Ok(arguments)
    }
}
