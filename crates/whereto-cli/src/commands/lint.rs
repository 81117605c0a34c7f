//! `whereto lint`.

mod agreement;
mod checks;
mod facts;
mod ingress;
mod pods;
mod services;

use std::io::Write;
use std::path::PathBuf;

use k8s_source::PodConsumer;
use k8s_source::manifests::{PodOrigins, Routes};
use object_change::Severity;

use crate::arguments::{LintArgs, Reads};
use crate::cluster;
use crate::exit::{Exit, Failure};
use crate::finding::Finding;
use crate::output::{self, Format};
use crate::pods::Node;
use crate::routing::ClassFacts;
use facts::Facts;
use ingress::{Models, ObjectChecks};

const READS: Reads = Reads { multicluster: false, pods: PodOrigins::Read, routes: Routes::Read };

pub(crate) fn run(args: &LintArgs) -> Result<Exit, Failure> {
    let inputs = &args.offline.source.manifests;
    let mut findings = Vec::new();
    let (mut facts, mut consumer) = (Facts::default(), PodConsumer::default());
    let (mut models, mut classes) = (Models::default(), ClassFacts::default());
    let mut checks = ObjectChecks::new(args.router.options_of_all_classes());
    let mut all = ((&mut facts, &mut consumer), ((&mut models, &mut classes), &mut checks));
    let (snapshot, loaded) = cluster::read(&args.offline, READS, &mut all, &mut |finding| findings.push(finding))?;
    let missing: Vec<&PathBuf> =
        loaded.summary.broken.iter().filter(|path| inputs.contains(path) && !is_there(path)).collect();
    let zones = &args.offline.zones;
    let node = Node::new(&args.node, zones, &consumer)?;
    let mut whole = checks::run(&facts, &snapshot, zones.is_multicluster());
    whole.extend(services::run(&facts));
    whole.extend(ingress::run(&models, &classes, &args.router));
    whole.extend(pods::run(&consumer, &facts, &node));
    whole.extend(agreement::run(&consumer, &facts, &args.node, zones));
    whole.sort_by(|a, b| a.object.cmp(&b.object));
    whole.dedup();
    findings.extend(whole.into_iter().map(Finding::Whole));
    write(&findings, args.offline.output)?;
    if let Some(path) = missing.first() {
        return Err(Failure::bad_input(format_args!("{} can't be read", path.display())));
    }
    let is_clean = findings.iter().all(|finding| finding.severity() < Severity::Warning);
    Ok(if is_clean { Exit::Answered } else { Exit::Negative })
}

/// Whether a path can be looked at: a folder that has a bad file is an input with a finding, one that is not there is none.
fn is_there(path: &PathBuf) -> bool {
    path.as_os_str() == "-" || std::fs::metadata(path).is_ok()
}

fn write(findings: &[Finding], format: Format) -> Result<(), Failure> {
    let mut out = output::stdout();
    match format {
        Format::Json => {
            let findings: Vec<_> = findings.iter().map(Finding::to_json).collect();
            serde_json::to_writer_pretty(&mut out, &findings).map_err(std::io::Error::from)?;
            writeln!(out)?;
        }
        Format::Text => {
            for finding in findings {
                writeln!(out, "{finding}")?;
            }
        }
    }
    out.flush()?;
    Ok(())
}
