//! `whereto routes`.

mod row;

use std::cmp::Reverse;
use std::collections::HashMap;
use std::io::{self, Write};

use ingress_routing::{Conflict, Route, RouteMatch, RoutingTable};

use crate::arguments::RoutesArgs;
use crate::cluster::unix_seconds;
use crate::exit::{Exit, Failure};
use crate::output::{self, Format};
use crate::routing::{self, ClassFacts};
use crate::table::Table;
use row::Row;

pub(crate) fn run(args: &RoutesArgs) -> Result<Exit, Failure> {
    let mut classes = ClassFacts::default();
    let table = routing::table(&args.routing, &mut classes)?;
    let rows = rows(&table, &classes);
    let mut out = output::stdout();
    match args.routing.output {
        Format::Json => {
            serde_json::to_writer_pretty(&mut out, &rows).map_err(io::Error::from)?;
            writeln!(out)?;
        }
        Format::Text => {
            let titles = ["CLASS", "HOST", "PATH", "TYPE", "BACKEND", "READY", "CERTIFICATE", "OWNER", "NOTE"];
            let mut text = Table::new(&titles);
            rows.iter().for_each(|row| text.push(row.cells()));
            text.write(&mut out)?;
        }
    }
    out.flush()?;
    Ok(Exit::Answered)
}

/// The rules by host and, for one host, in the order in which they are tried; then the default backends.
fn rows(table: &RoutingTable, classes: &ClassFacts) -> Vec<Row> {
    let now = unix_seconds() as i64;
    let conflicts = table.conflicts();
    let unused = unused(&conflicts);
    let mut routes: Vec<&Route> = table.routes().collect();
    routes.sort_by(|a, b| {
        (Reverse(a.host().form()), a.host(), Reverse(a.rank())).cmp(&(
            Reverse(b.host().form()),
            b.host(),
            Reverse(b.rank()),
        ))
    });
    let rules = routes.into_iter().map(|route| {
        let note = unused.get(&std::ptr::from_ref(route)).cloned();
        Row::new(table, classes, RouteMatch::Rule(route), note, now)
    });
    let defaults =
        table.default_backends().map(|default| Row::new(table, classes, RouteMatch::HostDefault(default), None, now));
    rules.chain(defaults).collect()
}

/// The rules of which another is always preferred, and which it is.
fn unused(conflicts: &[Conflict<'_>]) -> HashMap<*const Route, String> {
    let losers = conflicts.iter().filter_map(|conflict| match conflict {
        Conflict::Duplicate { winner, loser, .. } => Some((*loser, *winner)),
        Conflict::Shadowed { route, by, .. } => Some((*route, *by)),
        _ => None,
    });
    losers
        .map(|(loser, winner)| (std::ptr::from_ref(loser), format!("unused: {} comes first", winner.ingress())))
        .collect()
}
