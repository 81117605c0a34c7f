//! The ingress proxy on its own: takes what `whereto ingress` takes, and serves the demo cluster when it is told nothing, with endpoints that
//! tell what they were asked and with certificates made at start.
//!
//! ```text
//! cargo run --example ingress-proxy
//! curl http://plain.localhost:8080/checkout
//! curl --insecure https://shop.localhost:8443/cart
//! ```

use std::process::ExitCode;

fn main() -> ExitCode {
    whereto_cli::run_ingress_proxy(std::env::args_os())
}
