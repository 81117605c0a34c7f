use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use dns_records::Rcode;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, MetricEncoder};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::exemplar::Exemplar;

use super::block::{Block, Histogram, RCODES, Source};
use super::labels::TYPES;
use super::{DURATION_BUCKETS, SIZE_BOUNDS};

type NoLabels = [(&'static str, &'static str); 0];
type NoExemplar = Option<&'static Exemplar<NoLabels, f64>>;

/// Sums the blocks of all workers and listeners when asked.
#[derive(Clone, Debug)]
pub(crate) struct Requests {
    blocks: Arc<[Arc<Block>]>,
}

/// CoreDNS's zone label is the zone of the matching server block; there is one block here, for every name.
const ZONE: &str = ".";

impl Requests {
    pub(crate) fn new(blocks: Vec<Arc<Block>>) -> Self {
        Self { blocks: blocks.into() }
    }

    /// The sum of one counter over all blocks.
    pub(crate) fn total(&self, count: impl Fn(&Block) -> u64) -> u64 {
        self.blocks.iter().map(|block| count(block)).sum()
    }

    fn sums<K: Ord, V: Sum>(&self, entries: impl Fn(&Block) -> Vec<(K, V)>) -> BTreeMap<K, V> {
        let mut sums: BTreeMap<K, V> = BTreeMap::new();
        for (key, value) in self.blocks.iter().flat_map(|block| entries(block)) {
            match sums.get_mut(&key) {
                Some(sum) => sum.add(value),
                None => {
                    sums.insert(key, value);
                }
            }
        }
        sums
    }
}

trait Sum {
    fn add(&mut self, other: Self);
}

impl Sum for u64 {
    fn add(&mut self, other: Self) {
        *self += other;
    }
}

/// A histogram's counts, the last one above all bounds, and its sum.
struct Counts {
    counts: Vec<u64>,
    sum: u64,
}

impl Counts {
    fn read<const N: usize>(histogram: &Histogram<N>) -> Self {
        let counters = histogram.counts.iter().chain([&histogram.above]);
        Self { counts: counters.map(read).collect(), sum: read(&histogram.sum) }
    }

    fn encode(&self, encoder: &mut MetricEncoder<'_>, bounds: &[f64], unit: f64) -> fmt::Result {
        // The last range has no bound.
        let bounds = bounds.iter().copied().chain([f64::INFINITY]);
        let buckets: Vec<(f64, u64)> = bounds.zip(self.counts.iter().copied()).collect();
        let count = self.counts.iter().sum();
        encoder.encode_histogram::<NoLabels>(self.sum as f64 * unit, count, &buckets, None)
    }
}

impl Sum for Counts {
    fn add(&mut self, other: Self) {
        for (count, more) in self.counts.iter_mut().zip(other.counts) {
            *count += more;
        }
        self.sum += other.sum;
    }
}

fn read(counter: &AtomicU64) -> u64 {
    counter.load(Ordering::Relaxed)
}

fn rcode_label(rcode: usize) -> String {
    match u16::try_from(rcode) {
        Ok(code) if rcode < RCODES - 1 => Rcode(code).to_string(),
        _ => "other".into(),
    }
}

/// A metric's name, its help, and where it is in a block.
type Described<T> = (&'static str, &'static str, fn(&Block) -> T);

type Where = (String, &'static str, &'static str);

fn place(block: &Block) -> Where {
    (block.labels.server.clone(), block.labels.proto, block.labels.family)
}

impl Collector for Requests {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        self.encode_requests(&mut encoder)?;
        self.encode_sizes(&mut encoder)?;
        self.encode_durations(&mut encoder)?;
        self.encode_responses(&mut encoder)?;
        self.encode_cache(&mut encoder)?;
        let own: [Described<u64>; 4] = [
            ("whereto_dns_dropped", "Messages that are no query", |block| read(&block.dropped)),
            ("whereto_dns_shed", "Queries answered with SERVFAIL because too many wait for upstreams", |block| {
                read(&block.shed)
            }),
            ("whereto_dns_unsent", "Replies that could not be sent", |block| read(&block.unsent)),
            ("coredns_panics", "Queries that met a bug", |block| read(&block.panics)),
        ];
        for (name, help, count) in own {
            let mut metric = encoder.encode_descriptor(name, help, None, MetricType::Counter)?;
            metric.encode_counter(&self.total(count), NoExemplar::None)?;
        }
        Ok(())
    }
}

impl Requests {
    fn encode_requests(&self, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
        let mut metric = encoder.encode_descriptor("coredns_dns_requests", "Queries", None, MetricType::Counter)?;
        let requests = self.sums(|block| {
            let counts = TYPES.iter().zip(&block.requests).map(|(name, count)| ((place(block), *name), read(count)));
            counts.filter(|(_, count)| *count > 0).collect()
        });
        for (((server, proto, family), record_type), count) in requests {
            let labels = [
                ("server", server.as_str()),
                ("zone", ZONE),
                ("view", ""),
                ("proto", proto),
                ("family", family),
                ("type", record_type),
            ];
            metric.encode_family(&labels)?.encode_counter(&count, NoExemplar::None)?;
        }
        let mut metric = encoder.encode_descriptor(
            "coredns_dns_do_requests",
            "Queries with the DO bit",
            None,
            MetricType::Counter,
        )?;
        for (server, count) in self.sums(|block| vec![(block.labels.server.clone(), read(&block.dnssec_ok))]) {
            let labels = [("server", server.as_str()), ("zone", ZONE), ("view", "")];
            metric.encode_family(&labels)?.encode_counter(&count, NoExemplar::None)?;
        }
        Ok(())
    }

    fn encode_sizes(&self, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
        let own: [Described<Counts>; 2] = [
            ("coredns_dns_request_size_bytes", "Octets of queries", |block| Counts::read(&block.request_size)),
            ("coredns_dns_response_size_bytes", "Octets of replies", |block| Counts::read(&block.response_size)),
        ];
        let bounds: Vec<f64> = SIZE_BOUNDS.iter().map(|bound| *bound as f64).collect();
        for (name, help, counts) in own {
            let mut metric = encoder.encode_descriptor(name, help, None, MetricType::Histogram)?;
            let sums = self.sums(|block| vec![((block.labels.server.clone(), block.labels.proto), counts(block))]);
            for ((server, proto), counts) in sums {
                let labels = [("server", server.as_str()), ("zone", ZONE), ("view", ""), ("proto", proto)];
                counts.encode(&mut metric.encode_family(&labels)?, &bounds, 1.0)?;
            }
        }
        Ok(())
    }

    fn encode_durations(&self, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
        let mut metric = encoder.encode_descriptor(
            "coredns_dns_request_duration_seconds",
            "Time from query to reply",
            None,
            MetricType::Histogram,
        )?;
        let sums = self.sums(|block| vec![(block.labels.server.clone(), Counts::read(&block.duration))]);
        for (server, counts) in sums {
            let labels = [("server", server.as_str()), ("zone", ZONE), ("view", "")];
            counts.encode(&mut metric.encode_family(&labels)?, &DURATION_BUCKETS, 1e-9)?;
        }
        Ok(())
    }

    fn encode_responses(&self, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
        let mut metric = encoder.encode_descriptor("coredns_dns_responses", "Replies", None, MetricType::Counter)?;
        let responses = self.sums(|block| {
            let mut counts = Vec::new();
            for (source, rcodes) in Source::ALL.iter().zip(&block.responses) {
                for (rcode, count) in rcodes.iter().enumerate() {
                    if read(count) > 0 {
                        counts.push(((block.labels.server.clone(), source.plugin(), rcode), read(count)));
                    }
                }
            }
            counts
        });
        for ((server, plugin, rcode), count) in responses {
            let rcode = rcode_label(rcode);
            let labels = [
                ("server", server.as_str()),
                ("zone", ZONE),
                ("view", ""),
                ("rcode", rcode.as_str()),
                ("plugin", plugin),
            ];
            metric.encode_family(&labels)?.encode_counter(&count, NoExemplar::None)?;
        }
        Ok(())
    }

    fn encode_cache(&self, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
        let mut metric =
            encoder.encode_descriptor("coredns_cache_hits", "Answers found in the cache", None, MetricType::Counter)?;
        let hits = self.sums(|block| {
            let kinds = ["success", "denial"].into_iter().zip(&block.cache_hits);
            kinds.map(|(kind, count)| ((block.labels.server.clone(), kind), read(count))).collect()
        });
        for ((server, kind), count) in hits {
            let labels = [("server", server.as_str()), ("type", kind), ("zones", ZONE), ("view", "")];
            metric.encode_family(&labels)?.encode_counter(&count, NoExemplar::None)?;
        }
        let own: [Described<u64>; 2] = [
            ("coredns_cache_misses", "Answers not found in the cache", |block| read(&block.cache_misses)),
            ("coredns_cache_requests", "Looks into the cache", |block| {
                read(&block.cache_misses) + block.cache_hits.iter().map(read).sum::<u64>()
            }),
        ];
        for (name, help, count) in own {
            let mut metric = encoder.encode_descriptor(name, help, None, MetricType::Counter)?;
            for (server, count) in self.sums(|block| vec![(block.labels.server.clone(), count(block))]) {
                let labels = [("server", server.as_str()), ("zones", ZONE), ("view", "")];
                metric.encode_family(&labels)?.encode_counter(&count, NoExemplar::None)?;
            }
        }
        Ok(())
    }
}
