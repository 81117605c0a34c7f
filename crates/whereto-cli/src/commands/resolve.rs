//! `whereto resolve`.

mod batch;
mod compare;
mod explanation;
mod question;
mod walked;

use std::io::Write;
use std::sync::Arc;

use dns_records::{Limits, Rcode, RecordType, Snapshot, Verdict};
use serde::Serialize;

use crate::arguments::ResolveArgs;
use crate::cluster;
use crate::exit::{Exit, Failure};
use crate::output::{self, Format};
use crate::pods::Pods;
use crate::reply::{self, Reply};
use crate::walk::{Outside, World};
use explanation::ExplanationJson;
use question::Question;
use walked::Asker;

pub(crate) fn run(args: &ResolveArgs) -> Result<Exit, Failure> {
    if args.batch.as_ref().is_some_and(|file| file.as_os_str() == "-")
        && args.offline.source.manifests.iter().any(|path| path.as_os_str() == "-")
    {
        return Err(Failure::bad_input("standard input can't be both the manifests and the batch"));
    }
    let outside = args.outside.as_deref().map(Outside::read).transpose()?;
    // clap sees to it that there is one, unless there is a batch.
    let name = args.name.as_deref().unwrap_or_default();
    let is_as_it_is = args.batch.is_none() && Question::is_absolute(name) && !args.compare;
    let has_asker = args.asker.pod.is_some() || args.asker.namespace.is_some();
    if is_as_it_is || !has_asker {
        return without_asker(args, name, outside.as_ref());
    }
    let pods = Pods::read(&args.offline)?;
    let node = walked::node(args, &pods)?;
    let asker = Asker::new(args, &pods, &node)?;
    let world = asker.world(&pods.snapshot, outside.as_ref());
    match &args.batch {
        Some(file) => batch::run(file, &world, Some(&asker)),
        None if args.compare => compare::run(args, name, &asker, &world),
        None => walked::run(args, name, &asker, &world),
    }
}

/// Names as they are, asked of the cluster's DNS server.
fn without_asker(args: &ResolveArgs, name: &str, outside: Option<&Outside>) -> Result<Exit, Failure> {
    if let Some(file) = &args.batch {
        let snapshot = cluster::snapshot(&args.offline)?;
        return batch::run(file, &World { snapshot: &snapshot, cluster_dns: &[], outside }, None);
    }
    let question = Question::read(name, args.record_type.unwrap_or(RecordType::A)).map_err(Failure::bad_input)?;
    let snapshot: Arc<Snapshot> = cluster::snapshot(&args.offline)?;
    let world = World { snapshot: &snapshot, cluster_dns: &[], outside };
    let resolution = Resolution::of(&question, &world, &mut buffer());
    let mut out = output::stdout();
    match args.offline.output {
        Format::Json => {
            let explanation = args.explain.then(|| snapshot.explain(question.name.as_ref(), question.record_type));
            let explanation = explanation.as_ref().map(ExplanationJson::new);
            let whole = Explained { resolution: &resolution, explanation };
            serde_json::to_writer(&mut out, &whole).map_err(std::io::Error::from)?;
            writeln!(out)?;
        }
        Format::Text if args.explain => {
            write!(out, "{}", snapshot.explain(question.name.as_ref(), question.record_type))?;
        }
        Format::Text => resolution.write(&mut out)?,
    }
    out.flush()?;
    Ok(if resolution.is_positive { Exit::Answered } else { Exit::Negative })
}

/// Room for the longest reply.
fn buffer() -> Vec<u8> {
    vec![0; usize::from(u16::MAX)]
}

/// What came of a question. As JSON it is a line of a batch's output.
#[derive(Debug, Serialize)]
struct Resolution {
    /// `None`: only somebody outside knows.
    rcode: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<&'static str>,
    aa: bool,
    answers: Vec<String>,
    authority: Vec<String>,
    additional: Vec<String>,
    queries: Vec<Asked>,
    /// What the Pod's program gets, where one looked the name up.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    lookup: Option<walked::LookupJson>,
    #[serde(skip)]
    is_positive: bool,
}

/// The same, and why.
#[derive(Debug, Serialize)]
struct Explained<'r> {
    #[serde(flatten)]
    resolution: &'r Resolution,
    #[serde(skip_serializing_if = "Option::is_none")]
    explanation: Option<ExplanationJson<'r>>,
}

/// One query of the way to an answer. An absolute name takes just one.
#[derive(Debug, Serialize)]
struct Asked {
    name: String,
    #[serde(rename = "type")]
    record_type: String,
    rcode: Option<String>,
}

impl Resolution {
    /// Asks the zones as a client of the server would over TCP, with nobody to forward to but what is known of the world outside.
    fn of(question: &Question, world: &World<'_>, buffer: &mut [u8]) -> Self {
        let query = reply::query(question.name.as_ref(), question.record_type);
        if let Some(outside) = world.outside {
            let ask = &mut |question: &whereto_dns::Question| outside.lookup(question);
            let reply = whereto_dns::resolve(world.snapshot, &query, whereto_dns::Client::stream(), 0, ask);
            return Self::new(question, reply.as_deref().and_then(Reply::read), false);
        }
        let (length, is_outside) = match world.snapshot.respond(&query, Limits::tcp(), 0, buffer) {
            Verdict::Reply(length) | Verdict::Transfer { len: length, .. } => (length, false),
            Verdict::Chase { len, .. } => (len, true),
            // Of a name that falls through, the next authority knows more than the denial that was written.
            _ => (0, true),
        };
        let reply = Reply::read(buffer.get(..length).unwrap_or_default());
        Self::new(question, reply, is_outside)
    }

    fn new(question: &Question, reply: Option<Reply>, is_outside: bool) -> Self {
        let is_positive = reply.as_ref().is_some_and(Reply::is_positive);
        let empty = || Reply {
            rcode: Rcode::SERVFAIL,
            is_authoritative: false,
            answers: Vec::new(),
            authority: Vec::new(),
            additional: Vec::new(),
        };
        let Reply { rcode, is_authoritative, answers, authority, additional } = reply.unwrap_or_else(empty);
        let rcode = (!is_outside).then(|| rcode.to_string());
        Self {
            rcode: rcode.clone(),
            outcome: is_outside.then_some("outside"),
            aa: is_authoritative,
            answers,
            authority,
            additional,
            queries: vec![Asked {
                name: question.name.to_string(),
                record_type: question.record_type.to_string(),
                rcode,
            }],
            lookup: None,
            is_positive,
        }
    }

    /// For people: records, with what is not the answer itself behind `;`, so that it may be read as zone text.
    fn write(&self, out: &mut impl Write) -> std::io::Result<()> {
        let negative = match (self.outcome, self.rcode.as_deref()) {
            (Some(_), _) if self.answers.is_empty() => "OUTSIDE: the name is in none of the zones, nobody was asked",
            (Some(_), _) => "OUTSIDE: the alias leads out of the zones, nobody was asked about its target",
            (None, Some("NOERROR")) if self.answers.is_empty() => "NODATA: the name exists without such records",
            (None, Some("NXDOMAIN")) => "NXDOMAIN: the name does not exist",
            (None, Some("NOERROR")) => "",
            (None, rcode) => rcode.unwrap_or_default(),
        };
        for record in &self.answers {
            writeln!(out, "{record}")?;
        }
        if !negative.is_empty() {
            writeln!(out, "; {negative}")?;
        }
        for (title, records) in [("authority", &self.authority), ("additional", &self.additional)] {
            for record in records {
                writeln!(out, "; {title}: {record}")?;
            }
        }
        Ok(())
    }
}
