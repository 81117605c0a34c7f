//! `whereto records`.

use std::io::{self, Write};

use dns_records::{RecordRef, Snapshot};
use serde::Serialize;

use crate::arguments::RecordsArgs;
use crate::cluster;
use crate::exit::{Exit, Failure};
use crate::output::{self, Format};

pub(crate) fn run(args: &RecordsArgs) -> Result<Exit, Failure> {
    let snapshot = cluster::snapshot(&args.offline)?;
    let mut out = output::stdout();
    match args.offline.output {
        _ if args.zone_file => out.write_all(snapshot.to_zone_file().as_bytes())?,
        Format::Text => table(&snapshot, &mut out)?,
        Format::Json => array(&snapshot, &mut out)?,
    }
    out.flush()?;
    Ok(Exit::Answered)
}

/// Visits each record until writing fails.
fn each(snapshot: &Snapshot, mut write: impl FnMut(&RecordRef<'_>) -> io::Result<()>) -> io::Result<()> {
    let mut result = Ok(());
    snapshot.records(|record| {
        result = write(record);
        result.is_ok()
    });
    result
}

/// Name, type and content in columns as wide as what is in them.
fn table(snapshot: &Snapshot, out: &mut impl Write) -> io::Result<()> {
    let mut width = 0;
    each(snapshot, |record| {
        width = width.max(record.owner.to_string().len());
        Ok(())
    })?;
    each(snapshot, |record| {
        writeln!(out, "{:width$}  {:5}  {}", record.owner.to_string(), record.data.record_type(), record.data)
    })
}

#[derive(Serialize)]
struct RecordJson {
    name: String,
    ttl: u32,
    class: &'static str,
    #[serde(rename = "type")]
    record_type: String,
    data: String,
}

/// One JSON array with a record in each line, written as it goes.
fn array(snapshot: &Snapshot, out: &mut impl Write) -> io::Result<()> {
    let mut separator = "[\n";
    each(snapshot, |record| {
        out.write_all(separator.as_bytes())?;
        let record = RecordJson {
            name: record.owner.to_string(),
            ttl: record.ttl,
            class: "IN",
            record_type: record.data.record_type().to_string(),
            data: record.data.to_string(),
        };
        serde_json::to_writer(&mut *out, &record)?;
        separator = ",\n";
        Ok(())
    })?;
    writeln!(out, "{}", if separator == "[\n" { "[]" } else { "\n]" })
}
