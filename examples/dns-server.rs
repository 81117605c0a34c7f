//! The DNS server on its own: takes what `whereto dns` takes, and serves the demo cluster when it is told nothing.
//!
//! ```text
//! cargo run --example dns-server
//! dig -p 1053 @127.0.0.1 web.shop.svc.cluster.local
//! ```

use std::process::ExitCode;

fn main() -> ExitCode {
    whereto_cli::run_dns_server(std::env::args_os())
}
