//! Watches that names which never change are always answered.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use anyhow::{Result, ensure};
use serde_json::{Value, json};
use whereto_conformance::control_plane::Api;

use crate::cluster;
use crate::compare::ask;

/// Services that never change.
const STABLE: usize = 40;

/// Asks for them all the time.
pub(crate) struct Witness {
    ended: Arc<AtomicBool>,
    asked: Arc<AtomicUsize>,
    wrong: Arc<AtomicUsize>,
    thread: Option<JoinHandle<()>>,
}

/// Creates what never changes: headless Services, whose names need three kinds of objects.
pub(crate) fn prepare(api: &Api) -> Result<()> {
    let mut objects = vec![json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "stable"}})];
    for number in 0..STABLE {
        let name = format!("s{number}");
        let meta = json!({"namespace": "stable", "name": name, "labels": {"kubernetes.io/service-name": name}});
        let slice: Value = json!({"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "metadata": meta,
            "addressType": "IPv4", "endpoints": [{"addresses": [address(number)]}], "ports": []});
        let service = json!({"apiVersion": "v1", "kind": "Service", "metadata": meta, "spec": {"clusterIP": "None"}});
        objects.extend([slice, service]);
    }
    let refused = api.load(&objects)?;
    ensure!(refused.is_empty(), "{refused:?}");
    Ok(())
}

fn address(number: usize) -> String {
    format!("10.251.0.{}", number + 1)
}

impl Witness {
    /// `may_fail`: SERVFAIL is allowed until the server has read everything, as it says itself. In the original's mode it answers before that for
    /// what it has read, and with SERVFAIL for the rest.
    pub(crate) fn start(server: SocketAddr, may_fail: bool) -> Self {
        let (ended, asked, wrong) =
            (Arc::<AtomicBool>::default(), Arc::<AtomicUsize>::default(), Arc::<AtomicUsize>::default());
        let (end, count, bad) = (Arc::clone(&ended), Arc::clone(&asked), Arc::clone(&wrong));
        let thread = thread::spawn(move || {
            let mut may_fail = may_fail;
            for number in (0..STABLE).cycle() {
                if end.load(Ordering::Relaxed) {
                    break;
                }
                let reply = ask(server, &format!("s{number}.stable.svc.cluster.local."), "A").ok().flatten();
                let is_right = reply.as_ref().is_some_and(|reply| {
                    reply.rcode == "NOERROR" && reply.answer.iter().any(|line| line.ends_with(&address(number)))
                });
                let is_early = may_fail && reply.as_ref().is_none_or(|reply| reply.rcode == "SERVFAIL");
                if may_fail && is_right {
                    may_fail = !cluster::told(server, "/ready").is_ok_and(|(status, _)| status == 200);
                }
                count.fetch_add(1, Ordering::Relaxed);
                if !is_right && !is_early && bad.fetch_add(1, Ordering::Relaxed) == 0 {
                    println!("WRONG s{number}.stable: {reply:?}");
                }
                thread::sleep(Duration::from_millis(3));
            }
        });
        Self { ended, asked, wrong, thread: Some(thread) }
    }

    /// How often it asked, and how often the answer was wrong.
    pub(crate) fn end(mut self) -> (usize, usize) {
        self.ended.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
        (self.asked.load(Ordering::Relaxed), self.wrong.load(Ordering::Relaxed))
    }
}
