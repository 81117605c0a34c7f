use std::net::IpAddr;
use std::time::Duration;

use clap::Args;
use whereto_ingress::{
    FieldNames, ForwardedField, ForwardingOptions, Hsts, IpNet, Limits, Pseudonym, ServerField, Timeouts,
};

use super::super::limits::{octets, seconds};

/// What is between clients and the proxy, and what either is told of the other.
#[derive(Debug, Args)]
#[command(next_help_heading = "Clients")]
pub(super) struct EdgeArgs {
    /// A proxy in front of this one, or several: what they say of the client is believed (repeatable).
    #[arg(long = "trusted-proxy", value_name = "CIDR", value_parser = network)]
    trusted_proxies: Vec<IpNet>,
    /// Who begins connections with a PROXY header (v1 or v2), and has to (repeatable).
    #[arg(long, value_name = "CIDR", value_parser = network)]
    pub(super) proxy_protocol_from: Vec<IpNet>,
    /// Tell browsers to use https alone for so many seconds (Strict-Transport-Security); 0 for no more.
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    hsts: Option<Duration>,
    #[command(flatten)]
    more: HstsArgs,
    #[command(flatten)]
    fields: FieldArgs,
}

#[derive(Debug, Args)]
struct HstsArgs {
    /// And for all hosts below, too.
    #[arg(long, requires = "hsts")]
    hsts_subdomains: bool,
    /// And that the host may be on the lists that they are shipped with.
    #[arg(long, requires = "hsts")]
    hsts_preload: bool,
}

#[derive(Debug, Args)]
struct FieldArgs {
    /// Send endpoints a Forwarded field (RFC 7239) beside X-Forwarded-For and its like.
    #[arg(long)]
    forwarded: bool,
    /// Send on field names with other characters than letters, digits and hyphens.
    #[arg(long)]
    any_field_names: bool,
    /// Tell endpoints and clients of this proxy in a Via field, by this name.
    #[arg(long, value_name = "NAME", value_parser = pseudonym)]
    via: Option<Pseudonym>,
    /// Do not tell clients of the endpoints' software (Server).
    #[arg(long)]
    hide_server: bool,
}

/// What clients may use.
#[derive(Debug, Args)]
#[command(next_help_heading = "Limits")]
pub(super) struct LimitArgs {
    /// Octets of a request's content, with K, M or G; above, 413 [default: no limit].
    #[arg(long, value_name = "SIZE", value_parser = octets::<u64>)]
    max_body_size: Option<u64>,
    /// Open connections; above, new ones are closed.
    #[arg(long, value_name = "COUNT", default_value_t = 20_000)]
    max_connections: usize,
    /// Octets of a request's fields, at least 4K; above, 431.
    #[arg(long, value_name = "SIZE", default_value = "32K", value_parser = octets::<u64>)]
    max_head_size: u64,
    /// A request's fields; above, 431.
    #[arg(long, value_name = "COUNT", default_value_t = 100)]
    max_fields: usize,
    /// Octets of a request's target; above, 414.
    #[arg(long, value_name = "OCTETS", default_value_t = 8192, value_parser = clap::value_parser!(u16).range(1..=65534))]
    max_target_size: u16,
    /// Requests under way on one connection of HTTP/2.
    #[arg(long, value_name = "COUNT", default_value_t = 128)]
    max_streams: u32,
    /// Streams reset by a client of HTTP/2 before they were looked at; above, its connection is closed.
    #[arg(long, value_name = "COUNT", default_value_t = 20)]
    max_resets: usize,
}

/// How long clients may take.
#[derive(Debug, Args)]
#[command(next_help_heading = "Timeouts")]
pub(super) struct TimeoutArgs {
    /// Seconds to the end of the TLS handshake, and of a PROXY header before it.
    #[arg(long, value_name = "SECONDS", default_value = "10", value_parser = seconds)]
    handshake_timeout: Duration,
    /// Seconds to the end of a request's fields.
    #[arg(long, value_name = "SECONDS", default_value = "15", value_parser = seconds)]
    head_timeout: Duration,
    /// Seconds between the requests of a connection.
    #[arg(long, value_name = "SECONDS", default_value = "75", value_parser = seconds)]
    idle_timeout: Duration,
    /// Seconds between two pieces of a request's content; then 408.
    #[arg(long, value_name = "SECONDS", default_value = "60", value_parser = seconds)]
    body_timeout: Duration,
    /// Seconds for a client to take any of what is sent.
    #[arg(long, value_name = "SECONDS", default_value = "60", value_parser = seconds)]
    write_timeout: Duration,
    /// Seconds between two pieces of a response's content, or in both directions of a WebSocket; 0 for ever.
    #[arg(long, value_name = "SECONDS", default_value = "300", value_parser = seconds)]
    stream_timeout: Duration,
    /// Seconds from a request's fields to the response's; 0 for ever.
    #[arg(long, value_name = "SECONDS", default_value = "0", value_parser = seconds)]
    total_timeout: Duration,
}

impl EdgeArgs {
    pub(super) fn forwarding(&self) -> ForwardingOptions {
        let mut options = ForwardingOptions::default();
        options.trusted_proxies.clone_from(&self.trusted_proxies);
        options.via.clone_from(&self.fields.via);
        if self.fields.forwarded {
            options.forwarded = ForwardedField::Write;
        }
        if self.fields.any_field_names {
            options.field_names = FieldNames::Any;
        }
        if self.fields.hide_server {
            options.server = ServerField::Remove;
        }
        options
    }

    pub(super) fn hsts(&self) -> Option<Hsts> {
        let mut hsts = Hsts::new(self.hsts?);
        if self.more.hsts_subdomains {
            hsts = hsts.with_subdomains();
        }
        if self.more.hsts_preload {
            hsts = hsts.with_preload();
        }
        Some(hsts)
    }
}

impl LimitArgs {
    pub(super) fn limits(&self) -> Limits {
        Limits::new()
            .with_body(self.max_body_size)
            .with_connections(self.max_connections)
            .with_head(usize::try_from(self.max_head_size).unwrap_or(usize::MAX))
            .with_fields(self.max_fields)
            .with_target(self.max_target_size.into())
            .with_streams(self.max_streams)
            .with_resets(self.max_resets)
    }
}

impl TimeoutArgs {
    pub(super) fn timeouts(&self) -> Timeouts {
        let or_ever = |time: Duration| (!time.is_zero()).then_some(time);
        Timeouts::new()
            .with_handshake(self.handshake_timeout)
            .with_head(self.head_timeout)
            .with_idle(self.idle_timeout)
            .with_body(self.body_timeout)
            .with_write(self.write_timeout)
            .with_stream(or_ever(self.stream_timeout))
            .with_total(or_ever(self.total_timeout))
    }
}

/// An address range, or an address alone.
fn network(text: &str) -> Result<IpNet, &'static str> {
    let address = || text.parse::<IpAddr>().map(IpNet::from).ok();
    text.parse().ok().or_else(address).ok_or("not an address range such as 10.0.0.0/8")
}

fn pseudonym(text: &str) -> Result<Pseudonym, &'static str> {
    Pseudonym::new(text).ok_or("not a token (RFC 9110 §5.6.2)")
}
