//! `whereto man`.

use std::io::Write;

use clap_mangen::Man;

use crate::command;
use crate::exit::{Exit, Failure};
use crate::output;

/// Prints the page of the whole, or of one command.
pub(crate) fn run(name: Option<&str>) -> Result<Exit, Failure> {
    let mut definition = command::definition();
    definition.build();
    let page = match name {
        None => definition,
        Some(name) => {
            let found = definition.find_subcommand(name).cloned();
            found.ok_or_else(|| Failure::bad_input(format_args!("there is no command {name:?}")))?
        }
    };
    let mut text = Vec::new();
    Man::new(page).render(&mut text)?;
    let mut out = output::stdout();
    out.write_all(&text)?;
    out.flush()?;
    Ok(Exit::Answered)
}
