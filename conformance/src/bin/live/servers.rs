//! The servers of a run. Each has a namespace to itself, so the ports are fixed.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Result;
use whereto_conformance::cluster::{OWN_ADDRESS, SERVICE_RANGES};
use whereto_conformance::control_plane::{API, ControlPlane, local};
use whereto_conformance::exchange::Client;
use whereto_conformance::process::Process;
use whereto_conformance::question::Question;
use whereto_conformance::reply::Reply;
use whereto_conformance::variant::{Surroundings, Variant};

use crate::arguments::Mode;

pub(crate) const UPSTREAM: SocketAddr = local(10054);
pub(crate) const COREDNS: SocketAddr = local(10053);
/// Our server, or what stands in its place.
pub(crate) const OURS: SocketAddr = local(10153);

/// The API server and its store.
#[derive(Debug)]
pub(crate) struct Cluster {
    pub(crate) control_plane: ControlPlane,
    pub(crate) folder: PathBuf,
    originals: PathBuf,
}

impl Cluster {
    pub(crate) fn start(originals: &Path, folder: &Path) -> Result<Self> {
        let control_plane = ControlPlane::start(originals, folder)?;
        Ok(Self { control_plane, folder: folder.to_owned(), originals: originals.to_owned() })
    }

    /// A CoreDNS at `address` that knows the cluster.
    pub(crate) fn coredns(&self, address: SocketAddr, variant: Variant, ttl: Option<u32>) -> Result<Process> {
        let name = format!("coredns-{}", address.port());
        let file = self.folder.join(format!("{name}.corefile"));
        let around =
            Surroundings { port: address.port(), api: API, certificates: &self.folder, upstream: UPSTREAM, ttl };
        std::fs::write(&file, variant.corefile(around))?;
        let arguments = [Path::new("-conf"), &file];
        let process = Process::start(&name, &self.originals.join("coredns"), &self.folder, arguments)?;
        answering(process, address)
    }

    /// Our server, reading the cluster from a file.
    pub(crate) fn whereto(&self, program: &Path, dump: &Path, variant: Variant, mode: Mode) -> Result<Process> {
        let mut arguments = vec!["dns".to_owned(), "--manifests".to_owned(), dump.display().to_string()];
        // Without a cache of ours, as the Corefiles have none that changes more than TTLs and the AA flag.
        let ours = format!(
            "--listen {OURS} --admin 127.0.0.1:0 --conformance {} --forward {UPSTREAM} --own-address {OWN_ADDRESS} \
             --service-cidr {} --strict-namespaces --no-cache",
            mode.name(),
            SERVICE_RANGES[0]
        );
        arguments.extend(ours.split(' ').map(str::to_owned));
        arguments.extend(variant.flags());
        answering(Process::start("whereto", program, &self.folder, arguments)?, OURS)
    }
}

/// Waits until a server knows the Service that every cluster has.
fn answering(mut process: Process, address: SocketAddr) -> Result<Process> {
    let query = Question::new("kubernetes.default.svc.cluster.local.", "A").to_wire(0, None)?;
    let client = Client::new(address, Duration::from_millis(100))?;
    process.wait(Duration::from_secs(20), || {
        let reply = client.udp(&query).ok().flatten();
        reply.is_some_and(|wire| Reply::from_wire(&wire).is_ok_and(|reply| !reply.answer.is_empty()))
    })?;
    Ok(process)
}
