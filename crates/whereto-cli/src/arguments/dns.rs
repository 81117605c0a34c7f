use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use dns_records::{ConfigError, ZoneConfig};
use whereto_dns::{IpNet, QueryLogConfig, QueryLogFormat, ServerConfig, TlsConfig};
use whereto_server::AdminConfig;

use super::forward::ForwardArgs;
use super::limits::{LimitArgs, seconds};
use super::{AdminArgs, LogArgs, SourceArgs, ZoneArgs};
use crate::output::Format;

/// Usual port of the admin endpoints.
const ADMIN_PORT: u16 = 8081;

/// What `whereto dns` takes.
#[derive(Debug, Args)]
#[command(mut_arg("manifests", |arg| arg.num_args(1..)), after_help = "\
With port 0, a free one is chosen. When it is ready, the server prints one line with its addresses to standard error.
On SIGTERM and SIGINT it is not ready any more, answers on for the lame-duck time, ends what is under way and exits with 0;
a second signal ends it at once.

Exit codes: 0 ended by a signal, 2 bad arguments or manifests, 3 cannot run, such as when a port is taken.")]
pub(crate) struct DnsArgs {
    /// Answer on this address, over UDP and TCP (repeatable).
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:1053")]
    listen: Vec<SocketAddr>,
    /// An address by which clients reach this server: decides what NS answers name (repeatable) [default: those of the
    /// interfaces].
    #[arg(long = "own-address", value_name = "IP")]
    pub(crate) own_addresses: Vec<IpAddr>,
    /// Clients that may transfer the zones (repeatable) [default: none].
    #[arg(long, value_name = "CIDR")]
    transfer_to: Vec<IpNet>,
    /// Tell clients with EDNS why an answer is negative (RFC 8914).
    #[arg(long)]
    extended_errors: bool,
    /// Seconds to answer on after a signal, not ready any more.
    #[arg(long, value_name = "SECONDS", default_value = "5", value_parser = seconds)]
    pub(crate) lame_duck: Duration,
    /// Seconds that queries under way may take after that.
    #[arg(long, value_name = "SECONDS", default_value = "5", value_parser = seconds)]
    grace: Duration,
    #[command(flatten)]
    tls: TlsArgs,
    #[command(flatten)]
    admin: AdminArgs,
    #[command(flatten)]
    pub(crate) source: SourceArgs,
    /// Seconds between looks for changed manifests; 0 for never.
    #[arg(long, value_name = "SECONDS", default_value = "1", value_parser = seconds, help_heading = "Objects",
        conflicts_with = "kube")]
    pub(crate) reload_interval: Duration,
    #[command(flatten)]
    zones: ZoneArgs,
    #[command(flatten)]
    forward: ForwardArgs,
    #[command(flatten)]
    limits: LimitArgs,
    /// Write a line for every query to standard output.
    #[arg(long, help_heading = "Logs")]
    query_log: bool,
    #[command(flatten)]
    pub(crate) log: LogArgs,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "TLS")]
struct TlsArgs {
    /// Answer over TLS on this address (repeatable); the usual port is 853.
    #[arg(long, value_name = "ADDR", requires = "tls_cert")]
    tls_listen: Vec<SocketAddr>,
    /// PEM file with the certificate and its chain; taken up again when it changes.
    #[arg(long, value_name = "FILE", requires_all = ["tls_key", "tls_listen"])]
    tls_cert: Option<PathBuf>,
    /// PEM file with the certificate's key.
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
}

impl DnsArgs {
    /// The server's and the zones' options, but for the admin endpoints.
    ///
    /// # Errors
    /// When the zones' options do not fit together.
    pub(crate) fn configs(&self) -> Result<(ServerConfig, ZoneConfig), ConfigError> {
        let rules = self.forward.rules(&self.listen);
        let zones = self.zones.config(!rules.is_empty())?;
        let mut config = self
            .limits
            .apply(ServerConfig::new())
            .with_forward(self.forward.config(rules))
            .with_cache(self.forward.cache())
            .with_transfer_to(self.transfer_to.clone())
            .with_extended_errors(self.extended_errors)
            .with_shutdown(self.lame_duck, self.grace);
        for address in &self.listen {
            config = config.with_listen(*address);
        }
        if let (Some(certificate), Some(key)) = (&self.tls.tls_cert, &self.tls.tls_key) {
            let tls = TlsConfig::new(certificate, key);
            config = config.with_tls(self.tls.tls_listen.iter().fold(tls, |tls, address| tls.with_listen(*address)));
        }
        if self.zones.is_original() {
            // CoreDNS's `kubernetes` plugin never says that recursion is available.
            config = config.with_recursion_available(false);
        }
        if self.query_log {
            config = config.with_query_log(QueryLogConfig::stdout(match self.log.log_format {
                Format::Text => QueryLogFormat::Text,
                Format::Json => QueryLogFormat::Json,
            }));
        }
        Ok((config, zones))
    }

    /// The admin endpoints.
    pub(crate) fn admin(&self) -> AdminConfig {
        self.admin.config(ADMIN_PORT)
    }

    /// What is served.
    pub(crate) const fn zones(&self) -> &ZoneArgs {
        &self.zones
    }

    /// Whether ServiceImports are served.
    pub(crate) const fn is_multicluster(&self) -> bool {
        self.zones.is_multicluster()
    }
}
