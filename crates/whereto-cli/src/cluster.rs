//! The zones that the commands without a server look at.

use std::sync::Arc;
use std::time::SystemTime;

use dns_records::model::Change;
use dns_records::{ClusterZones, Snapshot};
use k8s_source::manifests::{Event, ManifestSource, Summary};
use k8s_source::{Consumer, DnsConsumer, ObjectChange};
use object_change::{Diagnostic, ObjectRef, Severity};

use crate::arguments::{OfflineArgs, Reads};
use crate::exit::Failure;
use crate::finding::Finding;
use crate::kube::Live;
use crate::output::{self, Format};
use crate::progress::Progress;

/// Seconds since 1970, of which SOA serials are made.
pub(crate) fn unix_seconds() -> u64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

/// What a first load came to. Of a live cluster there is nothing to tell: no manifest is wrong.
#[derive(Debug, Default)]
pub(crate) struct Loaded {
    pub(crate) summary: Summary,
    /// Mistakes in the manifests themselves: malformed documents, values of a wrong type, files that can't be read.
    mistakes: u64,
}

impl Loaded {
    /// Why not to go on with what was read, unless told to. What an API server would take is no reason.
    pub(crate) fn refusal(&self) -> Option<Failure> {
        let mistakes = self.mistakes.max(self.summary.broken.len() as u64);
        let plural = if mistakes == 1 { "" } else { "s" };
        (mistakes > 0).then(|| {
            Failure::bad_input(format_args!("{mistakes} error{plural} in the manifests (--keep-going uses the rest)"))
        })
    }
}

/// Reads everything, tells `found` what there is to tell, and shows progress.
pub(crate) fn load(
    source: &mut ManifestSource,
    consumer: &mut dyn Consumer,
    mut progress: Progress,
    found: &mut dyn FnMut(Finding),
) -> Loaded {
    let mut counting = Counting { consumer, errors: 0 };
    let summary = source.load(&mut counting, &mut |event| match event {
        Event::Progress { objects } => progress.tell(objects),
        Event::Found(located) => {
            progress.clear();
            found(Finding::Located(located));
        }
        _ => {}
    });
    let mistakes = summary.errors.saturating_sub(counting.errors);
    Loaded { summary, mistakes }
}

/// Counts what of the errors is about the meaning of objects, which a cluster may well hold.
struct Counting<'c> {
    consumer: &'c mut dyn Consumer,
    errors: u64,
}

impl Consumer for Counting<'_> {
    fn apply(&mut self, change: ObjectChange<'_>) -> Vec<Diagnostic> {
        let diagnostics = self.consumer.apply(change);
        self.errors += diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error).count() as u64;
        diagnostics
    }

    fn publish(&mut self) {
        self.consumer.publish();
    }
}

/// The zones, read with `other` beside them.
///
/// # Errors
/// When the options do not fit together, or a live cluster can't be read.
pub(crate) fn read(
    args: &OfflineArgs,
    reads: Reads,
    other: &mut dyn Consumer,
    found: &mut dyn FnMut(Finding),
) -> Result<(Arc<Snapshot>, Loaded), Failure> {
    let config = args.zones.config(false).map_err(Failure::bad_input)?;
    let mut zones = ClusterZones::new(config).map_err(Failure::bad_input)?;
    let mut snapshot = zones.publish(0);
    let mut consumer = DnsConsumer::new(zones, unix_seconds, |published| snapshot = published);
    consumer.apply_change(Change::OwnAddresses(args.own_addresses.clone()));
    let mut both = (&mut consumer, other);
    let loaded = if let Some(mut live) = Live::open(&args.source.kube, || args.zones.kube_options(reads))? {
        live.load(&mut both, found)?;
        Loaded::default()
    } else {
        let mut source = args.source.open(Reads { multicluster: args.zones.is_multicluster(), ..reads });
        load(&mut source, &mut both, Progress::start(Format::Text), found)
    };
    drop(consumer);
    Ok((snapshot, loaded))
}

/// The zones alone. Errors in the manifests are told, and a reason to give up unless `--keep-going` is given.
///
/// # Errors
/// When the options do not fit together, or manifests can't be used.
pub(crate) fn snapshot(args: &OfflineArgs) -> Result<Arc<Snapshot>, Failure> {
    snapshot_with(args, Reads::default(), &mut Ignore, &|_| true)
}

/// The same, read with `other` beside the zones; only errors about objects that `is_told` takes are told.
///
/// # Errors
/// As [`snapshot`].
pub(crate) fn snapshot_with(
    args: &OfflineArgs,
    reads: Reads,
    other: &mut dyn Consumer,
    is_told: &dyn Fn(&ObjectRef) -> bool,
) -> Result<Arc<Snapshot>, Failure> {
    let (snapshot, loaded) = read(args, reads, other, &mut |finding| {
        if finding.severity() >= Severity::Error && is_told(&finding.diagnostic().object) {
            output::line(&finding.to_string());
        }
    })?;
    match loaded.refusal().filter(|_| !args.source.reading.keep_going) {
        Some(failure) => Err(failure),
        None => Ok(snapshot),
    }
}

/// A consumer that wants nothing.
pub(crate) struct Ignore;

impl Consumer for Ignore {
    fn apply(&mut self, _: ObjectChange<'_>) -> Vec<Diagnostic> {
        Vec::new()
    }

    fn publish(&mut self) {}
}
