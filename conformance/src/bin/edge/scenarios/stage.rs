//! What scenarios begin with.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result};
use hyper::Version;
use whereto_conformance::chance::Chance;

use crate::arguments::Run;
use crate::backend::{Backend, Seen};
use crate::certificates::Authority;
use crate::client::Target;
use crate::cluster::Cluster;
use crate::load::Client;
use crate::proxy::Proxy;

/// A folder with an empty cluster, and what else a scenario needs.
#[derive(Debug)]
pub(crate) struct Stage {
    program: PathBuf,
    pub(crate) folder: PathBuf,
    pub(crate) cluster: Cluster,
    pub(crate) authority: Authority,
    pub(crate) chance: Chance,
    /// How long clients ask.
    pub(crate) load: Duration,
    /// The requests that came to endpoints.
    pub(crate) seen: Seen,
    /// The interpreter of the gRPC clients.
    pub(crate) python: PathBuf,
}

impl Stage {
    pub(crate) fn new(run: &Run, folder: &Path, chance: Chance) -> Result<Self> {
        fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
        Ok(Self {
            program: run.whereto.clone(),
            folder: folder.into(),
            cluster: Cluster::new(folder)?,
            authority: Authority::new()?,
            chance,
            load: run.load(),
            seen: Seen::default(),
            python: run.python(),
        })
    }

    /// Starts the proxy for the cluster as it is now.
    pub(crate) fn proxy(&self, options: &[&str]) -> Result<Proxy> {
        Proxy::start(&self.program, &self.folder, self.cluster.manifests(), options)
    }

    /// Starts `count` endpoints of a Service; the Service's endpoints are still to be written.
    pub(crate) async fn backends(&self, service: &str, count: usize) -> Result<Vec<Backend>> {
        let mut backends = Vec::new();
        for number in 0..count {
            backends.push(Backend::start(service, number, &self.seen).await?);
        }
        Ok(backends)
    }

    /// A Service with `count` endpoints, and an Ingress for `host` that leads to it, with an own certificate if `tls`.
    pub(crate) async fn site(&self, service: &str, host: &str, count: usize, tls: bool) -> Result<Vec<Backend>> {
        let backends = self.backends(service, count).await?;
        self.cluster.service(service, None)?;
        self.cluster.endpoints(service, &addresses(&backends))?;
        if tls {
            self.cluster.secret(service, &self.authority.issue(&[host])?)?;
        }
        self.cluster.ingress(service, &[host], service, tls.then_some(service))?;
        Ok(backends)
    }

    /// How to reach `host` in clear text.
    pub(crate) fn plain(&self, proxy: &Proxy, host: &str, version: Version) -> Target {
        Target { address: proxy.http, host: host.to_owned(), version, tls: None }
    }

    /// How to reach `host` by TLS; sessions are resumed.
    pub(crate) fn tls(&self, proxy: &Proxy, host: &str, version: Version) -> Result<Target> {
        let protocol: &[u8] = if version == Version::HTTP_2 { b"h2" } else { b"http/1.1" };
        let tls = Some(self.authority.client(protocol, true)?);
        Ok(Target { address: proxy.https, host: host.to_owned(), version, tls })
    }

    /// Clients with 32 requests at the same time in clear text: 16 connections of HTTP/1.1 and 4 of HTTP/2.
    pub(crate) fn clients(&self, proxy: &Proxy, plans: &[usize]) -> Vec<Client> {
        let client = |version| Client::new(self.plain(proxy, "", version), plans);
        let versions = std::iter::repeat_n(Version::HTTP_11, 16).chain(std::iter::repeat_n(Version::HTTP_2, 4));
        versions.map(client).collect()
    }
}

pub(crate) fn addresses(backends: &[Backend]) -> Vec<SocketAddr> {
    backends.iter().map(|backend| backend.address).collect()
}
