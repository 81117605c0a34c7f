//! How long a round waits, and when it sends again.

use std::time::Duration;

use super::{Again, Lane, Timer};
use crate::walk::STREAM_PATIENCE;
use crate::walk::context::Context;
use crate::walk::policy::{Resend, Wait};

impl Lane {
    pub(super) fn wait(&self, cx: &mut Context, now: Duration) -> Timer {
        let timeout = cx.settings.timeout;
        let exactly = |wait: Duration| {
            let until = now.saturating_add(wait);
            Timer { earliest: until, until }
        };
        let server = self.servers.first().copied().unwrap_or(0);
        match cx.policy.wait {
            // A stream of glibc's has no time limit but the kernel's.
            Wait::ByPlace if self.streams() => exactly(STREAM_PATIENCE),
            Wait::ByPlace => exactly(wait_by_place(timeout, server, cx.settings.servers.len())),
            Wait::Timeout => exactly(timeout),
            Wait::Doubling => {
                let least = cx.health.patience(server, timeout);
                let times = self.round / u32::try_from(cx.settings.servers.len()).unwrap_or(u32::MAX).max(1);
                if times == 0 {
                    return exactly(least);
                }
                let longest = least.saturating_mul(1_u32.checked_shl(times).unwrap_or(u32::MAX));
                let jitter = f64::from(cx.chooser.jitter()) / 65535.0 * 0.5;
                let until = now.saturating_add(longest.saturating_sub(longest.mul_f64(jitter).min(longest)).max(least));
                Timer { earliest: now.saturating_add((longest / 2).max(least)).min(until), until }
            }
        }
    }

    pub(super) fn resends(&self, cx: &Context, now: Duration) -> Vec<Again> {
        match cx.policy.resend {
            Resend::Never => Vec::new(),
            Resend::Shares => {
                let interval = share(cx.settings.timeout, cx.settings.attempts);
                vec![Again { server: None, at: now.saturating_add(interval), interval, left: u32::MAX }]
            }
            Resend::Packets(_) if self.streams() => Vec::new(),
            Resend::Packets(packets) => {
                let again = |&server: &usize| {
                    let interval = cx.health.retry_interval(server, now);
                    Again { server: Some(server), at: now.saturating_add(interval), interval, left: packets - 1 }
                };
                self.servers.iter().map(again).collect()
            }
        }
    }
}

/// send_dg: "int seconds = (statp->retrans << ns); if (ns > 0) seconds /= statp->nscount; if (seconds <= 0) seconds = 1".
pub(in crate::walk) fn wait_by_place(timeout: Duration, place: usize, servers: usize) -> Duration {
    let shifted = timeout.as_secs().saturating_mul(1 << place.min(32));
    let divisor = if place > 0 { u64::try_from(servers).unwrap_or(1).max(1) } else { 1 };
    Duration::from_secs((shifted / divisor).max(1))
}

/// musl: "retry_interval = timeout / attempts", in milliseconds.
pub(in crate::walk) fn share(timeout: Duration, attempts: u32) -> Duration {
    let milliseconds = u64::try_from(timeout.as_millis()).unwrap_or(u64::MAX);
    Duration::from_millis((milliseconds / u64::from(attempts.max(1))).max(1))
}
