//! The `whereto` command.
#![forbid(unsafe_code)]

use std::process::ExitCode;

fn main() -> ExitCode {
    whereto_cli::run(std::env::args_os())
}
