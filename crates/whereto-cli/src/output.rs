//! Where text goes.

use std::io::{self, BufWriter, StdoutLock, Write};

use clap::ValueEnum;

/// The form of what a command prints.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    #[default]
    Text,
    /// For programs.
    Json,
}

/// Buffered standard output.
pub(crate) fn stdout() -> BufWriter<StdoutLock<'static>> {
    BufWriter::with_capacity(64 * 1024, io::stdout().lock())
}

/// Tells a person what went wrong.
pub(crate) fn complain(message: &str) {
    line(&format!("whereto: {message}"));
}

/// A line to standard error. Nobody is left to tell when that can't be written.
pub(crate) fn line(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}
