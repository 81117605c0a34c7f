//! `whereto completions`.

use std::io::Write;

use clap_complete::Shell;

use crate::command;
use crate::exit::{Exit, Failure};
use crate::output;

pub(crate) fn run(shell: Shell) -> Result<Exit, Failure> {
    // The generator panics where writing fails, so it writes to memory.
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut command::definition(), "whereto", &mut text);
    let mut out = output::stdout();
    out.write_all(&text)?;
    out.flush()?;
    Ok(Exit::Answered)
}
