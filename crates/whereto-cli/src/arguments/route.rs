use std::net::IpAddr;
use std::path::PathBuf;

use clap::Args;

use super::source::ReadingArgs;
use super::{AccessArgs, OfflineArgs, RouterArgs, SourceArgs};
use crate::output::Format;

/// What the commands about requests take.
#[derive(Debug, Args)]
pub(crate) struct RoutingArgs {
    /// Form of the output.
    #[arg(short, long, value_enum, default_value_t, value_name = "FORMAT")]
    pub(crate) output: Format,
    #[command(flatten)]
    pub(crate) source: SourceArgs,
    #[command(flatten)]
    pub(crate) router: RouterArgs,
}

/// What `whereto route` takes.
#[derive(Debug, Args)]
#[command(
    override_usage = "whereto route [OPTIONS] [METHOD] URL\n       whereto route [OPTIONS] --batch FILE",
    after_help = "\
The URL is taken as it stands, so that it can be wrong in the ways that requests are. Without scheme, http is meant; what begins with a
slash is a target, whose host stands in -H.

A batch has one request a line, {\"method\":\"GET\",\"scheme\":\"https\",\"host\":\"shop.example\",\"path\":\"/cart?x=1\",\"headers\":{},
\"sni\":\"shop.example\"}, and gets one answer a line in the same order. Of a line, all but the path may be left out; without sni, the server
name is the host.

Exit codes: 0 the request is forwarded or redirected (a batch: every line was read), 1 it is answered with an error, 2 bad input."
)]
pub(crate) struct RouteArgs {
    /// A method, GET unless given, and a URL.
    #[arg(required_unless_present = "batch", num_args = 1..=2, value_names = ["METHOD", "URL"])]
    pub(crate) request: Vec<String>,
    /// A header field (repeatable). Host takes the place of the URL's host; no other has a part in routing.
    #[arg(short = 'H', long = "header", value_name = "NAME: VALUE")]
    pub(crate) headers: Vec<String>,
    /// The TLS server name; empty for none [default: the URL's host, as clients have it].
    #[arg(long, value_name = "NAME")]
    pub(crate) sni: Option<String>,
    /// The client's address, by which the endpoint is told of a Service with sessionAffinity: ClientIP.
    #[arg(long, value_name = "ADDRESS", requires = "explain")]
    pub(crate) client: Option<IpAddr>,
    /// Tell why: which rules were looked at, what decided, and which choices that the API leaves open were made how.
    #[arg(long)]
    pub(crate) explain: bool,
    /// Answer the requests in a file of JSON lines; `-` is standard input.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["request", "headers", "sni", "explain"])]
    pub(crate) batch: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) routing: RoutingArgs,
}

/// What `whereto routes` takes.
#[derive(Debug, Args)]
#[command(mut_arg("manifests", |arg| arg.num_args(1..)))]
pub(crate) struct RoutesArgs {
    #[command(flatten)]
    pub(crate) routing: RoutingArgs,
}

/// What `whereto services` takes.
#[derive(Debug, Args)]
#[command(mut_arg("manifests", |arg| arg.num_args(1..)))]
pub(crate) struct ServicesArgs {
    #[command(flatten)]
    pub(crate) offline: OfflineArgs,
}

/// What `whereto diff` takes.
#[derive(Debug, Args)]
#[command(
    override_usage = "whereto diff [OPTIONS] A B\n       whereto diff [OPTIONS] --kube MANIFESTS",
    after_help = "\
Each line is a class of requests for some hosts that all went to one place and all go to another, with one of them. Which endpoints a
Service has makes no difference, but whether it has any does.

With --kube: what would change in the cluster if the manifests were applied. Objects that they don't have stay; those that they have keep
their age and, where they name none, their class. New Services have no endpoints.

Exit codes: 0 no request goes elsewhere, 1 some do, 2 bad input, 3 the cluster can't be read."
)]
pub(crate) struct DiffArgs {
    /// The manifests as they were: a file or folder of YAML or JSON; `-` is standard input. With --kube, those to be applied.
    #[arg(value_name = "A")]
    pub(crate) first: PathBuf,
    /// The manifests as they are to be.
    #[arg(value_name = "B", required_unless_present = "kube", conflicts_with_all = ["kube", "kubeconfig", "context", "watch_timeout"])]
    pub(crate) second: Option<PathBuf>,
    /// Compare the objects of a live cluster: as kubectl finds it, or from within a Pod.
    #[arg(long, help_heading = "Objects")]
    pub(crate) kube: bool,
    #[command(flatten)]
    pub(crate) access: AccessArgs,
    /// Form of the output.
    #[arg(short, long, value_enum, default_value_t, value_name = "FORMAT")]
    pub(crate) output: Format,
    #[command(flatten)]
    pub(crate) reading: ReadingArgs,
    #[command(flatten)]
    pub(crate) router: RouterArgs,
}
