use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use object_change::ObjectKey;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::DescriptorEncoder;
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::exemplar::Exemplar;

use super::DURATION_BUCKETS;
use super::block::Block;
use super::counter::Counter;
use super::routes::CLASSES;

pub(super) type NoLabels = [(&'static str, &'static str); 0];
pub(super) type NoExemplar = Option<&'static Exemplar<NoLabels, f64>>;

/// Sums the blocks of all workers when asked.
#[derive(Clone, Debug)]
pub(crate) struct Requests {
    blocks: Arc<[Arc<Block>]>,
}

/// A metric's name, its help, and where it is in a block.
type Described = (&'static str, &'static str, fn(&Block) -> &Counter);

const COUNTERS: [Described; 5] = [
    ("whereto_ingress_received_bytes", "Octets of requests' contents", |block| &block.received),
    ("whereto_ingress_sent_bytes", "Octets of responses' contents", |block| &block.sent),
    ("whereto_ingress_upgrades", "Connections that became tunnels", |block| &block.upgrades),
    ("whereto_ingress_paths_changed", "Requests whose path was not in normal form", |block| &block.paths_changed),
    ("whereto_ingress_broken_off", "Requests that ended before their response was complete", |block| &block.broken_off),
];

const GAUGES: [Described; 2] = [
    ("whereto_ingress_active_requests", "Requests under way", |block| &block.active),
    ("whereto_ingress_tunnels", "Connections that are tunnels", |block| &block.tunnels),
];

impl Requests {
    pub(crate) fn new(blocks: Vec<Arc<Block>>) -> Self {
        Self { blocks: blocks.into() }
    }

    fn total(&self, counter: fn(&Block) -> &Counter) -> u64 {
        self.blocks.iter().map(|block| counter(block).get()).sum()
    }

    fn encode_requests(&self, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
        let mut sums: BTreeMap<Option<ObjectKey>, [u64; CLASSES.len()]> = BTreeMap::new();
        for (ingress, counts) in self.blocks.iter().flat_map(|block| block.routes.read()) {
            let sum = sums.entry(ingress).or_default();
            sum.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
        }
        let mut metric = encoder.encode_descriptor(
            "whereto_ingress_requests",
            "Requests answered, by the Ingress that decided; none of them for an empty one",
            None,
            MetricType::Counter,
        )?;
        for (ingress, counts) in sums {
            let (namespace, name) = ingress.as_ref().map_or(("", ""), |key| (&*key.namespace, &*key.name));
            for (class, count) in CLASSES.iter().zip(counts).filter(|(_, count)| *count > 0) {
                let labels = [("namespace", namespace), ("ingress", name), ("status", *class)];
                metric.encode_family(&labels)?.encode_counter(&count, NoExemplar::None)?;
            }
        }
        Ok(())
    }

    fn encode_durations(&self, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
        let (mut counts, mut sum) = (vec![0; DURATION_BUCKETS.len() + 1], 0);
        for (more, of_block) in self.blocks.iter().map(|block| block.durations.read()) {
            counts.iter_mut().zip(more).for_each(|(count, more)| *count += more);
            sum += of_block;
        }
        let bounds = DURATION_BUCKETS.iter().copied().chain([f64::INFINITY]);
        let buckets: Vec<(f64, u64)> = bounds.zip(counts.iter().copied()).collect();
        let mut metric = encoder.encode_descriptor(
            "whereto_ingress_request_duration_seconds",
            "Time from a request's head to the end of its response",
            None,
            MetricType::Histogram,
        )?;
        metric.encode_histogram::<NoLabels>(sum as f64 * 1e-9, counts.iter().sum(), &buckets, None)
    }

    fn encode_connections(&self, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
        let mut all = self.blocks.iter().map(|block| block.connections.read());
        let Some(mut sums) = all.next() else { return Ok(()) };
        for more in all {
            for (sum, more) in sums.iter_mut().zip(more) {
                sum.3.iter_mut().zip(more.3).for_each(|(sum, more)| sum.1 += more.1);
            }
        }
        for (name, help, label, counts) in sums {
            let mut metric = encoder.encode_descriptor(name, help, None, MetricType::Counter)?;
            for (value, count) in counts {
                metric.encode_family(&[(label, value)])?.encode_counter(&count, NoExemplar::None)?;
            }
        }
        Ok(())
    }
}

impl Collector for Requests {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        self.encode_requests(&mut encoder)?;
        self.encode_durations(&mut encoder)?;
        self.encode_connections(&mut encoder)?;
        for (name, help, counter) in COUNTERS {
            let mut metric = encoder.encode_descriptor(name, help, None, MetricType::Counter)?;
            metric.encode_counter(&self.total(counter), NoExemplar::None)?;
        }
        for (name, help, gauge) in GAUGES {
            let mut metric = encoder.encode_descriptor(name, help, None, MetricType::Gauge)?;
            metric.encode_gauge(&self.total(gauge))?;
        }
        Ok(())
    }
}
