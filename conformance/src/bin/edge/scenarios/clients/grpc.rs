//! gRPC, with grpcio at both ends.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use whereto_conformance::process::Process;

use super::World;
use super::program::output;
use crate::proxy::PATIENCE;

/// The program of both ends.
const PROGRAM: &str = include_str!("../../../../../edge/grpc_peer.py");

/// An endpoint that speaks HTTP/2 in clear text alone.
pub(super) struct Server {
    pub(super) address: SocketAddr,
    _process: Process,
}

impl Server {
    pub(super) fn start(python: &Path, folder: &Path) -> Result<Self> {
        let program = folder.join("grpc_peer.py");
        fs::write(&program, PROGRAM).context("the program of gRPC")?;
        // Not the file that the link leads to: an environment is known by the path of its interpreter.
        let env = Path::new("/usr/bin/env");
        let python = std::path::absolute(python)?;
        let mut process =
            Process::start("grpc", env, folder, [python.as_os_str(), program.as_os_str(), "serve".as_ref()])?;
        let mut address = None;
        process.wait(PATIENCE, || {
            let text = fs::read_to_string(folder.join("grpc.log")).unwrap_or_default();
            address = text.lines().next().filter(|_| text.ends_with('\n')).and_then(|line| line.parse().ok());
            address.is_some()
        })?;
        Ok(Self { address: address.context("no address")?, _process: process })
    }
}

pub(super) async fn run(world: &World) -> Result<String> {
    let program = world.folder.join("grpc_peer.py").display().to_string();
    let python = world.python.display().to_string();
    let (http, https) = (world.proxy.http.to_string(), world.proxy.https.to_string());
    let authority = world.authority.display().to_string();
    let mut said = String::new();
    for words in [vec![&*http, "grpc.test"], vec![&*https, "secure-grpc.test", &authority]] {
        said = output(&python, [&*program, "ask"].into_iter().chain(words), b"").await?;
        ensure!(said.trim_end().ends_with(": ok"), "{said}");
    }
    Ok(format!("in clear text and by TLS: {}", said.trim_end().trim_end_matches(": ok")))
}
