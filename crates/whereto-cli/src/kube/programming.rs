use std::collections::HashMap;
use std::fmt;
use std::hash::{BuildHasher as _, RandomState};
use std::time::SystemTime;

use jiff::Timestamp;
use k8s_source::objects::{EndpointSlice, SERVICE_NAME_LABEL, Service};
use k8s_source::{Consumer, ObjectChange};
use object_change::{Delta, Diagnostic};
use whereto_dns::prometheus_client::encoding::{DescriptorEncoder, EncodeMetric as _};
use whereto_dns::prometheus_client::metrics::family::Family;
use whereto_dns::prometheus_client::metrics::histogram::{Histogram, exponential_buckets};

/// When the change happened to which a slice owes its content, as its controller saw it.
const TRIGGER_TIME: &str = "endpoints.kubernetes.io/last-change-trigger-time";

type Labels = [(&'static str, &'static str); 1];

/// How long changes of endpoints took from their cause until they were served: CoreDNS's metric, with its names and buckets.
///
/// As there, only slices that a controller made of a known Service count. Other than there, what happened before the start does not:
/// it would tell how old the cluster is. Deletions of slices are not observed.
#[derive(Clone, Debug)]
pub(crate) struct ProgrammingDuration(Family<Labels, Histogram>);

impl Default for ProgrammingDuration {
    fn default() -> Self {
        Self(Family::new_with_constructor(|| Histogram::new(exponential_buckets(0.001, 2.0, 20))))
    }
}

impl ProgrammingDuration {
    fn observe(&self, is_headless: bool, seconds: f64) {
        let kind = if is_headless { "headless_with_selector" } else { "cluster_ip" };
        self.0.get_or_create(&[("service_kind", kind)]).observe(seconds);
    }

    pub(super) fn encode(&self, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
        let metric = encoder.encode_descriptor(
            "coredns_kubernetes_dns_programming_duration_seconds",
            "Time from a change of endpoints to its being served",
            None,
            self.0.metric_type(),
        )?;
        self.0.encode(metric)
    }
}

/// A consumer that observes how long it took until what it is told is published by another.
#[derive(Debug)]
pub(crate) struct Programming<C> {
    consumer: C,
    duration: ProgrammingDuration,
    start: Timestamp,
    /// Whether Services are headless, by a hash of their names: wrong once in 2⁶⁴ is good enough here.
    services: HashMap<u64, bool>,
    hasher: RandomState,
    /// Causes of what is not published yet.
    pending: Vec<(Timestamp, bool)>,
}

impl<C: Consumer> Programming<C> {
    pub(crate) fn new(consumer: C, duration: ProgrammingDuration) -> Self {
        Self {
            consumer,
            duration,
            start: Timestamp::now(),
            services: HashMap::new(),
            hasher: RandomState::new(),
            pending: Vec::new(),
        }
    }

    fn service(&mut self, delta: &Delta<&Service>) {
        match delta {
            Delta::Upsert(key, service) => {
                let hash = self.hasher.hash_one((&key.namespace, &key.name));
                self.services.insert(hash, service.spec.is_headless());
            }
            Delta::Delete(key) => {
                self.services.remove(&self.hasher.hash_one((&key.namespace, &key.name)));
            }
            // A live source tells objects one by one.
            _ => {}
        }
    }

    fn slice(&mut self, delta: &Delta<&EndpointSlice>) {
        let Delta::Upsert(key, slice) = delta else { return };
        let metadata = &slice.metadata;
        let (Some(name), Some(time)) =
            (metadata.labels.get(SERVICE_NAME_LABEL), metadata.annotations.get(TRIGGER_TIME))
        else {
            return;
        };
        let name: Box<str> = name.into();
        let known = self.services.get(&self.hasher.hash_one((&key.namespace, &name)));
        if let (Some(is_headless), Ok(time)) = (known, time.parse::<Timestamp>())
            && time >= self.start
        {
            self.pending.push((time, *is_headless));
        }
    }
}

impl<C: Consumer> Consumer for Programming<C> {
    fn apply(&mut self, change: ObjectChange<'_>) -> Vec<Diagnostic> {
        match &change {
            ObjectChange::Service(delta) => self.service(delta),
            ObjectChange::EndpointSlice(delta) => self.slice(delta),
            _ => {}
        }
        self.consumer.apply(change)
    }

    fn publish(&mut self) {
        self.consumer.publish();
        let now = SystemTime::now();
        for (time, is_headless) in self.pending.drain(..) {
            let took = now.duration_since(time.into()).unwrap_or_default();
            self.duration.observe(is_headless, took.as_secs_f64());
        }
    }
}

#[cfg(test)]
mod tests {
    use k8s_source::objects::ObjectMeta;
    use object_change::ObjectKey;
    use whereto_dns::prometheus_client::encoding::text;
    use whereto_dns::prometheus_client::registry::Registry;

    use super::*;

    struct Deaf;

    impl Consumer for Deaf {
        fn apply(&mut self, _: ObjectChange<'_>) -> Vec<Diagnostic> {
            Vec::new()
        }

        fn publish(&mut self) {}
    }

    fn tell(programming: &mut Programming<Deaf>, service: &str, time: &str) {
        let mut slice = EndpointSlice::default();
        slice.metadata = ObjectMeta::named("shop", "slice");
        slice.metadata.labels = [(SERVICE_NAME_LABEL, service)].into_iter().collect();
        slice.metadata.annotations = [(TRIGGER_TIME, time)].into_iter().collect();
        programming.apply(ObjectChange::EndpointSlice(Delta::Upsert(ObjectKey::new("shop", "slice"), &slice)));
    }

    #[test]
    fn slices_of_known_services_are_observed_when_published() {
        let duration = ProgrammingDuration::default();
        let mut programming = Programming::new(Deaf, duration.clone());
        for (name, address) in [("web", "10.96.0.1"), ("db", "None")] {
            let service: Service = serde_json::from_str(&format!(r#"{{"spec":{{"clusterIP":"{address}"}}}}"#)).unwrap();
            programming.apply(ObjectChange::Service(Delta::Upsert(ObjectKey::new("shop", name), &service)));
        }
        let now = Timestamp::now().to_string();
        tell(&mut programming, "web", &now);
        tell(&mut programming, "db", &now);
        tell(&mut programming, "unknown", &now);
        tell(&mut programming, "web", "2020-01-01T00:00:00Z");
        tell(&mut programming, "web", "yesterday");
        let text = || {
            let mut registry = Registry::default();
            registry.register("it", "Help", duration.0.clone());
            let mut text = String::new();
            text::encode(&mut text, &registry).unwrap();
            text
        };
        assert!(!text().contains("count"), "nothing is served yet");
        programming.publish();
        for kind in ["cluster_ip", "headless_with_selector"] {
            assert!(text().contains(&format!("it_count{{service_kind=\"{kind}\"}} 1\n")), "{}", text());
        }
    }
}
