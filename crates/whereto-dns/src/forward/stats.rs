use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use dns_records::Rcode;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::{Family, MetricConstructor};
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use crate::metrics::DURATION_BUCKETS;

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Exchange {
    proxy_name: &'static str,
    to: String,
    rcode: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct To {
    proxy_name: &'static str,
    to: String,
}

#[derive(Clone, Copy, Debug)]
struct Durations;

impl MetricConstructor<Histogram> for Durations {
    fn new_metric(&self) -> Histogram {
        Histogram::new(DURATION_BUCKETS)
    }
}

/// What forwarding counts. Every one of these costs less than a percent of the exchange that it counts.
#[derive(Debug)]
pub(crate) struct ForwardStats {
    exchanges: Family<Exchange, Histogram, Durations>,
    probe_failures: Family<To, Counter>,
    /// Questions asked while every upstream was down.
    pub(super) all_down: Counter,
    /// Questions refused because too many were under way.
    pub(super) max_concurrent_rejects: Counter,
    /// Questions that joined an equal one.
    pub(super) merged: Counter,
    /// Datagrams from an upstream that answered something else than was asked.
    pub(super) strays: Counter,
    /// Questions asked again over TCP.
    pub(super) retried_tcp: Counter,
    failures: AtomicU64,
}

impl Default for ForwardStats {
    fn default() -> Self {
        Self {
            exchanges: Family::new_with_constructor(Durations),
            probe_failures: Family::default(),
            all_down: Counter::default(),
            max_concurrent_rejects: Counter::default(),
            merged: Counter::default(),
            strays: Counter::default(),
            retried_tcp: Counter::default(),
            failures: AtomicU64::new(0),
        }
    }
}

/// CoreDNS's name for the plugin that owns the connections.
const PROXY_NAME: &str = "forward";

impl ForwardStats {
    pub(super) fn exchanged(&self, to: SocketAddr, rcode: Option<u16>, took: Duration) {
        let rcode = match rcode {
            Some(rcode) => Rcode(rcode).to_string(),
            None => {
                self.failures.fetch_add(1, Ordering::Relaxed);
                return;
            }
        };
        let labels = Exchange { proxy_name: PROXY_NAME, to: to.to_string(), rcode };
        self.exchanges.get_or_create(&labels).observe(took.as_secs_f64());
    }

    pub(super) fn probe_failed(&self, to: SocketAddr) {
        self.probe_failures.get_or_create(&To { proxy_name: PROXY_NAME, to: to.to_string() }).inc();
    }

    /// Attempts without a usable reply.
    pub(crate) fn failures(&self) -> u64 {
        self.failures.load(Ordering::Relaxed)
    }

    pub(crate) fn register(&self, registry: &mut Registry) {
        registry.register(
            "coredns_proxy_request_duration_seconds",
            "Time an upstream took to answer",
            self.exchanges.clone(),
        );
        registry.register(
            "coredns_proxy_healthcheck_failures",
            "Health probes that an upstream did not answer",
            self.probe_failures.clone(),
        );
        registry.register(
            "coredns_forward_healthcheck_broken",
            "Questions asked although every upstream was down",
            self.all_down.clone(),
        );
        registry.register(
            "coredns_forward_max_concurrent_rejects",
            "Questions refused because too many were under way",
            self.max_concurrent_rejects.clone(),
        );
        registry.register(
            "whereto_forward_merged",
            "Questions that joined an equal one under way",
            self.merged.clone(),
        );
        registry.register(
            "whereto_forward_strays",
            "Datagrams from upstreams that did not answer the question asked",
            self.strays.clone(),
        );
        registry.register(
            "whereto_forward_tcp_retries",
            "Questions asked again over TCP after a truncated reply",
            self.retried_tcp.clone(),
        );
    }
}
