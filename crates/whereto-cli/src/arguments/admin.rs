use std::net::SocketAddr;

use clap::Args;
use whereto_server::AdminConfig;

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

impl AdminArgs {
    /// Where what is served; unless something else is said, all of it at the usual port.
    pub(super) fn config(&self, usual_port: u16) -> AdminConfig {
        let is_split = self.health.is_some() || self.ready.is_some() || self.metrics.is_some();
        let usual = (!is_split && !self.no_admin).then_some(SocketAddr::from(([127, 0, 0, 1], usual_port)));
        let mut admin = self.admin.or(usual).map_or_else(AdminConfig::none, AdminConfig::all);
        if let Some(address) = self.health {
            admin = admin.with_health(address);
        }
        if let Some(address) = self.ready {
            admin = admin.with_ready(address);
        }
        if let Some(address) = self.metrics {
            admin = admin.with_metrics(address);
        }
        admin
    }
}
