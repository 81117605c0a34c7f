//! Recorded answers of the original.

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use flate2::read::GzDecoder;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::compare::Theirs;
use crate::question::Question;
use crate::reply::{Opt, Reply, unhex};
use crate::variant::Variant;

/// One cluster under one configuration.
#[derive(Clone, Debug)]
pub struct Golden {
    /// The seed by which the cluster goes.
    pub seed: u32,
    /// The configuration.
    pub variant: Variant,
    /// All objects, as a `v1` `List` in JSON.
    pub cluster: Vec<u8>,
    /// Questions and answers.
    pub rows: Vec<Row>,
}

/// One question and what was answered.
#[derive(Clone, Debug, Deserialize)]
pub struct Row {
    /// What was asked.
    #[serde(flatten)]
    pub question: Question,
    /// The reply to a query without EDNS over UDP.
    pub udp: Outcome,
    /// The reply to a query with EDNS and payload size 1232 over UDP.
    pub edns: Edns,
    /// The reply to the query with EDNS over TCP, where a reply over UDP was truncated or missing.
    pub tcp: Option<Outcome>,
    /// Whether six more queries brought different replies.
    #[serde(default)]
    pub unstable: bool,
    /// Those different replies.
    #[serde(default)]
    pub udp_others: Vec<Reply>,
}

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Outcome {
    /// A reply.
    Reply(Reply),
    /// Nothing.
    Timeout {
        /// Always true.
        timeout: bool,
    },
}

/// What came back to a query with EDNS.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Edns {
    /// The same as without, but for OPT.
    Same {
        /// Always true.
        same: bool,
        /// The OPT record.
        opt: Option<Opt>,
    },
    /// Something else.
    Other(Outcome),
}

impl Outcome {
    /// The reply, if there was one.
    #[must_use]
    pub const fn reply(&self) -> Option<&Reply> {
        match self {
            Self::Reply(reply) => Some(reply),
            Self::Timeout { .. } => None,
        }
    }
}

impl Row {
    /// What is known of the answers without EDNS.
    #[must_use]
    pub fn plain(&self) -> Theirs {
        let replies = self.udp.reply().into_iter().chain(&self.udp_others).cloned().collect();
        Theirs { replies, tcp: self.whole(None) }
    }

    /// What is known of the answers with EDNS. An unstable answer may have been caught in different states with and
    /// without, so all that is known of it counts.
    #[must_use]
    pub fn edns(&self) -> Theirs {
        let mut replies = Vec::new();
        let opt = match &self.edns {
            Edns::Same { opt, .. } => {
                replies.extend(self.udp.reply().cloned());
                opt.clone()
            }
            Edns::Other(outcome) => {
                replies.extend(outcome.reply().cloned());
                outcome.reply().and_then(|reply| reply.opt.clone())
            }
        };
        if self.unstable {
            replies.extend(self.udp.reply().into_iter().chain(&self.udp_others).cloned());
        }
        for reply in &mut replies {
            reply.opt.clone_from(&opt);
        }
        Theirs { replies, tcp: self.whole(opt) }
    }

    fn whole(&self, opt: Option<Opt>) -> Option<Reply> {
        let reply = self.tcp.as_ref()?.reply()?;
        Some(Reply { opt, ..reply.clone() })
    }
}

/// One odd message and what was answered to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WireCase {
    /// What is odd about it.
    pub case: String,
    /// The datagram sent.
    pub request: Vec<u8>,
    /// The datagram that came back, if one did within a second.
    pub response: Option<Vec<u8>>,
}

/// The folder of the recorded answers.
#[must_use]
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("goldens")
}

/// All that was recorded, by seed and variant; each is read when its turn comes.
///
/// # Errors
/// Where the folder cannot be listed; each item where a file cannot be read.
pub fn all() -> Result<impl Iterator<Item = Result<Golden>>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder()).context("the folder of the recorded answers")? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        // seed-01.insecure.jsonl.gz
        let Some((seed, variant)) = name.strip_suffix(".jsonl.gz").and_then(|stem| stem.split_once('.')) else {
            continue;
        };
        let Some(number) = seed.strip_prefix("seed-").and_then(|digits| digits.parse::<u32>().ok()) else { continue };
        found.push((number, variant.parse::<Variant>()?));
    }
    found.sort_unstable();
    Ok(found.into_iter().map(|(seed, variant)| read(seed, variant)))
}

/// What was recorded of one seed and variant.
///
/// # Errors
/// Where a file cannot be read.
pub fn read(seed: u32, variant: Variant) -> Result<Golden> {
    let cluster = unpacked(&format!("seed-{seed:02}.cluster.json.gz"))?;
    let rows = lines(&format!("seed-{seed:02}.{}.jsonl.gz", variant.name()))?;
    Ok(Golden { seed, variant, cluster, rows })
}

/// The odd messages; they were sent with the cluster of seed 1 and the variant `insecure`.
///
/// # Errors
/// Where the file cannot be read.
pub fn wire() -> Result<Vec<WireCase>> {
    #[derive(Deserialize)]
    struct Line {
        case: String,
        request: String,
        response: Option<String>,
    }
    let cases = lines::<Line>("wire.jsonl.gz")?.into_iter().map(|line| {
        let response = line.response.as_deref().map(unhex).transpose()?;
        Ok(WireCase { request: unhex(&line.request)?, response, case: line.case })
    });
    cases.collect()
}

fn unpacked(name: &str) -> Result<Vec<u8>> {
    let packed = fs::read(folder().join(name)).with_context(|| format!("reading {name}"))?;
    let mut content = Vec::new();
    GzDecoder::new(&packed[..]).read_to_end(&mut content).with_context(|| format!("unpacking {name}"))?;
    Ok(content)
}

fn lines<T: DeserializeOwned>(name: &str) -> Result<Vec<T>> {
    let content = unpacked(name)?;
    let lines = content.split(|&byte| byte == b'\n').filter(|line| !line.is_empty()).enumerate();
    lines.map(|(at, line)| serde_json::from_slice(line).with_context(|| format!("{name}:{}", at + 1))).collect()
}
