//! The command line as a whole.

use std::ffi::OsString;

use clap::{CommandFactory as _, Parser, Subcommand};

use crate::arguments::{
    CompletionsArgs, DiffArgs, DnsArgs, EnvArgs, IngressArgs, LintArgs, ManArgs, RecordsArgs, ResolvConfArgs,
    ResolveArgs, RouteArgs, RoutesArgs, SearchArgs, ServicesArgs,
};
use crate::commands;
use crate::exit::{Exit, Failure};

const AFTER_HELP: &str = "\
Exit codes: 0 answered, 1 a negative answer or a finding, 2 bad input, 3 cannot run.

Without --manifests, commands work on a small built-in demo cluster.";

/// Where does this name resolve to, where does this request go, in Kubernetes, and why.
#[derive(Debug, Parser)]
#[command(name = "whereto", version, after_help = AFTER_HELP, arg_required_else_help = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the cluster's DNS names.
    Dns(Box<DnsArgs>),
    /// Carry requests to the cluster's Services as its Ingresses say.
    Ingress(Box<IngressArgs>),
    /// Tell what a name resolves to, and why.
    Resolve(Box<ResolveArgs>),
    /// Tell which names a resolver makes of one, and which queries.
    Search(Box<SearchArgs>),
    /// Print the resolv.conf, or the hosts file, that a Pod gets.
    ResolvConf(Box<ResolvConfArgs>),
    /// Print the variables by which a Pod's containers know of Services.
    Env(Box<EnvArgs>),
    /// List every record of the zones.
    Records(Box<RecordsArgs>),
    /// Tell where a request goes, and why.
    Route(Box<RouteArgs>),
    /// List every rule of the Ingresses, with what is behind it.
    Routes(Box<RoutesArgs>),
    /// List the Services, with addresses, ports, endpoints and names.
    Services(Box<ServicesArgs>),
    /// Tell which requests go elsewhere with other manifests.
    Diff(Box<DiffArgs>),
    /// Tell what in the manifests will not work as its author may think.
    Lint(Box<LintArgs>),
    /// Print completions for a shell.
    Completions(CompletionsArgs),
    /// Print a manual page.
    Man(ManArgs),
}

/// Reads a command line.
///
/// # Errors
/// What clap has to say about it; help and version among it.
pub(crate) fn parse(args: impl IntoIterator<Item = impl Into<OsString> + Clone>) -> Result<Cli, clap::Error> {
    Cli::try_parse_from(args)
}

/// The definition that completions and manual pages are made of.
pub(crate) fn definition() -> clap::Command {
    Cli::command()
}

impl Cli {
    pub(crate) fn run(self) -> Result<Exit, Failure> {
        match self.command {
            Command::Dns(args) => commands::dns::run(*args),
            Command::Ingress(args) => commands::ingress::run(*args),
            Command::Resolve(args) => commands::resolve::run(&args),
            Command::Search(args) => commands::search::run(&args),
            Command::ResolvConf(args) => commands::resolv_conf::run(&args),
            Command::Env(args) => commands::env::run(&args),
            Command::Records(args) => commands::records::run(&args),
            Command::Route(args) => commands::route::run(&args),
            Command::Routes(args) => commands::routes::run(&args),
            Command::Services(args) => commands::services::run(&args),
            Command::Diff(args) => commands::diff::run(&args),
            Command::Lint(args) => commands::lint::run(&args),
            Command::Completions(args) => commands::completions::run(args.shell),
            Command::Man(args) => commands::man::run(args.command.as_deref()),
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_definition_is_consistent() {
        super::definition().debug_assert();
    }
}
