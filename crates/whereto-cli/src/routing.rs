//! The routing table that the commands without a server look at.

mod classes;

use std::sync::Arc;

use ingress_routing::{Options, Router, RoutingTable};
use k8s_source::manifests::{ManifestSource, PodOrigins, Routes};
use k8s_source::{Consumer, ObjectChange, RouterConsumer};
use object_change::{Diagnostic, Severity};

use crate::arguments::{Reads, RouterArgs, RoutingArgs};
use crate::cluster::{self, Loaded};
use crate::exit::Failure;
use crate::finding::Finding;
use crate::kube::Live;
use crate::output::{self, Format};
use crate::progress::Progress;

pub(crate) use classes::ClassFacts;

/// What commands about requests read of manifests.
pub(crate) const READS: Reads = Reads { multicluster: false, pods: PodOrigins::Skip, routes: Routes::Read };

/// The table of all objects, read with `other` beside it. Mistakes in the manifests are told, and a reason to give up unless `--keep-going`
/// is given; what is wrong with Ingresses that an API server would take is for `whereto lint` to tell.
///
/// # Errors
/// When manifests can't be used, or a live cluster can't be read.
pub(crate) fn table(args: &RoutingArgs, other: &mut dyn Consumer) -> Result<Arc<RoutingTable>, Failure> {
    match Live::open(&args.source.kube, RouterArgs::kube_options)? {
        Some(mut live) => {
            let (table, _) = read(args.router.options(true), other, |consumer| {
                live.load(consumer, &mut |_| {})?;
                Ok(Loaded::default())
            })?;
            Ok(table)
        }
        None => {
            table_of(&mut args.source.open(READS), args.router.options(false), args.source.reading.keep_going, other)
        }
    }
}

/// The same of one source of manifests.
///
/// # Errors
/// When manifests can't be used.
pub(crate) fn table_of(
    source: &mut ManifestSource,
    options: Options,
    keep_going: bool,
    other: &mut dyn Consumer,
) -> Result<Arc<RoutingTable>, Failure> {
    let (table, loaded) =
        read(options, other, |consumer| Ok(cluster::load(source, consumer, Progress::start(Format::Text), &mut tell)))?;
    match loaded.refusal().filter(|_| !keep_going) {
        Some(failure) => Err(failure),
        None => Ok(table),
    }
}

fn read(
    options: Options,
    other: &mut dyn Consumer,
    load: impl FnOnce(&mut dyn Consumer) -> Result<Loaded, Failure>,
) -> Result<(Arc<RoutingTable>, Loaded), Failure> {
    let mut router = Router::new(options);
    let mut table = router.publish();
    let loaded = load(&mut Silent((&mut RouterConsumer::new(router, |published| table = published), other)))?;
    Ok((table, loaded))
}

/// Tells errors, and nothing else.
pub(crate) fn tell(finding: Finding) {
    if finding.severity() >= Severity::Error {
        output::line(&finding.to_string());
    }
}

/// A consumer that keeps to itself what it found.
struct Silent<C>(C);

impl<C: Consumer> Consumer for Silent<C> {
    fn apply(&mut self, change: ObjectChange<'_>) -> Vec<Diagnostic> {
        self.0.apply(change);
        Vec::new()
    }

    fn publish(&mut self) {
        self.0.publish();
    }
}
