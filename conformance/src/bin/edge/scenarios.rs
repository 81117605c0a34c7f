//! What is played: each scenario has a cluster, endpoints, a proxy and clients of its own.

mod certificate_change;
mod clients;
mod endpoint_change;
mod idle;
mod kill_backend;
mod route_removal;
mod sigterm;
mod stage;
mod upload;

use anyhow::Result;
use clap::ValueEnum;

pub(crate) use stage::Stage;

/// A scenario; its module says what it expects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Scenario {
    EndpointChange,
    CertificateChange,
    RouteRemoval,
    KillBackend,
    Sigterm,
    Idle,
    Upload,
    Clients,
}

impl Scenario {
    pub(crate) fn all() -> Vec<Self> {
        Self::value_variants().to_vec()
    }

    /// As on the command line.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::EndpointChange => "endpoint-change",
            Self::CertificateChange => "certificate-change",
            Self::RouteRemoval => "route-removal",
            Self::KillBackend => "kill-backend",
            Self::Sigterm => "sigterm",
            Self::Idle => "idle",
            Self::Upload => "upload",
            Self::Clients => "clients",
        }
    }

    /// Plays it; the figures, or what was not as expected.
    pub(crate) async fn run(self, stage: Stage) -> Result<String> {
        match self {
            Self::EndpointChange => endpoint_change::run(stage).await,
            Self::CertificateChange => certificate_change::run(stage).await,
            Self::RouteRemoval => route_removal::run(stage).await,
            Self::KillBackend => kill_backend::run(stage).await,
            Self::Sigterm => sigterm::run(stage).await,
            Self::Idle => idle::run(stage).await,
            Self::Upload => upload::run(stage).await,
            Self::Clients => clients::run(stage).await,
        }
    }
}
