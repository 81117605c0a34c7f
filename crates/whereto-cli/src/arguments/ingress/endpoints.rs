use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};
use ingress_routing::Balance;
use whereto_ingress::{Affinity, CookieAffinity, EndpointVerification, Retry, UpstreamOptions};

use super::super::limits::seconds;

/// How requests are sent to endpoints.
#[derive(Debug, Args)]
#[command(next_help_heading = "Endpoints")]
pub(super) struct EndpointArgs {
    /// How an endpoint is chosen.
    #[arg(long, value_enum, default_value_t = Choice::RoundRobin, value_name = "HOW")]
    balance: Choice,
    /// Clients stay at an endpoint: by their address, or by a cookie. With none, they do so by their address where the Service has
    /// sessionAffinity: ClientIP.
    #[arg(long, value_enum, default_value_t = Stay::None, value_name = "HOW")]
    affinity: Stay,
    /// Name of that cookie.
    #[arg(long, value_name = "NAME", default_value = "whereto")]
    affinity_cookie: String,
    /// A number of which its values are made: the same for all proxies that share clients, in hexadecimal digits.
    #[arg(long, value_name = "HEX", value_parser = hexadecimal)]
    affinity_secret: Option<u64>,
    /// The topology zone of this proxy: endpoints there are preferred.
    #[arg(long, value_name = "ZONE")]
    topology_zone: Option<String>,
    /// Endpoints that a request is sent to at most.
    #[arg(long, value_name = "COUNT", default_value_t = 3)]
    max_attempts: u32,
    /// Which requests are sent again after a failure.
    #[arg(long, value_enum, default_value_t = Again::Idempotent)]
    retry: Again,
    /// Seconds to the end of a new connection's handshake.
    #[arg(long, value_name = "SECONDS", default_value = "5", value_parser = seconds)]
    connect_timeout: Duration,
    /// Seconds to a response's fields.
    #[arg(long, value_name = "SECONDS", default_value = "60", value_parser = seconds)]
    first_byte_timeout: Duration,
    /// Seconds that a connection without requests is kept.
    #[arg(long, value_name = "SECONDS", default_value = "55", value_parser = seconds)]
    endpoint_idle_timeout: Duration,
    /// Seconds of silence after which an endpoint of HTTP/2 with requests is asked for a sign of life (PING), and after as many more given up; 0 for
    /// never. Servers of gRPC may allow no more than one in 300.
    #[arg(long, value_name = "SECONDS", default_value = "0", value_parser = seconds)]
    endpoint_ping_interval: Duration,
    /// PEM file of the authorities against which endpoints' certificates are checked [default: they are not].
    #[arg(long, value_name = "FILE")]
    endpoint_ca: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Choice {
    /// In turn.
    RoundRobin,
    /// Of two, the one with fewer requests under way.
    LeastRequest,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Again {
    /// Those of which nothing was sent.
    Unsent,
    /// Those too whose method is idempotent and which have no content, although an endpoint may have received them.
    Idempotent,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Stay {
    None,
    ClientIp,
    Cookie,
}

impl EndpointArgs {
    pub(super) fn options(&self) -> Result<UpstreamOptions, String> {
        let mut options = UpstreamOptions::default();
        options.balance = match self.balance {
            Choice::RoundRobin => Balance::RoundRobin,
            Choice::LeastRequest => Balance::LeastRequest,
        };
        options.affinity = match self.affinity {
            Stay::None => Affinity::None,
            Stay::ClientIp => Affinity::ClientIp,
            Stay::Cookie => {
                // Without a secret of one's own the values last as long as this process.
                let secret = self
                    .affinity_secret
                    .unwrap_or_else(|| std::hash::BuildHasher::hash_one(&std::hash::RandomState::new(), ()));
                let cookie = CookieAffinity::new(&self.affinity_cookie, secret);
                Affinity::Cookie(
                    cookie.ok_or_else(|| format!("{:?} is not the name of a cookie", self.affinity_cookie))?,
                )
            }
        };
        options.zone = self.topology_zone.as_deref().map(Into::into);
        options.max_attempts = self.max_attempts;
        options.retry = match self.retry {
            Again::Unsent => Retry::Unsent,
            Again::Idempotent => Retry::Idempotent,
        };
        options.connect_timeout = self.connect_timeout;
        options.first_byte_timeout = self.first_byte_timeout;
        options.idle_timeout = self.endpoint_idle_timeout;
        options.ping_interval = Some(self.endpoint_ping_interval).filter(|interval| !interval.is_zero());
        if let Some(file) = &self.endpoint_ca {
            let told = |error: &dyn std::fmt::Display| format!("{}: {error}", file.display());
            let pem = fs::read(file).map_err(|error| told(&error))?;
            options.verification = EndpointVerification::authorities(&pem).map_err(|error| told(&error))?;
        }
        Ok(options)
    }
}

fn hexadecimal(text: &str) -> Result<u64, &'static str> {
    u64::from_str_radix(text, 16).map_err(|_| "not up to 16 hexadecimal digits")
}
