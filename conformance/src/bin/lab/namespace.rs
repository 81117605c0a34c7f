//! Namespaces of a worker's own: its files in `/etc`, its loopback interface, its host name.

use std::path::Path;
use std::process::{Command, Stdio};
use std::{fs, io};

use anyhow::{Context as _, Result, ensure};

/// What a worker replaces, by names in its folder.
const FILES: [&str; 3] = ["resolv.conf", "nsswitch.conf", "hosts"];

/// The flags by which `unshare` gives us namespaces, as root or as another user; nothing where the machine forbids them.
pub(crate) fn flags() -> Option<&'static str> {
    let possible = |flags: &&str| {
        let mut command = Command::new("unshare");
        command.args([flags, "--", "ip", "link", "set", "lo", "up"]).stdout(Stdio::null()).stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    };
    ["-mnu", "-rmnu"].into_iter().find(possible)
}

/// Puts this process, which is in new namespaces already, between files of `folder`.
pub(crate) fn set_up(folder: &Path) -> Result<()> {
    run("ip", &["link", "set", "lo", "up"])?;
    fs::write(folder.join("nsswitch.conf"), "hosts: files dns\n")?;
    fs::write(folder.join("hosts"), "127.0.0.1 laboratory.invalid\n")?;
    fs::write(folder.join("resolv.conf"), "")?;
    for name in FILES {
        let ours = folder.join(name);
        let theirs = Path::new("/etc").join(name);
        // A link may lead to a file that is not there; what is mounted on is what it leads to.
        let theirs = fs::canonicalize(&theirs).with_context(|| theirs.display().to_string())?;
        run("mount", &["--bind", &ours.to_string_lossy(), &theirs.to_string_lossy()])?;
    }
    Ok(())
}

/// Gives the host a name.
pub(crate) fn set_host_name(name: &str) -> io::Result<()> {
    fs::write("/proc/sys/kernel/hostname", name)
}

fn run(program: &str, words: &[&str]) -> Result<()> {
    let status = Command::new(program).args(words).status().with_context(|| program.to_owned())?;
    ensure!(status.success(), "{program} {} failed", words.join(" "));
    Ok(())
}
