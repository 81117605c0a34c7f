//! Bounds of a walk in queries and time, whatever the servers do.

use std::time::Duration;

use super::context::{Pace, Settings};
use super::lane::{share, wait_by_place};
use super::policy::{Pair, Policy, Resend, Rounds, Truncation, Wait};
use super::{STREAM_PATIENCE, STREAM_PATIENCE_SECONDS};

/// What one candidate costs at most, and what the whole walk may cost once on top.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    queries: u64,
    milliseconds: u64,
    once_queries: u64,
    once_milliseconds: u64,
}

impl Bounds {
    pub(super) fn of(policy: &Policy, settings: &Settings) -> Self {
        let servers = settings.servers.len() as u64;
        let types = settings.types.len() as u64;
        let attempts = u64::from(settings.attempts);
        let timeout = milliseconds(settings.timeout);
        let rounds = attempts.saturating_mul(servers);
        match (policy.pair, policy.rounds, policy.resend) {
            (Pair::Lockstep, ..) => {
                let waits: u64 = (0..settings.servers.len())
                    .map(|place| milliseconds(wait_by_place(settings.timeout, place, settings.servers.len())))
                    .fold(0, u64::saturating_add);
                let longest = (0..settings.servers.len())
                    .map(|place| milliseconds(wait_by_place(settings.timeout, place, settings.servers.len())))
                    .max()
                    .unwrap_or(0);
                let streams = servers.saturating_mul(STREAM_PATIENCE_SECONDS * 1000);
                Self {
                    // Each round once, and over TCP each server once.
                    queries: types.saturating_mul(rounds.saturating_add(servers)),
                    milliseconds: attempts.saturating_mul(waits).saturating_add(streams),
                    // Two falls back to one query after the other.
                    once_queries: 2 * types,
                    once_milliseconds: 2 * longest,
                }
            }
            (Pair::Joint, _, Resend::Shares) => {
                let interval = milliseconds(share(settings.timeout, settings.attempts)).max(1);
                let sends = timeout.div_ceil(interval);
                // Every query to every server, twice the queries again for SERVFAIL, and one stream for each.
                let each = types.saturating_mul(servers).saturating_add(2 * types);
                let queries = sends.saturating_mul(each).saturating_add(types);
                Self { queries, milliseconds: timeout, once_queries: 0, once_milliseconds: 0 }
            }
            (_, Rounds::OneAndAttempts, resend) => {
                let packets = if let Resend::Packets(packets) = resend { u64::from(packets) } else { 1 };
                let tries = attempts.saturating_add(1);
                let each = servers.saturating_mul(packets.saturating_add(1));
                Self {
                    queries: types.saturating_mul(tries).saturating_mul(each),
                    // A batch begins before the try's time is over, and lasts as long at most.
                    milliseconds: tries.saturating_mul(timeout.saturating_mul(2)),
                    once_queries: 0,
                    once_milliseconds: 0,
                }
            }
            _ => {
                // A round over UDP and one over TCP; c-ares also once without an OPT record. TCP holds for the rest, where it is kept.
                let extra = if policy.without_edns_after_formerr { 2 } else { 0 };
                let streams = if policy.truncation == Truncation::TcpFirst && extra == 0 { 2 } else { 1 };
                let sends = rounds.saturating_mul(streams).saturating_add(extra);
                let in_turn = if settings.pace == Pace::OneByOne { types } else { 1 };
                let time = match policy.wait {
                    Wait::Doubling => {
                        doubled(settings, servers).saturating_add(extra.saturating_mul(longest_round(settings)))
                    }
                    _ => sends.saturating_mul(timeout),
                };
                Self {
                    queries: types.saturating_mul(sends),
                    milliseconds: time.saturating_mul(in_turn),
                    once_queries: 0,
                    once_milliseconds: 0,
                }
            }
        }
    }

    pub(super) fn queries(&self, candidates: u64) -> u64 {
        self.queries.saturating_mul(candidates).saturating_add(self.once_queries)
    }

    pub(super) fn duration(&self, candidates: u64) -> Duration {
        Duration::from_millis(self.milliseconds.saturating_mul(candidates).saturating_add(self.once_milliseconds))
    }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// c-ares waits for at most 5 s, doubled each time through the list.
fn longest_round(settings: &Settings) -> u64 {
    let times = settings.attempts.saturating_sub(1);
    5000_u64.saturating_mul(1_u64.checked_shl(times).unwrap_or(u64::MAX))
}

fn doubled(settings: &Settings, servers: u64) -> u64 {
    // 5 s × (1 + 2 + 4 + …) = 5 s × (2^attempts − 1), for each server.
    let sum = 1_u64.checked_shl(settings.attempts).map_or(u64::MAX, |power| power - 1);
    5000_u64.saturating_mul(sum).saturating_mul(servers)
}

const _: () = assert!(STREAM_PATIENCE.as_secs() == STREAM_PATIENCE_SECONDS);
