mod edge;
mod endpoints;

use std::net::SocketAddr;
use std::time::Duration;

use clap::Args;
use k8s_source::kube::{KubeOptions, NotWatched};
use object_change::ObjectKey;
use whereto_ingress::{AccessLogConfig, AccessLogFormat, IngressConfig};
use whereto_server::AdminConfig;

use super::limits::seconds;
use super::{AdminArgs, LogArgs, PublishArgs, RouterArgs, SourceArgs};
use edge::{EdgeArgs, LimitArgs, TimeoutArgs};
use endpoints::EndpointArgs;

use crate::output::Format;

/// Usual port of the admin endpoints.
const ADMIN_PORT: u16 = 8082;

/// What `whereto ingress` takes.
#[derive(Debug, Args)]
#[command(mut_arg("manifests", |arg| arg.num_args(1..)), mut_arg("admin", |arg| arg.help("\
Serve /health, /ready and /metrics on this address [default: 127.0.0.1:8082, unless one of the next three is given]")), after_help = "\
With port 0, a free one is chosen. When it is ready, the server prints one line with its addresses to standard error.
On SIGTERM and SIGINT it is not ready any more, serves on for the lame-duck time, ends what is under way and exits with 0;
a second signal ends it at once.

Without --manifests and --kube, it serves the demo cluster, whose endpoints it plays itself: they answer what they were asked.

Exit codes: 0 ended by a signal, 2 bad arguments or manifests, 3 cannot run, such as when a port is taken.")]
pub(crate) struct IngressArgs {
    /// Serve http on this address (repeatable).
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    http: Vec<SocketAddr>,
    /// Serve https on this address (repeatable).
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8443")]
    https: Vec<SocketAddr>,
    /// The Secret whose certificate clients get that ask for none of the Ingresses' hosts; without it, their handshake ends with an alert.
    #[arg(long, value_name = "NAMESPACE/NAME", value_parser = secret)]
    pub(crate) default_certificate: Option<ObjectKey>,
    /// Seconds to serve on after a signal, not ready any more.
    #[arg(long, value_name = "SECONDS", default_value = "5", value_parser = seconds)]
    pub(crate) lame_duck: Duration,
    /// Seconds that requests under way may take after that.
    #[arg(long, value_name = "SECONDS", default_value = "25", value_parser = seconds)]
    grace: Duration,
    /// Threads that serve [default: one for each core].
    #[arg(long, value_name = "COUNT", value_parser = workers)]
    workers: Option<usize>,
    #[command(flatten)]
    admin: AdminArgs,
    #[command(flatten)]
    pub(crate) source: SourceArgs,
    /// Seconds between looks for changed manifests; 0 for never.
    #[arg(long, value_name = "SECONDS", default_value = "1", value_parser = seconds, help_heading = "Objects",
        conflicts_with = "kube")]
    pub(crate) reload_interval: Duration,
    #[command(flatten)]
    pub(crate) publish: PublishArgs,
    #[command(flatten)]
    pub(crate) router: RouterArgs,
    #[command(flatten)]
    edge: EdgeArgs,
    #[command(flatten)]
    limits: LimitArgs,
    #[command(flatten)]
    timeouts: TimeoutArgs,
    #[command(flatten)]
    endpoints: EndpointArgs,
    /// Write a line for every request to standard output, in the form of the logs.
    #[arg(long, help_heading = "Logs")]
    access_log: bool,
    #[command(flatten)]
    pub(crate) log: LogArgs,
}

impl IngressArgs {
    /// The server's options, but for the admin endpoints.
    ///
    /// # Errors
    /// When a file that they name can't be used.
    pub(crate) fn config(&self) -> Result<IngressConfig, String> {
        let mut config = IngressConfig::new()
            .with_limits(self.limits.limits())
            .with_timeouts(self.timeouts.timeouts())
            .with_forwarding(self.edge.forwarding())
            .with_proxy_protocol(self.edge.proxy_protocol_from.clone())
            .with_upstream(self.endpoints.options()?)
            .with_shutdown(self.lame_duck, self.grace);
        config = self.http.iter().fold(config, |config, address| config.with_http(*address));
        config = self.https.iter().fold(config, |config, address| config.with_https(*address));
        if let Some(hsts) = self.edge.hsts() {
            config = config.with_hsts(hsts);
        }
        if self.access_log {
            config = config.with_access_log(AccessLogConfig::stdout(match self.log.log_format {
                Format::Text => AccessLogFormat::Text,
                Format::Json => AccessLogFormat::Json,
            }));
        }
        if let Some(workers) = self.workers {
            config = config.with_workers(workers);
        }
        Ok(config)
    }

    /// What of a live cluster has to be read.
    ///
    /// # Errors
    /// Never: the kinds are known.
    pub(crate) fn kube_options(&self) -> Result<KubeOptions, NotWatched> {
        let options = RouterArgs::kube_options()?;
        Ok(match &self.default_certificate {
            Some(secret) => options.with_secret(secret.clone()),
            None => options,
        })
    }

    /// The admin endpoints.
    pub(crate) fn admin(&self) -> AdminConfig {
        self.admin.config(ADMIN_PORT)
    }
}

fn secret(text: &str) -> Result<ObjectKey, &'static str> {
    match text.split_once('/') {
        Some((namespace, name)) if !namespace.is_empty() && !name.is_empty() && !name.contains('/') => {
            Ok(ObjectKey::new(namespace, name))
        }
        _ => Err("not of the form NAMESPACE/NAME"),
    }
}

fn workers(text: &str) -> Result<usize, &'static str> {
    text.parse().ok().filter(|count| (1..=1024).contains(count)).ok_or("not a number from 1 to 1024")
}
