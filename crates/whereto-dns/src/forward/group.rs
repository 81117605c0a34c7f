use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use dns_records::{Name, NameRef};
use rand::RngExt;

use super::stats::ForwardStats;
use super::upstream::UpstreamServer;
use super::{ForwardConfig, Policy};
use crate::answer::{Answer, TtlCaps};
use crate::question::Question;

/// A zone and the servers that answer for it.
#[derive(Debug)]
pub(super) struct Group {
    zone: Name,
    upstreams: Vec<Arc<UpstreamServer>>,
    policy: Policy,
    next: AtomicUsize,
}

impl Group {
    /// One group per zone, longest zones first. Rules for the same zone are taken together; a server that several zones
    /// name is one.
    pub(super) fn from_config(config: ForwardConfig, stats: &Arc<ForwardStats>) -> Vec<Self> {
        let mut groups: Vec<Self> = Vec::new();
        let mut known: Vec<Arc<UpstreamServer>> = Vec::new();
        let mut server = |address: SocketAddr| {
            if let Some(upstream) = known.iter().find(|upstream| upstream.address() == address) {
                return Arc::clone(upstream);
            }
            let upstream = Arc::new(UpstreamServer::new(address, config.attempt_timeout, config.max_fails, stats));
            known.push(Arc::clone(&upstream));
            upstream
        };
        for rule in config.rules {
            let (zone, servers) = rule.into_parts();
            let position = groups.iter().position(|group| group.zone == zone).unwrap_or(groups.len());
            if position == groups.len() {
                groups.push(Self { zone, upstreams: Vec::new(), policy: config.policy, next: AtomicUsize::new(0) });
            }
            let Some(group) = groups.get_mut(position) else { continue };
            for address in servers {
                if !group.upstreams.iter().any(|upstream| upstream.address() == address) {
                    group.upstreams.push(server(address));
                }
            }
        }
        groups.retain(|group| !group.upstreams.is_empty());
        groups.sort_by_key(|group| std::cmp::Reverse(group.zone.as_ref().labels().count()));
        groups
    }

    pub(super) const fn zone(&self) -> NameRef<'_> {
        self.zone.as_ref()
    }

    pub(super) fn upstreams(&self) -> impl Iterator<Item = &Arc<UpstreamServer>> {
        self.upstreams.iter()
    }

    /// Asks one after another until one answers, each twice at most. While none is healthy one is asked all the same.
    pub(super) async fn ask(&self, question: &Question, caps: TtlCaps, stats: &ForwardStats) -> Option<Answer> {
        let mut attempts = 2 * self.upstreams.len();
        while attempts > 0 {
            let mut order = self.order();
            if order.is_empty() {
                stats.all_down.inc();
                order.extend(self.any());
            }
            if order.is_empty() {
                return None;
            }
            for upstream in order {
                if attempts == 0 {
                    return None;
                }
                attempts -= 1;
                if let Some(answer) = upstream.ask(question, caps).await {
                    return Some(answer);
                }
            }
        }
        None
    }

    /// The healthy upstreams in the policy's order.
    fn order(&self) -> Vec<&Arc<UpstreamServer>> {
        let count = self.upstreams.len();
        let first = match self.policy {
            Policy::Sequential => 0,
            Policy::Random if count > 1 => rand::rng().random_range(0..count),
            Policy::Random => 0,
            Policy::RoundRobin => self.next.fetch_add(1, Ordering::Relaxed) % count.max(1),
        };
        let (before, from) = self.upstreams.split_at(first.min(count));
        from.iter().chain(before).filter(|upstream| upstream.is_healthy()).collect()
    }

    fn any(&self) -> Option<&Arc<UpstreamServer>> {
        let usable: Vec<_> = self.upstreams.iter().filter(|upstream| !upstream.is_loop()).collect();
        let index = if usable.len() > 1 { rand::rng().random_range(0..usable.len()) } else { 0 };
        usable.get(index).copied()
    }
}
