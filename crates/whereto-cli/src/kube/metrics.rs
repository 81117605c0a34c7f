use std::fmt;
use std::time::SystemTime;

use k8s_source::kube::{State, Status};
use tokio::sync::watch::Receiver;
use whereto_dns::prometheus_client::collector::Collector;
use whereto_dns::prometheus_client::encoding::DescriptorEncoder;
use whereto_dns::prometheus_client::metrics::MetricType;

use super::ProgrammingDuration;

/// What `/metrics` tells of a live cluster.
#[derive(Debug)]
pub(crate) struct Metrics {
    status: Receiver<Status>,
    duration: ProgrammingDuration,
}

impl Metrics {
    pub(super) const fn new(status: Receiver<Status>, duration: ProgrammingDuration) -> Self {
        Self { status, duration }
    }
}

/// A metric's name, its help, and its value for a state and a number of objects.
type Described = (&'static str, &'static str, fn(State, usize) -> f64);

const GAUGES: [Described; 3] = [
    ("whereto_kubernetes_synced", "1 for kinds that were read completely at least once", |state, _| {
        f64::from(state != State::Syncing)
    }),
    (
        "whereto_kubernetes_stale_since_seconds",
        "Since when the kind is not known to be current, in Unix time; 0 while it is, and before it was read",
        |state, _| match state {
            State::Stale { since } => since.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs_f64(),
            _ => 0.0,
        },
    ),
    ("whereto_kubernetes_objects", "Objects known of the kind", |_, objects| objects as f64),
];

impl Collector for Metrics {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let status = self.status.borrow().clone();
        for (name, help, value) in GAUGES {
            let mut metric = encoder.encode_descriptor(name, help, None, MetricType::Gauge)?;
            for kind in &status.kinds {
                metric.encode_family(&[("kind", kind.kind.name())])?.encode_gauge(&value(kind.state, kind.objects))?;
            }
        }
        let mut metric = encoder.encode_descriptor(
            "whereto_kubernetes_problem",
            "1 with the reason for which a kind can't be read now",
            None,
            MetricType::Gauge,
        )?;
        for kind in &status.kinds {
            if let Some(problem) = &kind.problem {
                let labels = [("kind", kind.kind.name().to_owned()), ("problem", problem.to_string())];
                metric.encode_family(&labels)?.encode_gauge(&1_i64)?;
            }
        }
        self.duration.encode(&mut encoder)
    }
}
