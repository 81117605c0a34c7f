//! What a resolver remembers of its servers within a walk, and how that orders them.

use std::time::Duration;

/// A server's record.
#[derive(Clone, Debug)]
struct Server {
    /// c-ares: failures in a row, at most 16.
    failures: u32,
    /// c-ares: the number of the last one among all servers' failures, where the original has its time (next_retry_time): failures that
    /// one system call after the other brings to light have an order there, and the same time here.
    last_failure: u64,
    /// c-ares: answers, and milliseconds that they took, at least one each.
    answers: (u64, u64),
    /// hickory: the smoothed round trip time in microseconds.
    round_trip: f64,
    /// hickory: when it was last changed.
    updated: Option<Duration>,
}

/// The servers' records, by place in the list.
#[derive(Clone, Debug)]
pub(super) struct Health {
    servers: Vec<Server>,
    /// c-ares: failures so far, of all servers.
    failures: u64,
}

/// c-ares: SERVER_CONSEC_FAILURES_CAP.
const FAILURES_CAP: u32 = 16;
/// c-ares: MIN_COUNT_FOR_AVERAGE.
const MIN_ANSWERS: u64 = 3;
/// c-ares: AVG_TIMEOUT_MULTIPLIER.
const AVERAGE_TIMES: u64 = 5;
/// c-ares: MIN_TIMEOUT_MS and MAX_TIMEOUT_MS.
const C_ARES_TIMEOUT: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(5));
/// hickory: FAILURE_PENALTY, in microseconds.
const FAILURE_PENALTY: f64 = 150_000.0;
/// hickory: MAX_SRTT_MICROS.
const MAX_ROUND_TRIP: f64 = 5_000_000.0;
/// hickory: CANCEL_PENALTY.
const CANCEL_PENALTY: Duration = Duration::from_millis(5);
/// hickory: DEFAULT_RETRY_FLOOR.
const RETRY_FLOOR: Duration = Duration::from_millis(333);

impl Health {
    pub(super) fn new(servers: usize) -> Self {
        let unknown = Server { failures: 0, last_failure: 0, answers: (0, 0), round_trip: 0.0, updated: None };
        Self { servers: vec![unknown; servers], failures: 0 }
    }

    /// hickory starts each server with a random round trip time below 32 µs: their order among those never asked.
    pub(super) fn shuffle(&mut self, mut permutation: u32) {
        let mut places: Vec<usize> = (0..self.servers.len()).collect();
        let mut rank = 0.0;
        while !places.is_empty() {
            let left = u32::try_from(places.len()).unwrap_or(u32::MAX);
            let place = places.remove((permutation % left) as usize);
            permutation /= left;
            rank += 1.0;
            if let Some(server) = self.servers.get_mut(place) {
                server.round_trip = rank;
            }
        }
    }

    /// c-ares' server_increment_failures.
    pub(super) fn failed(&mut self, server: usize) {
        self.failures += 1;
        if let Some(server) = self.servers.get_mut(server) {
            server.failures = (server.failures + 1).min(FAILURES_CAP);
            server.last_failure = self.failures;
        }
    }

    /// c-ares' server_set_good and ares_metrics_record.
    pub(super) fn answered(&mut self, server: usize, after: Duration) {
        if let Some(server) = self.servers.get_mut(server) {
            (server.failures, server.last_failure) = (0, 0);
            let took = u64::try_from(after.as_millis()).unwrap_or(u64::MAX).max(1);
            server.answers = (server.answers.0 + 1, server.answers.1.saturating_add(took));
        }
    }

    /// c-ares' server_sort_cb: the servers, best first, and how many are as good as the best.
    pub(super) fn healthiest(&self) -> (Vec<usize>, usize) {
        let mut order: Vec<(&Server, usize)> = self.servers.iter().zip(0..).collect();
        order.sort_by_key(|(server, place)| (server.failures, server.last_failure, *place));
        let fewest = order.first().map_or(0, |(server, _)| server.failures);
        let best = order.iter().filter(|(server, _)| server.failures == fewest).count();
        (order.into_iter().map(|(_, place)| place).collect(), best)
    }

    /// c-ares' ares_metrics_server_timeout, with one bucket for the whole walk where c-ares has one for each minute.
    pub(super) fn patience(&self, server: usize, configured: Duration) -> Duration {
        let (shortest, longest) = C_ARES_TIMEOUT;
        let learnt = self.servers.get(server).filter(|server| server.answers.0 >= MIN_ANSWERS).map(|server| {
            let (count, total) = server.answers;
            Duration::from_millis((total / count).saturating_mul(AVERAGE_TIMES))
        });
        learnt.unwrap_or(configured).clamp(shortest, longest)
    }

    /// hickory's DecayingSrtt::record.
    pub(super) fn measured(&mut self, server: usize, now: Duration, took: Duration) {
        let took = took.as_secs_f64() * 1e6;
        self.update(server, now, took, |old, factor| (1.0 - factor) * took + factor * old);
    }

    /// hickory's record_cancelled: another server was faster.
    pub(super) fn overtaken(&mut self, server: usize, now: Duration, winner: Duration) {
        self.measured(server, now, winner.saturating_add(CANCEL_PENALTY));
    }

    /// hickory's record_failure: no answer, or one without records.
    pub(super) fn disappointed(&mut self, server: usize, now: Duration) {
        self.update(server, now, FAILURE_PENALTY, |old, _| old + FAILURE_PENALTY);
    }

    fn update(&mut self, server: usize, now: Duration, first: f64, next: impl Fn(f64, f64) -> f64) {
        if let Some(server) = self.servers.get_mut(server) {
            let updated = server.updated.map_or(first, |last| next(server.round_trip, decay(now, last, 3.0)));
            server.round_trip = updated.min(MAX_ROUND_TRIP);
            server.updated = Some(now);
        }
    }

    fn current(&self, server: usize, now: Duration) -> f64 {
        self.servers
            .get(server)
            .map_or(0.0, |server| server.round_trip * server.updated.map_or(1.0, |last| decay(now, last, 180.0)))
    }

    /// hickory's sort_servers_by_query_statistics.
    pub(super) fn quickest(&self, now: Duration) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.servers.len()).collect();
        order.sort_by(|a, b| self.current(*a, now).total_cmp(&self.current(*b, now)));
        order
    }

    /// hickory's retry interval: 1.2 smoothed round trip times, at least 333 ms.
    pub(super) fn retry_interval(&self, server: usize, now: Duration) -> Duration {
        Duration::from_micros((self.current(server, now) * 1.2) as u64).max(RETRY_FLOOR)
    }
}

/// hickory's compute_srtt_factor.
fn decay(now: Duration, last: Duration, weight: f64) -> f64 {
    (-now.saturating_sub(last).as_secs_f64().max(1.0) / weight).exp()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn permutations_are_distinct() {
        let orders: std::collections::BTreeSet<Vec<usize>> = (0..6)
            .map(|permutation| {
                let mut health = Health::new(3);
                health.shuffle(permutation);
                health.quickest(Duration::ZERO)
            })
            .collect();
        assert_eq!(orders.len(), 6);
    }

    #[test]
    fn c_ares_counts_no_further_than_its_cap() {
        // server_increment_failures: "Cap the failure count", so that the one that failed first is tried first again.
        let mut health = Health::new(2);
        (0..20).for_each(|_| health.failed(0));
        (0..16).for_each(|_| health.failed(1));
        assert_eq!(health.healthiest(), (vec![0, 1], 2));
        health.answered(1, Duration::ZERO);
        assert_eq!(health.healthiest(), (vec![1, 0], 1));
    }

    #[test]
    fn c_ares_learns_its_patience() {
        // ares_metrics.c: five times the average after three answers, from 250 ms to 5 s.
        let mut health = Health::new(1);
        let configured = Duration::from_secs(2);
        assert_eq!(health.patience(0, configured), configured);
        assert_eq!(health.patience(0, Duration::from_secs(9)), Duration::from_secs(5));
        for _ in 0..3 {
            health.answered(0, Duration::from_millis(100));
        }
        assert_eq!(health.patience(0, configured), Duration::from_millis(500));
        health.answered(0, Duration::ZERO);
        assert_eq!(health.patience(0, configured), Duration::from_millis(375));
    }
}
