use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tracing::warn;

use super::exchange::{self, ExchangeError};
use super::health::Health;
use super::stats::ForwardStats;
use crate::answer::{Answer, TtlCaps};
use crate::question::Question;

/// One server that is asked.
#[derive(Debug)]
pub(super) struct UpstreamServer {
    address: SocketAddr,
    attempt_timeout: Duration,
    health: Health,
    stats: Arc<ForwardStats>,
}

impl UpstreamServer {
    pub(super) fn new(
        address: SocketAddr,
        attempt_timeout: Duration,
        max_fails: u32,
        stats: &Arc<ForwardStats>,
    ) -> Self {
        Self { address, attempt_timeout, health: Health::new(max_fails), stats: Arc::clone(stats) }
    }

    pub(super) const fn address(&self) -> SocketAddr {
        self.address
    }

    pub(super) const fn stats(&self) -> &Arc<ForwardStats> {
        &self.stats
    }

    /// Whether it may be asked: it is not known to be down, and questions to it do not come back to us.
    pub(super) fn is_healthy(&self) -> bool {
        self.health.is_up()
    }

    /// Whether asking it is pointless for good.
    pub(super) fn is_loop(&self) -> bool {
        self.health.is_loop()
    }

    pub(super) fn mark_loop(&self) {
        self.health.mark_loop();
    }

    pub(super) const fn health(&self) -> &Health {
        &self.health
    }

    /// Asks once, by datagram and, when the reply is truncated, over TCP. A failure starts health probes.
    pub(super) async fn ask(self: &Arc<Self>, question: &Question, caps: TtlCaps) -> Option<Answer> {
        let started = Instant::now();
        let exchange = exchange::ask(self.address, question, caps, &self.stats);
        let result = match tokio::time::timeout(self.attempt_timeout, exchange).await {
            Ok(result) => result,
            Err(_) => Err(ExchangeError::Timeout),
        };
        self.stats.exchanged(self.address, result.as_ref().ok().map(Answer::rcode), started.elapsed());
        match result {
            Ok(answer) => {
                self.health.succeeded();
                Some(answer)
            }
            Err(error) => {
                if self.health.failed() {
                    warn!(upstream = %self.address, %error, "upstream does not answer, probing it until it does");
                    super::health::probe(Arc::clone(self));
                }
                None
            }
        }
    }
}
