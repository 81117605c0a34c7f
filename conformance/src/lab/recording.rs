//! Traces kept in files.

use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::{fs, str};

use anyhow::{Context as _, Result};
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use serde::{Deserialize, Serialize};

use super::case::{Case, Original};
use super::trace::Trace;

/// A case, and what an original made of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recording {
    /// The resolver.
    pub original: Original,
    /// The look-up.
    pub case: Case,
    /// What was seen.
    pub trace: Trace,
}

/// The folder of the recorded traces.
#[must_use]
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("lab/recorded")
}

/// The file of one original in `folder`.
#[must_use]
pub fn file(folder: &Path, original: Original) -> PathBuf {
    folder.join(format!("{}.jsonl.gz", original.name()))
}

/// What was recorded of one original in `folder`.
///
/// # Errors
/// Where its file cannot be read or understood.
pub fn read(folder: &Path, original: Original) -> Result<Vec<Recording>> {
    let path = file(folder, original);
    let name = || path.display().to_string();
    let packed = fs::read(&path).with_context(name)?;
    let mut content = String::new();
    GzDecoder::new(&packed[..]).read_to_string(&mut content).with_context(name)?;
    let lines = content.lines().enumerate();
    lines.map(|(at, line)| serde_json::from_str(line).with_context(|| format!("{}:{}", name(), at + 1))).collect()
}

/// Writes what was recorded of one original into `folder`.
///
/// # Errors
/// Where the file cannot be written.
pub fn write(folder: &Path, original: Original, recordings: &[Recording]) -> Result<()> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::best());
    for recording in recordings {
        serde_json::to_writer(&mut packer, recording)?;
        packer.write_all(b"\n")?;
    }
    fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    let path = file(folder, original);
    fs::write(&path, packer.finish()?).with_context(|| path.display().to_string())
}
