use std::time::Duration;

use clap::Args;
use whereto_dns::{ServerConfig, StreamLimits};

/// What the server may use.
#[derive(Debug, Args)]
#[command(next_help_heading = "Limits")]
pub(crate) struct LimitArgs {
    /// Threads that answer datagrams, for each address [default: one for each core].
    #[arg(long, value_name = "COUNT")]
    workers: Option<usize>,
    /// Threads for streams, TLS, forwarding and admin endpoints.
    #[arg(long, value_name = "COUNT", default_value_t = 2)]
    async_threads: usize,
    /// Octets of each datagram socket's receive buffer, with K or M [default: the system's].
    #[arg(long, value_name = "SIZE", value_parser = octets::<usize>)]
    receive_buffer: Option<usize>,
    /// Largest datagram sent to clients with EDNS, in octets.
    #[arg(long, value_name = "OCTETS", default_value_t = 1232, value_parser = clap::value_parser!(u16).range(512..))]
    max_payload: u16,
    /// Open TCP and TLS connections at most.
    #[arg(long, value_name = "COUNT", default_value_t = 512)]
    max_connections: usize,
    /// Queries of one connection under way at most.
    #[arg(long, value_name = "COUNT", default_value_t = 64)]
    max_in_flight: usize,
    /// Seconds to the end of a connection's first query.
    #[arg(long, value_name = "SECONDS", default_value = "3", value_parser = seconds)]
    first_query_timeout: Duration,
    /// Seconds between the queries of a connection.
    #[arg(long, value_name = "SECONDS", default_value = "10", value_parser = seconds)]
    idle_timeout: Duration,
    /// Seconds for a client to take its replies.
    #[arg(long, value_name = "SECONDS", default_value = "5", value_parser = seconds)]
    write_timeout: Duration,
    /// Queries waiting for upstreams at most; above, SERVFAIL.
    #[arg(long, value_name = "COUNT", default_value_t = 4096)]
    max_pending: usize,
}

impl LimitArgs {
    pub(super) fn apply(&self, config: ServerConfig) -> ServerConfig {
        let streams = StreamLimits::new()
            .with_connections(self.max_connections)
            .with_in_flight(self.max_in_flight)
            .with_timeouts(self.first_query_timeout, self.idle_timeout, self.write_timeout);
        let mut config = config
            .with_async_threads(self.async_threads)
            .with_max_payload(self.max_payload)
            .with_stream_limits(streams)
            .with_max_pending(self.max_pending);
        if let Some(workers) = self.workers {
            config = config.with_workers(workers);
        }
        if let Some(octets) = self.receive_buffer {
            config = config.with_receive_buffer(octets);
        }
        config
    }
}

/// No time that anybody means is longer, and no clock overflows by it.
const YEAR: f64 = 365.0 * 86400.0;

/// Seconds, with fractions.
pub(super) fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.parse().ok().filter(|seconds| (0.0..=YEAR).contains(seconds));
    let duration = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    duration.ok_or_else(|| "not a number of seconds up to a year".to_owned())
}

/// A size in octets: `4096`, `64K`, `8M`, `2G`.
pub(super) fn octets<N: TryFrom<u64>>(text: &str) -> Result<N, String> {
    let units = [(['k', 'K'], 1 << 10), (['m', 'M'], 1 << 20), (['g', 'G'], 1 << 30)];
    let (digits, unit) = units
        .into_iter()
        .find_map(|(letters, unit)| Some((text.strip_suffix(letters)?, unit)))
        .unwrap_or((text, 1_u64));
    let octets = digits.parse::<u64>().ok().and_then(|number| number.checked_mul(unit));
    octets.and_then(|octets| N::try_from(octets).ok()).ok_or_else(|| "not a size such as 4096, 64K or 8M".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_times_are_read() {
        let octets = octets::<usize>;
        assert_eq!(octets("0"), Ok(0));
        assert_eq!(octets("2G"), Ok(2 << 30));
        assert_eq!(octets("64K"), Ok(65536));
        assert_eq!(octets("8m"), Ok(8 << 20));
        for wrong in ["", "K", "8MM", "8T", "-1", "99999999999999999999M"] {
            assert!(octets(wrong).is_err(), "{wrong}");
        }
        assert_eq!(seconds("0.5"), Ok(Duration::from_millis(500)));
        for wrong in ["", "-1", "NaN", "inf", "1e300"] {
            assert!(seconds(wrong).is_err(), "{wrong}");
        }
    }
}
