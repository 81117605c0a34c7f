use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use dns_records::{Name, NameRef, RecordType};
use tracing::{debug, error};

use super::Forwarder;
use super::exchange;
use super::upstream::UpstreamServer;
use crate::question::Question;

/// How long an upstream that does not answer is probed, and how long after the end a question may still be on its way.
const ATTEMPTS: u32 = 15;
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(2);
const AFTERMATH: Duration = Duration::from_secs(2);

/// The names that only this process asks for: who sees one of them as a question is asking himself.
#[derive(Debug, Default)]
pub(crate) struct LoopGuard {
    /// How many there are; none is the rule, and then nothing is locked.
    active: AtomicUsize,
    probes: Mutex<Vec<(Name, Arc<UpstreamServer>)>>,
}

impl LoopGuard {
    /// Whether a question that came in is one of ours that came back. Takes the upstream that sent it out of service.
    pub(crate) fn is_own(&self, name: NameRef<'_>) -> bool {
        if self.active.load(Ordering::Acquire) == 0 {
            return false;
        }
        let probes = self.probes.lock().unwrap_or_else(PoisonError::into_inner);
        let Some((_, upstream)) = probes.iter().find(|(probe, _)| probe.as_ref() == name) else { return false };
        if !upstream.is_loop() {
            upstream.mark_loop();
            error!(
                upstream = %upstream.address(),
                "questions to this upstream come back to this server: nothing is forwarded to it any more. \
                 Name another upstream, or take this server out of the host's resolv.conf"
            );
        }
        true
    }

    fn add(&self, name: &Name, upstream: &Arc<UpstreamServer>) {
        let mut probes = self.probes.lock().unwrap_or_else(PoisonError::into_inner);
        probes.push((name.clone(), Arc::clone(upstream)));
        self.active.store(probes.len(), Ordering::Release);
    }

    fn remove(&self, name: &Name) {
        let mut probes = self.probes.lock().unwrap_or_else(PoisonError::into_inner);
        probes.retain(|(probe, _)| probe != name);
        self.active.store(probes.len(), Ordering::Release);
    }
}

/// Asks an upstream for a random name in a zone until it answers anything, or the question comes back.
pub(super) fn start(forwarder: Arc<Forwarder>, zone: NameRef<'_>, upstream: Arc<UpstreamServer>) {
    let name = format!("{:016x}.{:016x}.{zone}", rand::random::<u64>(), rand::random::<u64>());
    // A zone so long that no name fits in front of it has no loop worth finding.
    let Ok(name) = name.trim_end_matches('.').parse::<Name>() else { return };
    forwarder.loop_guard().add(&name, &upstream);
    tokio::spawn(async move {
        let question = Question::new(name.as_ref(), RecordType::HINFO);
        for _ in 0..ATTEMPTS {
            let asked = exchange::is_alive(upstream.address(), &question);
            match tokio::time::timeout(ATTEMPT_TIMEOUT, asked).await {
                Ok(true) => break,
                Ok(false) => tokio::time::sleep(ATTEMPT_TIMEOUT).await,
                Err(_) => {}
            }
            if upstream.is_loop() {
                break;
            }
        }
        tokio::time::sleep(AFTERMATH).await;
        forwarder.loop_guard().remove(&name);
        debug!(upstream = %upstream.address(), looping = upstream.is_loop(), "loop detection ended");
    });
}
