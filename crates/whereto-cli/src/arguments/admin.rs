use std::net::SocketAddr;

use clap::Args;

/// Where a server tells of itself.
#[derive(Debug, Args)]
#[command(next_help_heading = "Health, readiness, metrics")]
pub(crate) struct AdminArgs {
    /// Serve /health, /ready and /metrics on this address [default: 127.0.0.1:8081, unless one of the next three is given].
    #[arg(long, value_name = "ADDR")]
    admin: Option<SocketAddr>,
    /// Serve /health on this address.
    #[arg(long, value_name = "ADDR")]
    health: Option<SocketAddr>,
    /// Serve /ready on this address.
    #[arg(long, value_name = "ADDR")]
    ready: Option<SocketAddr>,
    /// Serve /metrics on this address.
    #[arg(long, value_name = "ADDR")]
    metrics: Option<SocketAddr>,
    /// Serve none of them.
    #[arg(long, conflicts_with_all = ["admin", "health", "ready", "metrics"])]
    no_admin: bool,
}

/// Which address has which endpoint.
pub(super) struct Endpoints {
    pub(super) all: Option<SocketAddr>,
    pub(super) health: Option<SocketAddr>,
    pub(super) ready: Option<SocketAddr>,
    pub(super) metrics: Option<SocketAddr>,
}

impl AdminArgs {
    /// The addresses; unless something else is said, all at the usual port.
    pub(super) fn addresses(&self, usual_port: u16) -> Endpoints {
        let is_split = self.health.is_some() || self.ready.is_some() || self.metrics.is_some();
        let usual = (!is_split && !self.no_admin).then_some(SocketAddr::from(([127, 0, 0, 1], usual_port)));
        Endpoints { all: self.admin.or(usual), health: self.health, ready: self.ready, metrics: self.metrics }
    }
}
