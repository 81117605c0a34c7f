//! A network namespace of our own: fixed ports, and the addresses that the recorded answers were made with.

use std::os::unix::process::CommandExt as _;
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context as _, Result, ensure};
use whereto_conformance::cluster::OWN_ADDRESS;

use crate::arguments::Arguments;

const MARK: &str = "WHERETO_LIVE_NAMESPACE";

/// Whether this process was started by [`enter`].
pub(crate) fn inside() -> bool {
    std::env::var_os(MARK).is_some()
}

/// Replaces this process by the same in a new namespace. Returns only where that is impossible; where the machine
/// forbids it, there is nothing to run and nothing wrong.
pub(crate) fn enter(arguments: &Arguments) -> Result<ExitCode> {
    let possible = |flags: &str| {
        let mut command = Command::new("unshare");
        command.args([flags, "--", "ip", "link", "set", "lo", "up"]).stdout(Stdio::null()).stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    };
    let Some(flags) = ["-n", "-rn"].into_iter().find(|flags| possible(flags)) else {
        println!("live: skipped, because this machine has no network namespaces for us");
        return Ok(ExitCode::SUCCESS);
    };
    println!("live: {} clusters from seed {}", arguments.clusters, arguments.seed);
    let program = std::env::current_exe().context("our own path")?;
    // The seed may have come from the time.
    let error = Command::new("unshare")
        .args([flags, "--"])
        .arg(program)
        .args(std::env::args_os().skip(1))
        .args(["--seed", &arguments.seed.to_string()])
        .env(MARK, "1")
        .exec();
    Err(error).context("unshare")
}

/// Gives the namespace its addresses.
pub(crate) fn set_up() -> Result<()> {
    let own = format!("{OWN_ADDRESS}/32");
    for words in [&["link", "set", "lo", "up"][..], &["address", "add", own.as_str(), "dev", "lo"]] {
        let status = Command::new("ip").args(words).status().context("ip")?;
        ensure!(status.success(), "ip {} failed", words.join(" "));
    }
    Ok(())
}
