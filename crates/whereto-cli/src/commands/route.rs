//! `whereto route`.

mod answer;
mod batch;
mod explanation;
mod request;

use std::io::{self, Write};

use ingress_routing::{Outcome, RequestBuffer};

use crate::arguments::RouteArgs;
use crate::cluster::{Ignore, unix_seconds};
use crate::exit::{Exit, Failure};
use crate::output::{self, Format};
use crate::routing;
use answer::Answer;
use explanation::ExplanationJson;
use request::Asked;

pub(crate) fn run(args: &RouteArgs) -> Result<Exit, Failure> {
    let is_twice = |file: &std::path::PathBuf| file.as_os_str() == "-" && args.routing.source.manifests.contains(file);
    if args.batch.as_ref().is_some_and(is_twice) {
        return Err(Failure::bad_input("standard input can't be both the manifests and the batch"));
    }
    if let Some(file) = &args.batch {
        let table = routing::table(&args.routing, &mut Ignore)?;
        return batch::run(file, &table);
    }
    let asked = Asked::from_args(args).map_err(Failure::bad_input)?;
    let table = routing::table(&args.routing, &mut Ignore)?;
    let mut head = asked.head();
    head.peer = args.client;
    let mut buffer = RequestBuffer::new();
    let outcome = table.route(&head, &mut buffer);
    let certificate = asked.certificate(&table, unix_seconds() as i64);
    let answer = Answer::new(&table, &outcome, certificate.as_ref());
    let mut out = output::stdout();
    match args.routing.output {
        Format::Json => {
            let why = args.explain.then(|| table.explain(&head));
            let explanation = why.as_ref().map(|why| ExplanationJson::new(why, certificate.as_ref()));
            serde_json::to_writer(&mut out, &answer.with_explanation(explanation)).map_err(io::Error::from)?;
            writeln!(out)?;
        }
        Format::Text if args.explain => {
            write!(out, "{}", table.explain(&head))?;
            explanation::write(&mut out, &asked, certificate.as_ref())?;
        }
        Format::Text => answer.write(&mut out, &asked, &outcome)?,
    }
    out.flush()?;
    Ok(if is_served(&outcome) { Exit::Answered } else { Exit::Negative })
}

/// Whether the client gets what it asked for, be it in another place.
const fn is_served(outcome: &Outcome<'_>) -> bool {
    match outcome {
        Outcome::Forward(_) | Outcome::Redirect { .. } => true,
        Outcome::Respond { status, .. } => *status < 400,
        _ => false,
    }
}
