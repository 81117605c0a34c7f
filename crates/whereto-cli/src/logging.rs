//! Logs to standard error.

use std::io::{self, IsTerminal};

use tracing::level_filters::LevelFilter;
use tracing_subscriber::fmt;

use crate::output::Format;

/// Sets up the logs of this process. Where that was done already, by an embedding program, it stays as it is.
pub(crate) fn start(format: Format, level: LevelFilter) {
    let is_colourful = io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let builder = fmt().with_max_level(level).with_writer(io::stderr).with_ansi(is_colourful).with_target(false);
    let _ = match format {
        Format::Text => builder.try_init(),
        Format::Json => builder.json().flatten_event(true).try_init(),
    };
}
