//! What each command takes.

mod dns;
mod forward;
mod limits;
mod source;
mod zones;

use std::net::IpAddr;
use std::path::PathBuf;

use clap::Args;
use clap_complete::Shell;
use dns_records::RecordType;

pub(crate) use dns::DnsArgs;
pub(crate) use source::SourceArgs;
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
Names are absolute, with a final dot: web.shop.svc.cluster.local.

A batch has one question a line, {\"name\":\"web.shop.svc.cluster.local.\",\"type\":\"A\"}, and gets one answer a line in the same
order. Names that lead out of the zones get \"rcode\":null and \"outcome\":\"outside\": nobody is asked about them.

Exit codes: 0 answered (a batch: every line was read), 1 a negative answer or a name outside the zones, 2 bad input.")]
pub(crate) struct ResolveArgs {
    /// The name, with a final dot.
    #[arg(required_unless_present = "batch")]
    pub(crate) name: Option<String>,
    /// Type of the records.
    #[arg(short = 't', long = "type", default_value = "A", value_name = "TYPE")]
    pub(crate) record_type: RecordType,
    /// Tell why, and what may have been meant.
    #[arg(long)]
    pub(crate) explain: bool,
    /// Answer the questions in a file of JSON lines; `-` is standard input.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["name", "record_type", "explain"])]
    pub(crate) batch: Option<PathBuf>,
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
