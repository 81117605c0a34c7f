//! Asks both servers the same questions.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use serde_json::json;
use whereto_conformance::compare::{Theirs, Verdict};
use whereto_conformance::exchange::Client;
use whereto_conformance::process::Process;
use whereto_conformance::question::Question;
use whereto_conformance::questions;
use whereto_conformance::reply::Reply;
use whereto_conformance::variant::Variant;

use crate::changes::Marker;
use crate::cluster::{self, COREDNS, Cluster, OURS};

/// How long a reply may take; CoreDNS forgets to answer some questions.
const PATIENCE: Duration = Duration::from_millis(300);
/// How often CoreDNS is asked again where we differ: it walks Go maps.
const AGAIN: usize = 24;
/// How many differences of a comparison are printed.
const PRINTED: usize = 10;

/// What a server answers, over UDP.
pub(crate) fn ask(server: SocketAddr, name: &str, record_type: &str) -> Result<Option<Reply>> {
    let wire = Client::new(server, PATIENCE)?.udp(&Question::new(name, record_type).to_wire(7, Some(1232))?)?;
    Ok(wire.and_then(|wire| Reply::from_wire(&wire).ok()))
}

/// Waits until a server knows the Service that every cluster has.
pub(crate) fn answering(mut process: Process, address: SocketAddr) -> Result<Process> {
    process.wait(cluster::PATIENCE, || {
        let reply = ask(address, "kubernetes.default.svc.cluster.local.", "A").ok().flatten();
        reply.is_some_and(|reply| !reply.answer.is_empty())
    })?;
    Ok(process)
}

/// Waits until a server knows the marker, and gives how long that took.
pub(crate) fn await_marker(server: SocketAddr, marker: &Marker, variant: Variant) -> Result<Duration> {
    let Marker { namespace, address } = marker;
    let begin = Instant::now();
    let mut names = vec![format!("marker.{namespace}.svc.cluster.local.")];
    if variant == Variant::Verified {
        names.push(format!("{}.{namespace}.pod.cluster.local.", address.replace('.', "-")));
    }
    while begin.elapsed() < Duration::from_secs(45) {
        let knows = |name: &String| {
            let reply = ask(server, name, "A").ok().flatten();
            reply.is_some_and(|reply| reply.answer.iter().any(|line| line.ends_with(address)))
        };
        if names.iter().all(knows) {
            return Ok(begin.elapsed());
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    bail!("{server} does not know {marker:?}")
}

/// How many questions were asked about the cluster as it is, and how many answers differ.
pub(crate) fn all(cluster: &Cluster, variant: Variant, seed: u64, most: usize) -> Result<(usize, usize)> {
    let list = cluster.control_plane.api.dump()?;
    let questions = questions::derive(&list, seed, most);
    let (theirs, ours) = (Client::new(COREDNS, PATIENCE)?, Client::new(OURS, PATIENCE)?);
    let terms = variant.terms(false);
    let mut different = 0;
    for (id, question) in questions.iter().enumerate() {
        let query = question.to_wire(id as u16, None)?;
        let decode = |wire: Option<Vec<u8>>| wire.and_then(|wire| Reply::from_wire(&wire).ok());
        let Some(first) = decode(theirs.tcp(&query)?) else { continue };
        let mut known = Theirs { replies: vec![first], ..Theirs::default() };
        let our = decode(ours.tcp(&query)?);
        for _ in 0..AGAIN {
            if known.judge(our.as_ref(), terms) != Verdict::Different {
                break;
            }
            known.replies.extend(decode(theirs.tcp(&query)?).filter(|again| !known.replies.contains(again)));
        }
        if known.judge(our.as_ref(), terms) == Verdict::Different {
            different += 1;
            if different <= PRINTED {
                println!("DIFFERENT {} {}", question.qname, question.qtype);
                println!("  theirs ({}) {}\n  ours {}", known.replies.len(), json!(known.replies.first()), json!(our));
            }
        }
    }
    Ok((questions.len(), different))
}
