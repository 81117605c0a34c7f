//! Look-ups as people read them.

use std::fmt::Write as _;

use anyhow::Result;
use whereto_conformance::lab::case::Case;
use whereto_conformance::lab::judge::line;
use whereto_conformance::lab::model::Model;
use whereto_conformance::lab::recording::Recording;
use whereto_conformance::lab::trace::Trace;

/// A look-up that our walk cannot have made, and what it makes of it when it is left alone.
pub(crate) fn difference(seed: u64, number: u64, recording: &Recording, why: &str) -> Result<String> {
    let name = recording.original.name();
    let mut text = format!("\n{name}, seed {seed} case {number}: {why}\n{}", seen(recording)?);
    text += "ours\n";
    trace(&mut text, &Model::new(recording.original, &recording.case).trace())?;
    Ok(text)
}

/// A look-up and what was seen.
pub(crate) fn seen(recording: &Recording) -> Result<String> {
    let mut text = String::new();
    for file_line in recording.case.file.split_inclusive('\n') {
        writeln!(text, "  | {}", file_line.escape_debug())?;
    }
    let rest = Case { file: String::new(), ..recording.case.clone() };
    writeln!(text, "  {}", serde_json::to_string(&rest)?)?;
    writeln!(text, "{}", recording.original.name())?;
    trace(&mut text, &recording.trace)?;
    Ok(text)
}

fn trace(text: &mut String, trace: &Trace) -> Result<()> {
    for query in &trace.queries {
        writeln!(text, "  {}", line(query))?;
    }
    writeln!(text, "  {:?} after {} ms", trace.outcome, trace.elapsed)?;
    Ok(())
}
