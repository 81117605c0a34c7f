//! What each command takes.

mod admin;
mod dns;
mod forward;
mod ingress;
mod kube;
mod limits;
mod log;
mod pod;
mod publish;
mod resolver;
mod route;
mod router;
mod source;
mod zones;

use std::net::IpAddr;
use std::path::PathBuf;

use clap::Args;
use clap_complete::Shell;
use dns_records::RecordType;

pub(crate) use admin::AdminArgs;
pub(crate) use dns::DnsArgs;
pub(crate) use ingress::IngressArgs;
pub(crate) use kube::{AccessArgs, KubeArgs};
pub(crate) use log::LogArgs;
pub(crate) use pod::{AskerArgs, NodeArgs, PodRef};
pub(crate) use publish::PublishArgs;
pub(crate) use resolver::Resolver;
pub(crate) use route::{DiffArgs, RouteArgs, RoutesArgs, RoutingArgs, ServicesArgs};
pub(crate) use router::RouterArgs;
pub(crate) use source::{Reads, SourceArgs};
pub(crate) use zones::ZoneArgs;

use crate::output::Format;

/// What the commands that look at the zones from outside take.
#[derive(Debug, Args)]
pub(crate) struct OfflineArgs {
    /// Form of the output.
    #[arg(short, long, value_enum, default_value_t, value_name = "FORMAT")]
    pub(crate) output: Format,
    #[command(flatten)]
    pub(crate) source: SourceArgs,
    #[command(flatten)]
    pub(crate) zones: ZoneArgs,
    /// An address by which clients reach the DNS server: decides what NS answers name (repeatable).
    #[arg(long = "own-address", value_name = "IP", help_heading = "Zones")]
    pub(crate) own_addresses: Vec<IpAddr>,
}

/// What `whereto resolve` takes.
#[derive(Debug, Args)]
#[command(after_help = "\
A name with a final dot is asked for as it is: web.shop.svc.cluster.local. One without is looked up as the Pod of --pod or --namespace
does: its hosts file, then the walk of its resolver through its search list.

A batch has one question a line, {\"name\":\"web.shop.svc.cluster.local.\",\"type\":\"A\"}, and gets one answer a line in the same
order. Names that lead out of the zones get \"rcode\":null and \"outcome\":\"outside\": nobody is asked about them, unless --outside
tells what there is.

Exit codes: 0 answered (a batch: every line was read), 1 a negative answer or a name outside the zones, 2 bad input.")]
pub(crate) struct ResolveArgs {
    /// The name.
    #[arg(required_unless_present = "batch")]
    pub(crate) name: Option<String>,
    /// Type of the records [default: A for a name with a final dot, else A and AAAA].
    #[arg(short = 't', long = "type", value_name = "TYPE")]
    pub(crate) record_type: Option<RecordType>,
    /// Tell why, and what may have been meant.
    #[arg(long)]
    pub(crate) explain: bool,
    /// Answer the questions in a file of JSON lines; `-` is standard input.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["name", "record_type", "explain", "compare"])]
    pub(crate) batch: Option<PathBuf>,
    /// The resolver in the Pod: glibc, musl, go, c-ares or hickory; glibc:2.31 and musl:1.2.3 name a version.
    #[arg(long, value_name = "RESOLVER", default_value_t)]
    pub(crate) resolver: Resolver,
    /// The same lookup with every resolver, side by side.
    #[arg(long, conflicts_with = "resolver")]
    pub(crate) compare: bool,
    /// What there is outside the cluster, in lines such as `api.example.com A 192.0.2.7`; other names outside do not exist then.
    #[arg(long, value_name = "FILE")]
    pub(crate) outside: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) asker: AskerArgs,
    #[command(flatten)]
    pub(crate) offline: OfflineArgs,
}

/// What `whereto search` takes.
#[derive(Debug, Args)]
#[command(after_help = "\
A batch has one question a line, {\"name\":\"web\",\"resolv_conf\":\"search a.example\\nnameserver 10.96.0.10\\n\",\"resolver\":\"musl\"}, and
gets one answer a line in the same order, {\"candidates\":[…],\"queries\":[{\"name\":…,\"type\":…}]}. A resolv_conf without any blank is the
path of a file. What a line leaves out is as on the command line.

Exit codes: 0 answered (a batch: every line was read), 1 the resolver refuses the name or the file, 2 bad input.")]
pub(crate) struct SearchArgs {
    /// The name as a program has it.
    #[arg(required_unless_present = "batch")]
    pub(crate) name: Option<String>,
    /// Read this resolv.conf rather than that of a Pod.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["pod", "namespace"])]
    pub(crate) resolv_conf: Option<PathBuf>,
    /// The resolver: glibc, musl, go, c-ares or hickory; glibc:2.31 and musl:1.2.3 name a version.
    #[arg(long, value_name = "RESOLVER", default_value_t)]
    pub(crate) resolver: Resolver,
    /// Answer the questions in a file of JSON lines; `-` is standard input.
    #[arg(long, value_name = "FILE", conflicts_with = "name")]
    pub(crate) batch: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) asker: AskerArgs,
    #[command(flatten)]
    pub(crate) offline: OfflineArgs,
}

/// What `whereto resolv-conf` takes.
#[derive(Debug, Args)]
#[command(after_help = "\
The file goes to standard output as it stands in the Pod, kubelet's events to standard error.

Exit codes: 0 answered, 2 bad input, or a Pod that would not start.")]
pub(crate) struct ResolvConfArgs {
    /// The Pod's /etc/hosts instead.
    #[arg(long)]
    pub(crate) hosts: bool,
    #[command(flatten)]
    pub(crate) asker: AskerArgs,
    #[command(flatten)]
    pub(crate) offline: OfflineArgs,
}

/// What `whereto env` takes.
#[derive(Debug, Args)]
pub(crate) struct EnvArgs {
    /// The Pod; NAMESPACE/deployment/NAME is one that the Deployment makes, and likewise for other workloads.
    #[arg(long, value_name = "NAMESPACE/NAME")]
    pub(crate) pod: PodRef,
    #[command(flatten)]
    pub(crate) offline: OfflineArgs,
}

/// What `whereto records` takes.
#[derive(Debug, Args)]
#[command(mut_arg("manifests", |arg| arg.num_args(1..)))]
pub(crate) struct RecordsArgs {
    /// As a zone file, one zone after another.
    #[arg(long, conflicts_with = "output")]
    pub(crate) zone_file: bool,
    #[command(flatten)]
    pub(crate) offline: OfflineArgs,
}

/// What `whereto lint` takes.
#[derive(Debug, Args)]
#[command(mut_arg("manifests", |arg| arg.num_args(1..)), mut_arg("keep_going", |arg| arg.hide(true)))]
#[command(after_help = "Exit codes: 0 clean, 1 warnings or errors, 2 an input that is not there.")]
pub(crate) struct LintArgs {
    #[command(flatten)]
    pub(crate) router: RouterArgs,
    #[command(flatten)]
    pub(crate) node: NodeArgs,
    #[command(flatten)]
    pub(crate) offline: OfflineArgs,
}

/// What `whereto completions` takes.
#[derive(Debug, Args)]
pub(crate) struct CompletionsArgs {
    /// The shell.
    #[arg(value_enum)]
    pub(crate) shell: Shell,
}

/// What `whereto man` takes.
#[derive(Debug, Args)]
pub(crate) struct ManArgs {
    /// The command that the page is about; without it, the page of the whole.
    #[arg(value_name = "COMMAND")]
    pub(crate) command: Option<String>,
}
