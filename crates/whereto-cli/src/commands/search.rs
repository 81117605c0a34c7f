//! `whereto search`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, Write};
use std::path::Path;

use k8s_resolv_conf::{Ask, Candidates, Environment, Lookup, ResolvConf};
use serde::{Deserialize, Serialize};

use crate::arguments::{Resolver, SearchArgs};
use crate::batch;
use crate::exit::{Exit, Failure};
use crate::output::{self, Format};
use crate::pods::{Given, Node, Pods};
use crate::walk::nothing_exists;

pub(crate) fn run(args: &SearchArgs) -> Result<Exit, Failure> {
    let default = File::of(args)?;
    if let Some(file) = &args.batch {
        return batch::run(file, |text| answer(text, args.resolver, default.as_ref()));
    }
    let Some(file) = default else {
        return Err(Failure::bad_input(
            "whose search list? --pod NAMESPACE/NAME, --namespace NAMESPACE or --resolv-conf FILE tells",
        ));
    };
    // clap sees to it that there is one.
    let name = args.name.as_deref().unwrap_or_default();
    let searched = SearchJson::new(name, args.resolver, &file);
    let is_refused = searched.error.is_some();
    let mut out = output::stdout();
    match args.offline.output {
        Format::Json => {
            serde_json::to_writer(&mut out, &searched).map_err(io::Error::from)?;
            writeln!(out)?;
        }
        Format::Text => write(&mut out, name, args.resolver, &file, &searched)?,
    }
    out.flush()?;
    Ok(if is_refused { Exit::Negative } else { Exit::Answered })
}

/// A resolv.conf, and what else a program looks at.
struct File {
    content: ResolvConf,
    environment: Environment,
}

impl File {
    /// The file that the arguments tell of, if they do.
    fn of(args: &SearchArgs) -> Result<Option<Self>, Failure> {
        if let Some(path) = &args.resolv_conf {
            return Self::read(path).map(Some).map_err(Failure::bad_input);
        }
        if args.asker.pod.is_none() && args.asker.namespace.is_none() {
            return Ok(None);
        }
        let pods = Pods::read(&args.offline)?;
        let node = Node::new(&args.asker.node, &args.offline.zones, &pods.consumer)?;
        node.notes.iter().for_each(|note| output::line(&format!("note: {note}")));
        let given = Given::new(pods.asker(&args.asker)?, &node)?;
        Ok(Some(Self { content: given.parsed()?, environment: given.environment() }))
    }

    fn read(path: &Path) -> Result<Self, String> {
        let octets = fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(Self { content: ResolvConf::parse(&octets), environment: Environment::new() })
    }
}

/// One line of a batch.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    name: String,
    resolv_conf: Option<String>,
    resolver: Option<String>,
}

fn answer(text: &[u8], resolver: Resolver, default: Option<&File>) -> Result<SearchJson, String> {
    let line: Line = serde_json::from_slice(text).map_err(|error| error.to_string())?;
    let resolver = match &line.resolver {
        None => resolver,
        Some(text) => text.parse().map_err(|error| format!("resolver {text:?}: {error}"))?,
    };
    let file = match &line.resolv_conf {
        None => None,
        // Each line of a file that means anything has a blank.
        Some(text) if !text.is_empty() && !text.contains([' ', '\t', '\n']) => Some(File::read(Path::new(text))?),
        Some(text) => Some(File { content: ResolvConf::parse(text.as_bytes()), environment: Environment::new() }),
    };
    let file = file.as_ref().or(default).ok_or("resolv_conf is missing")?;
    Ok(SearchJson::new(&line.name, resolver, file))
}

/// As it is printed with `-o json`.
#[derive(Serialize)]
struct SearchJson {
    /// The names that are asked for while none exists.
    candidates: Vec<String>,
    queries: Vec<QueryJson>,
    /// The text is an address, which is the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<String>,
    /// The name is the host's own, and nobody is asked.
    #[serde(skip_serializing_if = "is_false")]
    loopback: bool,
    /// Places of the walk for which there is no query, and why.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    skipped: Vec<String>,
    /// Why the resolver asks for nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    #[serde(skip)]
    origins: Vec<String>,
}

#[derive(Serialize)]
struct QueryJson {
    name: String,
    #[serde(rename = "type")]
    record_type: String,
}

fn is_false(value: &bool) -> bool {
    !value
}

impl SearchJson {
    fn new(name: &str, resolver: Resolver, file: &File) -> Self {
        let mut this = Self {
            candidates: Vec::new(),
            queries: Vec::new(),
            address: None,
            loopback: false,
            skipped: Vec::new(),
            error: None,
            origins: Vec::new(),
        };
        let config = match resolver.0.read(&file.content, &file.environment).result {
            Ok(config) => config,
            Err(error) => {
                this.error = Some(error.to_string());
                return this;
            }
        };
        let lookup = Lookup::new(resolver.0, &config, name);
        match lookup.candidates() {
            Candidates::Literal(address) => this.address = Some(address.to_string()),
            Candidates::Loopback => this.loopback = true,
            Candidates::Refused(failure) => this.error = Some(failure.to_string()),
            Candidates::Names { list, otherwise } => {
                this.address = otherwise.map(|address| address.to_string());
                for candidate in &list {
                    let origin = candidate.origin.to_string();
                    match &candidate.ask {
                        Ask::Query(name) => {
                            this.candidates.push(name.to_string());
                            this.origins.push(origin);
                        }
                        Ask::Skip(fault) | Ask::SkipToAsIs(fault) | Ask::Fail(fault) | Ask::Lost(fault) => {
                            this.skipped.push(format!("{origin}: {fault}"));
                        }
                    }
                }
                let queries = nothing_exists(&lookup);
                this.queries = queries
                    .iter()
                    .map(|query| QueryJson { name: query.name.to_string(), record_type: query.query_type.to_string() })
                    .collect();
            }
        }
        this
    }
}

fn write(out: &mut impl Write, name: &str, resolver: Resolver, file: &File, searched: &SearchJson) -> io::Result<()> {
    let ndots = resolver.0.read(&file.content, &file.environment).result.map(|config| config.ndots).unwrap_or_default();
    writeln!(out, "{name}  {resolver}, ndots {ndots}, dots {}", name.matches('.').count())?;
    let width = searched.candidates.iter().map(String::len).max().unwrap_or_default();
    let mut types: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for query in &searched.queries {
        types.entry(&query.name).or_default().insert(&query.record_type);
    }
    for (index, (candidate, origin)) in searched.candidates.iter().zip(&searched.origins).enumerate() {
        let types = types.get(candidate.as_str()).map(|types| types.iter().copied().collect::<Vec<_>>().join(" "));
        let asked = types.as_deref().unwrap_or("not reached");
        writeln!(out, "{:>3}  {candidate:width$}  {asked:7}  {origin}", index + 1)?;
    }
    for skipped in &searched.skipped {
        writeln!(out, "  -  {skipped}")?;
    }
    if let Some(address) = &searched.address {
        writeln!(out, "{address} is an address already")?;
    }
    if searched.loopback {
        writeln!(out, "::1 and 127.0.0.1: the resolver asks nobody")?;
    }
    match &searched.error {
        Some(error) => writeln!(out, "refused: {error}"),
        None => writeln!(out, "{} queries if none of them exists", searched.queries.len()),
    }
}
