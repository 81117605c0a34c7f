//! Endpoints as processes of their own, which can be killed.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;

use anyhow::{Context as _, Result};
use tokio::net::TcpListener;

use super::{Identity, Seen, serve};
use crate::arguments::LOOPBACK;
use crate::proxy::PATIENCE;
use whereto_conformance::process::Process;

/// Such a process; killed (SIGKILL) when dropped.
#[derive(Debug)]
pub(crate) struct Child {
    pub(crate) address: SocketAddr,
    number: usize,
    _process: Process,
}

impl Child {
    /// Endpoint `number` of `service`.
    pub(crate) fn start(service: &str, number: usize, folder: &Path) -> Result<Self> {
        let program = std::env::current_exe().context("our own path")?;
        let name = format!("{service}-{number}");
        let words = ["backend", service, &number.to_string()];
        let mut process = Process::start(&name, &program, folder, words)?;
        let log = folder.join(format!("{name}.log"));
        let mut address = None;
        process.wait(PATIENCE, || {
            let text = fs::read_to_string(&log).unwrap_or_default();
            address = text.strip_suffix('\n').and_then(|line| line.parse().ok());
            address.is_some()
        })?;
        Ok(Self { address: address.context("no address")?, number, _process: process })
    }

    pub(crate) const fn number(&self) -> usize {
        self.number
    }
}

/// What such a process does.
pub(crate) async fn child(service: &str, number: usize) -> Result<()> {
    let listener = TcpListener::bind((LOOPBACK, 0)).await.context("listener")?;
    println!("{}", listener.local_addr()?);
    serve(listener, Identity { service: service.to_owned(), number, seen: Seen::default() }).await;
    Ok(())
}
