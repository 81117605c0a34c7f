use std::fmt;
use std::sync::Arc;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::DescriptorEncoder;
use prometheus_client::metrics::MetricType;

use super::collector::NoExemplar;
use crate::upstream::{CounterKind, UpstreamCounters};
use crate::worker::Shared;

/// What is read when asked: the state of the parts that workers share, and what each counts of endpoints.
pub(crate) struct ServerGauges {
    pub(crate) shared: Arc<Shared>,
    pub(crate) upstreams: Vec<Arc<UpstreamCounters>>,
}

impl fmt::Debug for ServerGauges {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ServerGauges")
    }
}

impl Collector for ServerGauges {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let mut build = encoder.encode_descriptor(
            "whereto_ingress_build_info",
            "Always 1; the label says what runs",
            None,
            MetricType::Gauge,
        )?;
        build.encode_family(&[("version", env!("CARGO_PKG_VERSION"))])?.encode_gauge(&1_i64)?;
        let connections = &self.shared.connections;
        let mut open = encoder.encode_descriptor(
            "whereto_ingress_open_connections",
            "Open connections",
            None,
            MetricType::Gauge,
        )?;
        open.encode_gauge(&i64::try_from(connections.open()).unwrap_or(i64::MAX))?;
        let mut refused = encoder.encode_descriptor(
            "whereto_ingress_refused_connections",
            "Connections closed because too many were open",
            None,
            MetricType::Counter,
        )?;
        refused.encode_counter(&connections.refused(), NoExemplar::None)?;
        let mut dropped = encoder.encode_descriptor(
            "whereto_ingress_access_log_dropped",
            "Lines that the access log had no room for",
            None,
            MetricType::Counter,
        )?;
        dropped.encode_counter(&self.shared.log_dropped.count(), NoExemplar::None)?;
        self.encode_upstreams(&mut encoder)
    }
}

impl ServerGauges {
    fn encode_upstreams(&self, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
        let mut all = self.upstreams.iter().map(|counters| counters.each());
        let Some(mut sums) = all.next() else { return Ok(()) };
        for more in all {
            sums.iter_mut().zip(more).for_each(|(sum, more)| sum.3 += more.3);
        }
        for (name, help, kind, count) in sums {
            match kind {
                CounterKind::Counter => encoder
                    .encode_descriptor(name, help, None, MetricType::Counter)?
                    .encode_counter(&count, NoExemplar::None)?,
                CounterKind::Gauge => {
                    encoder.encode_descriptor(name, help, None, MetricType::Gauge)?.encode_gauge(&count)?;
                }
            }
        }
        Ok(())
    }
}
