use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use clap::{Args, ValueEnum};
use whereto_dns::{CacheConfig, ForwardConfig, ForwardRule, Policy, TtlCaps, interface_addresses, nameservers};

const RESOLV_CONF: &str = "/etc/resolv.conf";

/// Who is asked about names outside the zones.
#[derive(Debug, Args)]
#[command(next_help_heading = "Forwarding")]
pub(crate) struct ForwardArgs {
    /// Ask these servers about names in ZONE, or about all without one (repeatable) [default: the name servers in
    /// /etc/resolv.conf].
    #[arg(long, value_name = "[ZONE=]ADDR[,ADDR…]")]
    forward: Vec<ForwardRule>,
    /// Ask nobody.
    #[arg(long, conflicts_with = "forward")]
    no_forward: bool,
    /// Which of several servers is asked first.
    #[arg(long, value_enum, default_value_t = Order::Random, value_name = "POLICY")]
    forward_policy: Order,
    /// Questions under way at most; above, SERVFAIL.
    #[arg(long, value_name = "COUNT", default_value_t = 1000)]
    max_concurrent: usize,
    /// Failures in a row after which a server counts as down; 0 for never.
    #[arg(long, value_name = "COUNT", default_value_t = 2)]
    max_fails: u32,
    /// Seconds for one attempt.
    #[arg(long, value_name = "SECONDS", default_value = "2", value_parser = super::limits::seconds)]
    attempt_timeout: Duration,
    /// Seconds for all attempts for a question.
    #[arg(long, value_name = "SECONDS", default_value = "5", value_parser = super::limits::seconds)]
    forward_timeout: Duration,
    /// Octets of upstreams' answers to remember, with K or M; 0 for none.
    #[arg(long, value_name = "SIZE", default_value = "8M", value_parser = super::limits::octets::<usize>)]
    cache_size: usize,
    /// Longest time in seconds that an answer of an upstream is remembered.
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    cache_max_ttl: u32,
    /// The same for negative answers.
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    cache_max_negative_ttl: u32,
    /// Remember no answers of upstreams and hand on their TTLs as they come.
    #[arg(long, conflicts_with_all = ["cache_size", "cache_max_ttl", "cache_max_negative_ttl"])]
    no_cache: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Order {
    /// By chance.
    Random,
    /// In the order given.
    Sequential,
    /// Each in turn.
    RoundRobin,
}

impl ForwardArgs {
    /// The rules in use, for a server that listens on these addresses.
    pub(super) fn rules(&self, listen: &[SocketAddr]) -> Vec<ForwardRule> {
        if self.no_forward || !self.forward.is_empty() {
            return self.forward.clone();
        }
        let file = std::fs::read_to_string(RESOLV_CONF).unwrap_or_default();
        let own = interface_addresses().unwrap_or_default();
        let servers: Vec<SocketAddr> =
            nameservers(&file).into_iter().filter(|server| !is_own(*server, listen, &own)).collect();
        if servers.is_empty() { Vec::new() } else { vec![ForwardRule::everything(servers)] }
    }

    pub(super) fn config(&self, rules: Vec<ForwardRule>) -> ForwardConfig {
        ForwardConfig::new(rules)
            .with_policy(match self.forward_policy {
                Order::Random => Policy::Random,
                Order::Sequential => Policy::Sequential,
                Order::RoundRobin => Policy::RoundRobin,
            })
            .with_max_concurrent(self.max_concurrent)
            .with_max_fails(self.max_fails)
            .with_timeouts(self.attempt_timeout, self.forward_timeout)
    }

    pub(super) const fn cache(&self) -> CacheConfig {
        if self.no_cache {
            return CacheConfig::off();
        }
        let caps = TtlCaps::new(self.cache_max_ttl, self.cache_max_negative_ttl);
        CacheConfig::off().with_octets(self.cache_size).with_ttl_caps(caps)
    }
}

/// Whether a name server of the host is this server.
fn is_own(server: SocketAddr, listen: &[SocketAddr], own: &[IpAddr]) -> bool {
    listen.iter().any(|address| {
        let everywhere = address.ip().is_unspecified() && (own.contains(&server.ip()) || server.ip().is_loopback());
        address.port() == server.port() && (address.ip() == server.ip() || everywhere)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_own_addresses_are_told_from_others() {
        let own = ["192.0.2.7".parse().unwrap()];
        let is_own = |server: &str, listen: &str| is_own(server.parse().unwrap(), &[listen.parse().unwrap()], &own);
        assert!(is_own("127.0.0.1:53", "127.0.0.1:53"));
        assert!(is_own("192.0.2.7:53", "0.0.0.0:53"));
        assert!(is_own("127.0.0.53:53", "0.0.0.0:53"));
        assert!(!is_own("127.0.0.53:53", "127.0.0.1:53"));
        assert!(!is_own("192.0.2.7:53", "0.0.0.0:1053"));
        assert!(!is_own("192.0.2.8:53", "0.0.0.0:53"));
    }
}
