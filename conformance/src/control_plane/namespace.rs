//! A network namespace of our own: fixed ports, and the addresses that the recorded answers were made with.

use std::os::unix::process::CommandExt as _;
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context as _, Result, ensure};

use crate::cluster::OWN_ADDRESS;

const MARK: &str = "WHERETO_LIVE_NAMESPACE";

/// Whether this process was started by [`enter`].
#[must_use]
pub fn inside() -> bool {
    std::env::var_os(MARK).is_some()
}

/// Replaces this process by the same in a new namespace, and gives it `--seed`, which may have come from the time. Returns only where that
/// is impossible; where the machine forbids it, there is nothing to run and nothing wrong.
///
/// # Errors
/// When there could be a namespace, but the program cannot be started in it.
pub fn enter(program: &str, seed: u64) -> Result<ExitCode> {
    let possible = |flags: &str| {
        let mut command = Command::new("unshare");
        command.args([flags, "--", "ip", "link", "set", "lo", "up"]).stdout(Stdio::null()).stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    };
    let Some(flags) = ["-n", "-rn"].into_iter().find(|flags| possible(flags)) else {
        println!("{program}: skipped, because this machine has no network namespaces for us");
        return Ok(ExitCode::SUCCESS);
    };
    let path = std::env::current_exe().context("our own path")?;
    let error = Command::new("unshare")
        .args([flags, "--"])
        .arg(path)
        .args(std::env::args_os().skip(1))
        .args(["--seed", &seed.to_string()])
        .env(MARK, "1")
        .exec();
    Err(error).context("unshare")
}

/// Brings the namespace up, and gives it the address that the servers have in the recorded answers.
///
/// # Errors
/// When `ip` fails.
pub fn set_up() -> Result<()> {
    ip("link set lo up")?;
    add_address(&format!("{OWN_ADDRESS}/32"))
}

/// One more address, or all of a network (`10.244.1.1/24`).
///
/// # Errors
/// When `ip` fails.
pub fn add_address(address: &str) -> Result<()> {
    ip(&format!("address add {address} dev lo"))
}

fn ip(words: &str) -> Result<()> {
    let status = Command::new("ip").args(words.split(' ')).status().context("ip")?;
    ensure!(status.success(), "ip {words} failed");
    Ok(())
}
