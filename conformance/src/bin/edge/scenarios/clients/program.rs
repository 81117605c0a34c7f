//! Programs that are run to their end.

use std::ffi::OsStr;
use std::process::Stdio;

use anyhow::{Context as _, Result};
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;
use tokio::time::timeout;

use crate::proxy::PATIENCE;

/// What a program wrote, both to standard output and to standard error, given `input`; how it exits is for the caller to
/// read from that.
pub(super) async fn output<S: AsRef<OsStr>>(
    program: &str,
    words: impl IntoIterator<Item = S>,
    input: &[u8],
) -> Result<String> {
    let mut command = Command::new(program);
    command.args(words).kill_on_drop(true);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().with_context(|| format!("{program} is not installed"))?;
    if let Some(mut stdin) = child.stdin.take() {
        // Who ends without reading it says why.
        let _ = stdin.write_all(input).await;
    }
    let output =
        timeout(PATIENCE, child.wait_with_output()).await.with_context(|| format!("{program} does not end"))??;
    Ok(format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr)))
}
