use super::FailureKind;
use crate::metrics::Counter;

/// What a number is to Prometheus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CounterKind {
    Counter,
    Gauge,
}

/// Numbers of one worker, which it alone changes.
#[derive(Debug, Default)]
pub(crate) struct UpstreamCounters {
    pub(super) opened: Counter,
    pub(super) open: Counter,
    pub(super) idle: Counter,
    pub(super) reused: Counter,
    pub(super) retries: Counter,
    pub(super) ejections: Counter,
    failures: [Counter; FailureKind::ALL.len()],
}

impl UpstreamCounters {
    pub(super) fn failed(&self, kind: FailureKind) {
        if let Some(counter) = self.failures.get(kind as usize) {
            counter.increment();
        }
    }

    /// All of them: name, help, kind, value.
    pub(crate) fn each(&self) -> [(&'static str, &'static str, CounterKind, u64); 14] {
        let failures = |kind: FailureKind| self.failures.get(kind as usize).map_or(0, Counter::get);
        use CounterKind::{Counter as Count, Gauge};
        use FailureKind as Failure;
        [
            ("whereto_ingress_upstream_connections", "Connections to endpoints", Gauge, self.open.get()),
            (
                "whereto_ingress_upstream_idle_connections",
                "Connections to endpoints without requests",
                Gauge,
                self.idle.get(),
            ),
            (
                "whereto_ingress_upstream_connections_opened",
                "Connections to endpoints that were opened",
                Count,
                self.opened.get(),
            ),
            (
                "whereto_ingress_upstream_connections_reused",
                "Requests sent by a connection that was open",
                Count,
                self.reused.get(),
            ),
            (
                "whereto_ingress_upstream_retries",
                "Requests sent to another endpoint after one failed",
                Count,
                self.retries.get(),
            ),
            (
                "whereto_ingress_upstream_ejections",
                "Endpoints left out for a while because they kept failing",
                Count,
                self.ejections.get(),
            ),
            (
                "whereto_ingress_upstream_no_endpoint",
                "Requests without an endpoint to choose",
                Count,
                failures(Failure::NoEndpoint),
            ),
            (
                "whereto_ingress_upstream_connect_failures",
                "Requests without a connection",
                Count,
                failures(Failure::Connect),
            ),
            (
                "whereto_ingress_upstream_connect_timeouts",
                "Requests without a connection in time",
                Count,
                failures(Failure::ConnectTimeout),
            ),
            ("whereto_ingress_upstream_tls_failures", "Requests without TLS", Count, failures(Failure::Tls)),
            (
                "whereto_ingress_upstream_first_byte_timeouts",
                "Requests without a response in time",
                Count,
                failures(Failure::FirstByteTimeout),
            ),
            (
                "whereto_ingress_upstream_broken_off",
                "Requests whose connection broke before the response",
                Count,
                failures(Failure::BrokenOff),
            ),
            (
                "whereto_ingress_upstream_malformed_responses",
                "Requests with a response that is no HTTP",
                Count,
                failures(Failure::Malformed),
            ),
            (
                "whereto_ingress_upstream_content_failures",
                "Requests whose own content broke off",
                Count,
                failures(Failure::Content),
            ),
        ]
    }
}
