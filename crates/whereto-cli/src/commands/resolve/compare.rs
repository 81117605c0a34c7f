//! One lookup with every resolver, side by side.

use std::io::{self, Write};

use serde::Serialize;

use super::walked::{Asker, conclusion, families, steps};
use super::{Resolution, World};
use crate::arguments::{ResolveArgs, Resolver};
use crate::exit::{Exit, Failure};
use crate::output::{self, Format};
use crate::walk::{End, Trace};

#[derive(Serialize)]
struct ComparisonJson {
    name: String,
    pod: String,
    /// Whether any two of them differ in addresses or queries.
    differ: bool,
    resolvers: Vec<Resolution>,
}

pub(super) fn run(args: &ResolveArgs, name: &str, asker: &Asker<'_>, world: &World<'_>) -> Result<Exit, Failure> {
    let families = families(args.record_type).map_err(Failure::bad_input)?;
    let traces: Vec<(Resolver, Trace)> =
        Resolver::ALL.into_iter().map(|resolver| (resolver, asker.look_up(resolver, name, families, world))).collect();
    let all_found = traces.iter().all(|(_, trace)| matches!(trace.end, End::Found { .. }));
    let grid = Grid::new(&traces);
    let mut out = output::stdout();
    match args.offline.output {
        Format::Json => {
            let pod = format!("{}/{}", asker.given.pod.namespace, asker.given.pod.name);
            let differ = grid.rows.iter().any(Row::differs);
            let resolvers = traces.into_iter().map(|(resolver, trace)| Resolution::of_trace(resolver, trace)).collect();
            let whole = ComparisonJson { name: name.to_owned(), pod, differ, resolvers };
            serde_json::to_writer(&mut out, &whole).map_err(io::Error::from)?;
            writeln!(out)?;
        }
        Format::Text => grid.write(name, &mut out)?,
    }
    out.flush()?;
    Ok(if all_found { Exit::Answered } else { Exit::Negative })
}

/// The end of a walk that leaves the cluster, where a cell has room for a word.
const UNKNOWN: &str = "unknown";

/// A row for each name that any of them asks for, and for what it comes to.
struct Grid {
    columns: Vec<String>,
    rows: Vec<Row>,
}

struct Row {
    title: String,
    cells: Vec<String>,
}

impl Row {
    fn differs(&self) -> bool {
        self.cells.windows(2).any(|pair| matches!(pair, [a, b] if a != b))
    }
}

impl Grid {
    fn new(traces: &[(Resolver, Trace)]) -> Self {
        let mut titles: Vec<&str> = Vec::new();
        let walks: Vec<_> = traces.iter().map(|(_, trace)| steps(&trace.queries)).collect();
        for step in walks.iter().flatten() {
            if !titles.contains(&step.name) {
                titles.push(step.name);
            }
        }
        // Which of its steps the name is, and what came of it: one word where both types agree.
        let cell = |steps: &Vec<super::walked::Step<'_>>, title: &str| {
            let mut cells = steps.iter().enumerate().filter(|(_, step)| step.name == title).map(|(index, step)| {
                let mut results: Vec<&str> = step.results.iter().map(|(_, result)| *result).collect();
                results.dedup();
                format!("{}. {}", index + 1, results.join("/"))
            });
            let first = cells.next().unwrap_or_else(|| "-".to_owned());
            cells.fold(first, |all, next| format!("{all}, {next}"))
        };
        let mut rows: Vec<Row> = titles
            .iter()
            .map(|title| Row {
                title: (*title).to_owned(),
                cells: walks.iter().map(|walk| cell(walk, title)).collect(),
            })
            .collect();
        let sent = |trace: &Trace| trace.queries.iter().filter(|asked| !asked.from_hosts).count().to_string();
        rows.push(Row { title: "queries".to_owned(), cells: traces.iter().map(|(_, trace)| sent(trace)).collect() });
        let result = |trace: &Trace| match &trace.end {
            End::Found { addresses, .. } => addresses.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "),
            End::Unknown => UNKNOWN.to_owned(),
            other => conclusion(other),
        };
        rows.push(Row { title: "result".to_owned(), cells: traces.iter().map(|(_, trace)| result(trace)).collect() });
        Self { columns: traces.iter().map(|(resolver, _)| resolver.to_string()).collect(), rows }
    }

    /// A row in which not all are alike begins with a star.
    fn write(&self, name: &str, out: &mut impl Write) -> io::Result<()> {
        let title = self.rows.iter().map(|row| row.title.len()).max().unwrap_or_default().max(name.len());
        let widths: Vec<usize> = self
            .columns
            .iter()
            .enumerate()
            .map(|(at, column)| {
                let cells = self.rows.iter().filter_map(|row| row.cells.get(at)).map(String::len);
                cells.max().unwrap_or_default().max(column.len())
            })
            .collect();
        let line = |cells: &[String]| {
            let padded = cells.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
            padded.collect::<Vec<_>>().join("  ").trim_end().to_owned()
        };
        writeln!(out, "  {name:title$}  {}", line(&self.columns))?;
        for row in &self.rows {
            let mark = if row.differs() { '*' } else { ' ' };
            writeln!(out, "{mark} {:title$}  {}", row.title, line(&row.cells))?;
        }
        if self.rows.iter().any(Row::differs) {
            writeln!(out, "* not all of them do the same")?;
        }
        if self.rows.last().is_some_and(|row| row.cells.iter().any(|cell| cell == UNKNOWN)) {
            writeln!(out, "{UNKNOWN}: only a server outside knows (--outside)")?;
        }
        Ok(())
    }
}
