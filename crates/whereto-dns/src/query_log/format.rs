use std::fmt::Write;

use dns_records::Rcode;
use serde::Serialize;

use super::{Entry, QueryLogFormat};
use crate::message::{FLAG_AA, FLAG_AD, FLAG_CD, FLAG_RA, FLAG_RD, FLAG_TC, QueryView};
use crate::metrics::Source;

#[derive(Serialize)]
struct Line<'a> {
    client: String,
    proto: &'a str,
    id: u16,
    name: &'a str,
    #[serde(rename = "type")]
    record_type: &'a str,
    class: &'a str,
    size: usize,
    #[serde(rename = "do")]
    dnssec_ok: bool,
    bufsize: u16,
    rcode: &'a str,
    flags: &'a [&'static str],
    reply_size: usize,
    seconds: f64,
    answered_by: &'static str,
}

const fn answered_by(source: Source) -> &'static str {
    match source {
        Source::Zones => "zones",
        Source::Cache => "cache",
        Source::Upstream => "upstream",
        Source::Server => "server",
    }
}

fn flags(flags: u16) -> Vec<&'static str> {
    [(FLAG_AA, "aa"), (FLAG_TC, "tc"), (FLAG_RD, "rd"), (FLAG_RA, "ra"), (FLAG_AD, "ad"), (FLAG_CD, "cd")]
        .into_iter()
        .filter_map(|(flag, name)| (flags & flag != 0).then_some(name))
        .collect()
}

fn class(class: u16) -> String {
    match class {
        1 => "IN".into(),
        3 => "CH".into(),
        4 => "HS".into(),
        255 => "ANY".into(),
        other => format!("CLASS{other}"),
    }
}

/// Appends a line. A message without a readable question has dashes, as CoreDNS's log has.
pub(super) fn write(entry: &Entry, format: QueryLogFormat, out: &mut String) {
    let view = QueryView::parse(&entry.query);
    let edns = view.and_then(|view| view.edns);
    let text = |value: Option<String>| value.unwrap_or_else(|| "-".into());
    let line = Line {
        client: entry.client.to_string(),
        proto: entry.proto,
        id: view.map_or(0, |view| view.id),
        name: &text(view.map(|view| view.name().to_string())),
        record_type: &text(view.map(|view| view.record_type.to_string())),
        class: &text(view.map(|view| class(view.class))),
        size: entry.query_len,
        dnssec_ok: edns.is_some_and(|edns| edns.dnssec_ok),
        bufsize: edns.map_or(512, |edns| edns.payload),
        rcode: &Rcode(entry.rcode).to_string(),
        flags: &flags(entry.reply_flags),
        reply_size: entry.reply_len,
        seconds: entry.took.as_secs_f64(),
        answered_by: answered_by(entry.source),
    };
    // Writing to a string does not fail.
    let _ = match format {
        QueryLogFormat::Text => line.text(out),
        QueryLogFormat::Json => {
            out.push_str(&serde_json::to_string(&line).unwrap_or_default());
            writeln!(out)
        }
    };
}

impl Line<'_> {
    fn text(&self, out: &mut String) -> std::fmt::Result {
        let Self { client, proto, id, name, record_type, class, size, dnssec_ok, bufsize, rcode, .. } = self;
        let (reply_size, seconds, answered_by) = (self.reply_size, self.seconds, self.answered_by);
        let flags = self.flags.join(",");
        writeln!(
            out,
            "{client} - {id} \"{record_type} {class} {name} {proto} {size} {dnssec_ok} {bufsize}\" {rcode} {flags} \
             {reply_size} {seconds:.9}s {answered_by}"
        )
    }
}
