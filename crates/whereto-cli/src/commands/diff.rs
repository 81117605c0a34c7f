//! `whereto diff`.

mod applied;

use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

use ingress_routing::{Decision, RouteDifference, RoutingTable, diff};
use k8s_source::manifests::ManifestSource;
use serde::Serialize;

use crate::arguments::DiffArgs;
use crate::cluster::Ignore;
use crate::exit::{Exit, Failure};
use crate::output::{self, Format};
use crate::routing;

pub(crate) fn run(args: &DiffArgs) -> Result<Exit, Failure> {
    let (before, after) = match &args.second {
        Some(second) if [&args.first, second].iter().all(|path| path.as_os_str() == "-") => {
            return Err(Failure::bad_input("standard input can't be both sides"));
        }
        Some(second) => (table(args, &args.first)?, table(args, second)?),
        None => applied::tables(args)?,
    };
    let differences = diff(&before, &after);
    let mut out = output::stdout();
    match args.output {
        Format::Json => {
            let differences: Vec<_> = differences.iter().map(DifferenceJson::new).collect();
            serde_json::to_writer_pretty(&mut out, &differences).map_err(io::Error::from)?;
            writeln!(out)?;
        }
        Format::Text => {
            for difference in &differences {
                writeln!(out, "{difference}")?;
            }
        }
    }
    out.flush()?;
    Ok(if differences.is_empty() { Exit::Answered } else { Exit::Negative })
}

fn table(args: &DiffArgs, path: &Path) -> Result<Arc<RoutingTable>, Failure> {
    routing::table_of(&mut source(args, path), args.router.options(false), args.reading.keep_going, &mut Ignore)
}

fn source(args: &DiffArgs, path: &Path) -> ManifestSource {
    ManifestSource::new([path], args.reading.options(routing::READS))
}

/// Requests that go elsewhere.
#[derive(Serialize)]
struct DifferenceJson {
    /// The hosts: those of this pattern for which there is no more specific one.
    host: String,
    paths: Vec<String>,
    before: DecisionJson,
    after: DecisionJson,
    witness: WitnessJson,
}

/// Where requests go.
#[derive(Serialize)]
struct DecisionJson {
    outcome: &'static str,
    status: Option<u16>,
    /// `NAMESPACE/SERVICE`.
    service: Option<String>,
    port: Option<u16>,
    app_protocol: Option<String>,
    reason: Option<String>,
}

/// A request that shows it.
#[derive(Serialize)]
struct WitnessJson {
    method: &'static str,
    scheme: &'static str,
    host: String,
    path: String,
}

impl DifferenceJson {
    fn new(difference: &RouteDifference) -> Self {
        let witness = &difference.witness;
        Self {
            host: difference.host.to_string(),
            paths: difference.paths.iter().map(ToString::to_string).collect(),
            before: DecisionJson::new(&difference.before),
            after: DecisionJson::new(&difference.after),
            witness: WitnessJson {
                method: "GET",
                scheme: witness.scheme.as_str(),
                host: witness.host.clone(),
                path: witness.path.clone(),
            },
        }
    }
}

impl DecisionJson {
    fn new(decision: &Decision) -> Self {
        let empty =
            |outcome, status, reason| Self { outcome, status, service: None, port: None, app_protocol: None, reason };
        match decision {
            Decision::Forward { service, port, app_protocol } => Self {
                outcome: "forward",
                status: None,
                service: Some(service.to_string()),
                port: Some(*port),
                app_protocol: app_protocol.as_deref().map(str::to_owned),
                reason: None,
            },
            Decision::Respond { status, reason } => empty("respond", Some(*status), Some(reason.to_string())),
            Decision::Redirect { port } => Self { port: Some(*port), ..empty("redirect", Some(308), None) },
            Decision::Malformed(malformed) => empty("malformed", Some(400), Some(malformed.to_string())),
            // Another version of the crate would tell more.
            other => empty("unknown", None, Some(other.to_string())),
        }
    }
}
