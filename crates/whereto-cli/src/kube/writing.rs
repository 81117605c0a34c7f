//! What `whereto ingress` writes to a cluster.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use arc_swap::ArcSwap;
use ingress_routing::{Conflict, RoutingTable};
use k8s_source::kube::kube::Client;
use k8s_source::kube::{
    Finding, KubeOptions, KubeSource, LeaseTiming, NotWatched, StatusConsumer, Writer, WriterEvent, WriterHandle,
    WriterOptions,
};
use k8s_source::{Consumer, Kind};
use object_change::{ObjectKey, Severity};
use tokio::sync::Notify;
use tokio::time::{interval, sleep};
use tracing::{info, warn};

use super::log;
use crate::arguments::PublishArgs;

/// How often what is found wrong is looked at.
const LOOK: Duration = Duration::from_secs(5);
/// How often it is although no object changed: certificates expire.
const LOOK_ANYHOW: u32 = 12;

/// Writes while this replica holds the Lease.
pub(crate) struct Writing {
    writer: Writer,
    handle: WriterHandle,
    addresses: Option<(KubeSource, Box<dyn Consumer + Send>)>,
    tells_findings: bool,
    end: Arc<Notify>,
}

/// Lets another replica write, soon.
#[derive(Clone, Debug)]
pub(crate) struct EndWriting(Arc<Notify>);

impl EndWriting {
    pub(crate) fn end(&self) {
        self.0.notify_one();
    }
}

impl Writing {
    /// `None` where nothing is to be written. To be called within a runtime.
    ///
    /// # Errors
    /// Never: the kinds are known.
    pub(super) fn new(client: &Client, args: &PublishArgs, controller: &str) -> Result<Option<Self>, NotWatched> {
        if !args.writes_status() && !args.events {
            return Ok(None);
        }
        let own = client.default_namespace();
        let lease = args.lease.clone().unwrap_or_else(|| ObjectKey::new(own, "whereto-ingress"));
        let options = WriterOptions::new(lease, identity())
            .with_timing(LeaseTiming::new(args.lease_duration))
            .with_controller(controller);
        let writer = Writer::new(client.clone(), options);
        let handle = writer.handle();
        if !args.publish_address.is_empty() {
            handle.set_addresses(args.publish_address.iter().cloned());
        }
        let addresses: Option<(KubeSource, Box<dyn Consumer + Send>)> = if let Some(service) = &args.publish_service {
            let options = KubeOptions::new([Kind::Service])?
                .with_namespace(service.namespace.clone())
                .with_fields(Kind::Service, format!("metadata.name={}", service.name));
            let consumer = handle.service_addresses(service.clone());
            Some((KubeSource::new(client.clone(), &options), Box::new(consumer)))
        } else if let Some(labels) = &args.publish_nodes {
            let options = KubeOptions::new([Kind::Pod])?.with_namespace(own).with_labels(Kind::Pod, labels.as_str());
            Some((KubeSource::new(client.clone(), &options), Box::new(handle.node_addresses())))
        } else {
            None
        };
        Ok(Some(Self { writer, handle, addresses, tells_findings: args.events, end: Arc::default() }))
    }

    /// What must be told of the Ingresses, beside the router.
    pub(crate) fn consumer(&self) -> StatusConsumer {
        self.handle.ingresses()
    }

    /// What `/ready` tells of it: a line for each thing that could not be written, or be read for that.
    pub(crate) fn remarks(&self) -> impl Fn() -> String + Send + Sync + use<> {
        let handle = self.handle.clone();
        let addresses = self.addresses.as_ref().map(|(source, _)| source.status());
        move || {
            let read = addresses.as_ref().map(|status| status.borrow().clone()).unwrap_or_default();
            let read = read.kinds.into_iter().filter_map(|kind| Some(format!("addresses: {}\n", kind.problem?)));
            read.chain(handle.problems().iter().map(|problem| format!("writing: {problem}\n"))).collect()
        }
    }

    /// What ends it before the process does.
    pub(crate) fn end(&self) -> EndWriting {
        EndWriting(Arc::clone(&self.end))
    }

    /// Writes for ever, by these tables.
    pub(crate) async fn run(mut self, tables: Arc<ArcSwap<RoutingTable>>) -> Infallible {
        let handle = self.handle.clone();
        let tells_findings = self.tells_findings;
        let looking = async {
            let (mut turns, mut last) = (interval(LOOK), None);
            for turn in (0..LOOK_ANYHOW).cycle() {
                turns.tick().await;
                let table = tables.load_full();
                if turn > 0 && last.as_ref().is_some_and(|last| Arc::ptr_eq(last, &table)) {
                    continue;
                }
                if tells_findings {
                    handle.set_findings(findings(&table, SystemTime::now()));
                }
                // Other Ingresses may be ours now.
                handle.look_again();
                last = Some(table);
            }
        };
        let addresses = async {
            match &mut self.addresses {
                Some((source, consumer)) => source.run(&mut **consumer, |event| log(&event)).await,
                None => std::future::pending().await,
            }
        };
        let is_ours = |key: &ObjectKey| tables.load().has_ingress(key);
        tokio::select! {
            _ = self.writer.run(is_ours, |event| tell(&event)) => {}
            _ = addresses => {}
            () = looking => {}
            () = self.end.notified() => {}
        }
        self.writer.release().await;
        loop {
            sleep(Duration::from_secs(3600)).await;
        }
    }
}

/// What the owners of Ingresses should know.
fn findings(table: &RoutingTable, now: SystemTime) -> Vec<Finding> {
    let now = now.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let conflicts = table.conflicts();
    let conflicts = conflicts.iter().map(|conflict| {
        let reason = match conflict {
            Conflict::Unusable(_) => "Unusable",
            Conflict::UnknownTarget { .. } => "UnknownBackend",
            _ => "Conflict",
        };
        Finding::new(reason, conflict.diagnostic())
    });
    let offers = table.offers().flat_map(|offer| offer.diagnostics(now.cast_signed()));
    let certificates = offers.map(|diagnostic| Finding::new("UnusableCertificate", diagnostic));
    let all = conflicts.chain(certificates);
    all.filter(|finding| {
        finding.diagnostic.severity >= Severity::Warning && finding.diagnostic.object.kind == "Ingress"
    })
    .collect()
}

fn tell(event: &WriterEvent) {
    match event {
        WriterEvent::Leads => info!("this replica writes"),
        WriterEvent::Follows(holder) => info!(holder = holder.as_deref(), "another replica writes"),
        WriterEvent::StatusWritten(ingress) => info!(%ingress, "status written"),
        WriterEvent::Failed(problem) => warn!("cannot write: {problem}"),
        _ => {}
    }
}

/// A name that no other replica has: the Pod's, and something for those that share a host's.
fn identity() -> String {
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let host = if host.trim().is_empty() { "whereto" } else { host.trim() };
    let started = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    format!("{host}_{}-{:x}", std::process::id(), started.as_nanos())
}
