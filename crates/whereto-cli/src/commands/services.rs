//! `whereto services`.

mod facts;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use dns_records::Snapshot;
use object_change::ObjectKey;
use serde::Serialize;

use crate::arguments::{Reads, ServicesArgs};
use crate::cluster;
use crate::exit::{Exit, Failure};
use crate::output::{self, Format};
use crate::table::{Table, or_none};
use facts::{EndpointJson, Facts, PortJson, ServiceFacts};

pub(crate) fn run(args: &ServicesArgs) -> Result<Exit, Failure> {
    let mut facts = Facts::default();
    let snapshot = cluster::snapshot_with(&args.offline, Reads::default(), &mut facts, &|_| true)?;
    let (mut names, mut endpoints) = (names(&snapshot, &facts), facts.endpoints());
    let rows: Vec<Row<'_>> = facts
        .services
        .iter()
        .map(|(key, service)| Row {
            namespace: &key.namespace,
            name: &key.name,
            service_type: &service.service_type,
            cluster_ips: &service.cluster_ips,
            external_name: service.external_name.as_deref(),
            ports: &service.ports,
            endpoints: endpoints.remove(key).unwrap_or_default(),
            names: names.remove(key).unwrap_or_default(),
            service,
        })
        .collect();
    let mut out = output::stdout();
    match args.offline.output {
        Format::Json => {
            serde_json::to_writer_pretty(&mut out, &rows).map_err(io::Error::from)?;
            writeln!(out)?;
        }
        Format::Text => {
            let titles = ["NAMESPACE", "NAME", "TYPE", "CLUSTER-IP", "PORT(S)", "READY", "DNS NAME"];
            let mut table = Table::new(&titles);
            rows.iter().for_each(|row| table.push(row.cells()));
            table.write(&mut out)?;
        }
    }
    out.flush()?;
    Ok(Exit::Answered)
}

/// The names that each Service has in the forward zones, its own and those below it.
fn names(snapshot: &Snapshot, facts: &Facts) -> BTreeMap<ObjectKey, BTreeSet<String>> {
    let mut names: BTreeMap<ObjectKey, BTreeSet<String>> = BTreeMap::new();
    snapshot.records(|record| {
        let owner = record.owner.to_string();
        let labels: Vec<&str> = owner.split('.').collect();
        let key = labels.windows(3).find_map(|labels| match labels {
            [name, namespace, "svc"] => {
                Some(ObjectKey::new(*namespace, *name)).filter(|key| facts.services.contains_key(key))
            }
            _ => None,
        });
        if let Some(key) = key {
            names.entry(key).or_default().insert(owner);
        }
        true
    });
    names
}

/// A Service with what is known of it.
#[derive(Serialize)]
struct Row<'f> {
    namespace: &'f str,
    name: &'f str,
    #[serde(rename = "type")]
    service_type: &'f str,
    cluster_ips: &'f [String],
    external_name: Option<&'f str>,
    ports: &'f [PortJson],
    endpoints: BTreeSet<&'f EndpointJson>,
    #[serde(rename = "dns_names")]
    names: BTreeSet<String>,
    #[serde(skip)]
    service: &'f ServiceFacts,
}

impl Row<'_> {
    /// For people: ports as kubectl writes them, of the names the Service's own.
    fn cells(&self) -> Vec<String> {
        let ready = self.endpoints.iter().filter(|endpoint| endpoint.ready).count();
        let own = format!("{}.{}.", self.name, self.namespace);
        let mut names: Vec<&str> =
            self.names.iter().filter(|name| name.starts_with(&own)).map(|name| name.trim_end_matches('.')).collect();
        names.dedup();
        let names = match self.external_name {
            Some(target) => format!("{} -> {target}", names.join(",")),
            None => names.join(","),
        };
        let ports: Vec<String> = self.ports.iter().map(ToString::to_string).collect();
        vec![
            self.namespace.to_owned(),
            self.name.to_owned(),
            self.service_type.to_owned(),
            if self.service.is_headless { "None".to_owned() } else { or_none(self.cluster_ips.join(",")) },
            or_none(ports.join(",")),
            format!("{ready}/{}", self.endpoints.len()),
            or_none(names),
        ]
    }
}
