use std::fmt;
use std::sync::Arc;

use arc_swap::ArcSwap;
use dns_records::Snapshot;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeGaugeValue};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::exemplar::Exemplar;

use crate::answer::AnswerKind;
use crate::forward::{ForwardStats, Forwarder};
use crate::pending::Pending;
use crate::query_log::Dropped;
use crate::tcp::Connections;

type NoLabels = [(&'static str, &'static str); 0];

/// What is read when asked: the state of the parts.
#[derive(Clone, Debug)]
pub(crate) struct Gauges {
    pub(crate) forwarder: Arc<Forwarder>,
    pub(crate) forward_stats: Arc<ForwardStats>,
    pub(crate) pending: Pending,
    pub(crate) connections: Arc<Connections>,
    pub(crate) log_dropped: Dropped,
    pub(crate) snapshots: Arc<ArcSwap<Snapshot>>,
}

impl Collector for Gauges {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let encoder = &mut encoder;
        let mut build = encoder.encode_descriptor(
            "coredns_build_info",
            "Always 1; the labels say what runs",
            None,
            MetricType::Gauge,
        )?;
        let labels = [("version", env!("CARGO_PKG_VERSION")), ("revision", ""), ("goversion", "")];
        build.encode_family(&labels)?.encode_gauge(&1_i64)?;

        let cache = self.forwarder.cache();
        gauge(encoder, "coredns_cache_entries", "Answers in the cache", count(cache.len()))?;
        gauge(
            encoder,
            "whereto_cache_bytes",
            "Octets that the cache occupies",
            i64::try_from(cache.octets()).unwrap_or(i64::MAX),
        )?;
        let mut evictions = encoder.encode_descriptor(
            "coredns_cache_evictions",
            "Answers that made room for others",
            None,
            MetricType::Counter,
        )?;
        for (kind, label) in [(AnswerKind::Success, "success"), (AnswerKind::Denial, "denial")] {
            let evicted = u64::try_from(cache.evicted(kind)).unwrap_or(0);
            evictions.encode_family(&[("type", label)])?.encode_counter(&evicted, None::<&Exemplar<NoLabels, f64>>)?;
        }

        gauge(
            encoder,
            "whereto_forward_in_flight",
            "Questions that upstreams are asked now",
            count(self.forwarder.under_way()),
        )?;
        gauge(encoder, "whereto_dns_pending", "Queries that wait for upstreams", count(self.pending.count()))?;
        gauge(encoder, "whereto_tcp_connections", "Open connections", count(self.connections.open()))?;
        gauge(
            encoder,
            "whereto_snapshot_serial",
            "Serial of the zones being served",
            i64::from(self.snapshots.load().serial()),
        )?;
        let counters = [
            ("whereto_forward_failures", "Attempts without a usable reply", self.forward_stats.failures()),
            (
                "whereto_tcp_refused_connections",
                "Connections closed because too many were open",
                self.connections.refused(),
            ),
            ("whereto_query_log_dropped", "Queries that the log had no room for", self.log_dropped.count()),
        ];
        for (name, help, value) in counters {
            let mut metric = encoder.encode_descriptor(name, help, None, MetricType::Counter)?;
            metric.encode_counter(&value, None::<&Exemplar<NoLabels, f64>>)?;
        }
        let mut healthy = encoder.encode_descriptor(
            "whereto_upstream_healthy",
            "1 for upstreams that answer",
            None,
            MetricType::Gauge,
        )?;
        for (address, is_healthy) in self.forwarder.health() {
            let to = address.to_string();
            healthy.encode_family(&[("to", to.as_str())])?.encode_gauge(&i64::from(is_healthy))?;
        }
        Ok(())
    }
}

fn gauge(encoder: &mut DescriptorEncoder<'_>, name: &str, help: &str, value: impl EncodeGaugeValue) -> fmt::Result {
    encoder.encode_descriptor(name, help, None, MetricType::Gauge)?.encode_gauge(&value)
}

fn count(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
