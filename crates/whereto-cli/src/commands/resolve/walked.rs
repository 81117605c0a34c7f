//! Names as a Pod looks them up.

use std::io::{self, Write};
use std::net::IpAddr;

use dns_records::{Name, RecordType, Snapshot};
use k8s_resolv_conf::{Families, Origin, ReadError, ResolverConfig};
use serde::Serialize;

use super::{Asked as AskedJson, Resolution};
use crate::arguments::{ResolveArgs, Resolver};
use crate::exit::{Exit, Failure};
use crate::output::{self, Format};
use crate::pods::{Given, Node, Pods};
use crate::walk::{Asked, End, Hosts, Outside, Trace, World};

/// The node of whoever asks, with what is to be noted about it told.
///
/// # Errors
/// When what was given about it can't be used.
pub(super) fn node(args: &ResolveArgs, pods: &Pods) -> Result<Node, Failure> {
    let node = Node::new(&args.asker.node, &args.offline.zones, &pods.consumer)?;
    for note in &node.notes {
        output::line(&format!("note: {note}"));
    }
    Ok(node)
}

/// Whoever asks: a Pod, with what it is given.
pub(super) struct Asker<'n> {
    pub(super) given: Given<'n>,
    pub(super) resolver: Resolver,
    hosts: Hosts,
    cluster_dns: Vec<IpAddr>,
}

impl<'n> Asker<'n> {
    /// # Errors
    /// When there is no such Pod, or it would not start.
    pub(super) fn new(args: &ResolveArgs, pods: &Pods, node: &'n Node) -> Result<Self, Failure> {
        let given = Given::new(pods.asker(&args.asker)?, node)?;
        // What nobody knows is told before anything is asked.
        given.resolv_conf_octets()?;
        let hosts = Hosts::parse(&given.hosts_octets());
        let mut cluster_dns: Vec<IpAddr> = node.kubelet.cluster_dns.iter().map(IpAddr::to_canonical).collect();
        cluster_dns.extend(pods.cluster_dns());
        Ok(Self { given, resolver: args.resolver, hosts, cluster_dns })
    }

    /// The servers that it may ask.
    pub(super) fn world<'w>(&'w self, snapshot: &'w Snapshot, outside: Option<&'w Outside>) -> World<'w> {
        World { snapshot, cluster_dns: &self.cluster_dns, outside }
    }

    /// What a resolver in the Pod holds.
    ///
    /// # Errors
    /// When it refuses the Pod's file.
    pub(super) fn config(&self, resolver: Resolver) -> Result<ResolverConfig, ReadError> {
        // The file is known: `new` asked for it.
        let file = self.given.parsed().unwrap_or_else(|_| k8s_resolv_conf::ResolvConf::parse(b""));
        resolver.0.read(&file, &self.given.environment()).result
    }

    /// A lookup with this resolver.
    pub(super) fn look_up(&self, resolver: Resolver, name: &str, families: Families, world: &World<'_>) -> Trace {
        match self.config(resolver) {
            Ok(config) => Trace::run(resolver.0, &config, name, families, &self.hosts, world),
            Err(error) => Trace::without_queries(End::Failed(error.to_string())),
        }
    }

    /// A lookup as a line of a batch's output.
    ///
    /// # Errors
    /// When the type is not one of addresses.
    pub(super) fn resolution(
        &self,
        name: &str,
        record_type: Option<RecordType>,
        world: &World<'_>,
    ) -> Result<Resolution, String> {
        let trace = self.look_up(self.resolver, name, families(record_type)?, world);
        Ok(Resolution::of_trace(self.resolver, trace))
    }
}

/// What a lookup is for.
///
/// # Errors
/// When programs do not look such records up by a search list.
pub(super) fn families(record_type: Option<RecordType>) -> Result<Families, String> {
    match record_type {
        None => Ok(Families::Both),
        Some(RecordType::A) => Ok(Families::V4),
        Some(RecordType::AAAA) => Ok(Families::V6),
        Some(other) => {
            Err(format!("a Pod's resolver looks up A and AAAA: add a final dot to the name to ask for {other}"))
        }
    }
}

/// What the Pod's program gets.
#[derive(Debug, Serialize)]
pub(super) struct LookupJson {
    resolver: String,
    /// Where the answer is from: `hosts`, `literal`, `loopback`, `dns`.
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<&'static str>,
    addresses: Vec<IpAddr>,
    /// The name that had them.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// The resolver's own words.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

impl Resolution {
    /// A lookup. Its rcode is that of the last query, NOERROR where addresses were found without any.
    pub(super) fn of_trace(resolver: Resolver, trace: Trace) -> Self {
        let last = trace.queries.last().and_then(|asked| asked.rcode.clone());
        let mut lookup =
            LookupJson { resolver: resolver.to_string(), from: None, addresses: Vec::new(), name: None, error: None };
        let (rcode, outcome) = match &trace.end {
            End::Found { addresses, name, from } => {
                lookup.addresses.clone_from(addresses);
                lookup.name.clone_from(name);
                lookup.from = Some(from);
                (Some("NOERROR".to_owned()), None)
            }
            End::Nothing => (last, Some("nothing")),
            End::Failed(error) => {
                lookup.error = Some(error.clone());
                (last, Some("failed"))
            }
            End::Unknown => (None, Some("outside")),
        };
        let is_positive = matches!(&trace.end, End::Found { .. });
        let queries = trace.queries.iter().filter(|asked| !asked.from_hosts).map(AskedJson::from).collect();
        Self {
            rcode,
            outcome,
            aa: trace.is_authoritative,
            answers: trace.answers,
            authority: Vec::new(),
            additional: Vec::new(),
            queries,
            lookup: Some(lookup),
            is_positive,
        }
    }
}

impl From<&Asked> for AskedJson {
    fn from(asked: &Asked) -> Self {
        Self { name: asked.name.clone(), record_type: asked.record_type.clone(), rcode: asked.rcode.clone() }
    }
}

pub(super) fn run(args: &ResolveArgs, name: &str, asker: &Asker<'_>, world: &World<'_>) -> Result<Exit, Failure> {
    let families = families(args.record_type).map_err(Failure::bad_input)?;
    let trace = asker.look_up(asker.resolver, name, families, world);
    let is_positive = matches!(trace.end, End::Found { .. });
    let mut out = output::stdout();
    match args.offline.output {
        Format::Json => {
            let resolution = Resolution::of_trace(asker.resolver, trace);
            serde_json::to_writer(&mut out, &resolution).map_err(io::Error::from)?;
            writeln!(out)?;
        }
        Format::Text => table(&mut out, args.explain, name, asker, world, &trace)?,
    }
    out.flush()?;
    Ok(if is_positive { Exit::Answered } else { Exit::Negative })
}

/// One row for each name that was asked for.
fn table(
    out: &mut impl Write,
    explain: bool,
    name: &str,
    asker: &Asker<'_>,
    world: &World<'_>,
    trace: &Trace,
) -> io::Result<()> {
    writeln!(out, "{name}  {}", conclusion(&trace.end))?;
    let steps = steps(&trace.queries);
    let width = |of: &dyn Fn(&Step<'_>) -> usize| steps.iter().map(of).max().unwrap_or_default();
    let (names, origins) = (width(&|step| step.name.len()), width(&|step| step.origin.to_string().len()));
    for (index, step) in steps.iter().enumerate() {
        let results: Vec<String> = step.results.iter().map(|(kind, result)| format!("{kind} {result}")).collect();
        writeln!(
            out,
            "{:>3}  {:names$}  {:origins$}  {}",
            index + 1,
            step.name,
            step.origin.to_string(),
            results.join("  ")
        )?;
        if explain {
            writeln!(out, "     {}", why(step, world))?;
        }
    }
    let sent = trace.queries.iter().filter(|asked| !asked.from_hosts).count();
    let plural = if sent == 1 { "query" } else { "queries" };
    let pod = &asker.given.pod;
    writeln!(out, "{sent} {plural}, {} in Pod {}/{}", asker.resolver, pod.namespace, pod.name)?;
    if explain && let Ok(octets) = asker.given.resolv_conf_octets() {
        for line in String::from_utf8_lossy(octets).lines() {
            writeln!(out, "  {line}")?;
        }
    }
    Ok(())
}

/// What a lookup came to, in a few words.
pub(super) fn conclusion(end: &End) -> String {
    match end {
        End::Found { addresses, from, name } => {
            let addresses = addresses.iter().map(IpAddr::to_string).collect::<Vec<_>>().join(" ");
            match (name, *from) {
                (_, "hosts") => format!("{addresses}  (/etc/hosts)"),
                (_, "literal") => format!("{addresses}  (an address already)"),
                (_, "loopback") => format!("{addresses}  (the resolver's own)"),
                (Some(name), _) => format!("{addresses}  ({name})"),
                (None, _) => addresses,
            }
        }
        End::Nothing => "no address and no error".to_owned(),
        End::Failed(error) => error.clone(),
        End::Unknown => "unknown: only a server outside knows (--outside)".to_owned(),
    }
}

/// The queries for one candidate.
pub(super) struct Step<'t> {
    pub(super) name: &'t str,
    origin: Origin,
    pub(super) results: Vec<(&'t str, &'t str)>,
    server: IpAddr,
}

/// Queries by candidate; of one that was sent again the last result counts.
pub(super) fn steps(queries: &[Asked]) -> Vec<Step<'_>> {
    let mut steps: Vec<(usize, Step<'_>)> = Vec::new();
    for asked in queries {
        let result = (asked.record_type.as_str(), asked.result());
        match steps.last_mut() {
            Some((place, step)) if *place == asked.place => {
                match step.results.iter_mut().find(|(kind, _)| *kind == result.0) {
                    Some(have) => have.1 = result.1,
                    None => step.results.push(result),
                }
            }
            _ => {
                let step =
                    Step { name: &asked.name, origin: asked.origin, results: vec![result], server: asked.server };
                steps.push((asked.place, step));
            }
        }
    }
    let mut steps: Vec<Step<'_>> = steps.into_iter().map(|(_, step)| step).collect();
    // Resolvers that send both at once do so in either order.
    steps.iter_mut().for_each(|step| step.results.sort_unstable());
    steps
}

/// Why a candidate got its answer.
fn why(step: &Step<'_>, world: &World<'_>) -> String {
    if step.results.iter().any(|(_, result)| *result == "hosts") {
        return "it is in /etc/hosts".to_owned();
    }
    if !world.cluster_dns.contains(&step.server) {
        return format!("{} is not the cluster's DNS server", step.server);
    }
    let record_type =
        if step.results.iter().all(|(kind, _)| *kind == "AAAA") { RecordType::AAAA } else { RecordType::A };
    match step.name.parse::<Name>() {
        Ok(name) => {
            let explanation = world.snapshot.explain(name.as_ref(), record_type);
            let objects: Vec<String> = explanation.objects.iter().map(ToString::to_string).collect();
            if objects.is_empty() {
                explanation.reason
            } else {
                format!("{} ({})", explanation.reason, objects.join(", "))
            }
        }
        Err(error) => error.to_string(),
    }
}
