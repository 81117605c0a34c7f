//! Exit codes, and what leads to them.

use std::fmt;
use std::io;
use std::process::ExitCode;

/// How a command ended. Scripts rely on the numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Answered, or nothing to find fault with.
    Answered = 0,
    /// A negative answer, or findings.
    Negative = 1,
    /// Arguments or manifests that can't be used.
    BadInput = 2,
    /// The machine does not let us: a port is taken, a file can't be written.
    CannotRun = 3,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Why a command gave up.
#[derive(Debug)]
pub(crate) struct Failure {
    exit: Exit,
    message: String,
}

impl Failure {
    /// Arguments or manifests that can't be used.
    pub(crate) fn bad_input(message: impl fmt::Display) -> Self {
        Self { exit: Exit::BadInput, message: message.to_string() }
    }

    /// The machine does not let us.
    pub(crate) fn cannot_run(message: impl fmt::Display) -> Self {
        Self { exit: Exit::CannotRun, message: message.to_string() }
    }
}

impl Failure {
    /// The same, told as an event of the log: nothing is left to tell.
    pub(crate) fn logged(mut self) -> Self {
        tracing::error!(exit = self.exit as u8, "{}", self.message);
        self.message.clear();
        self
    }
}

impl From<io::Error> for Failure {
    /// Of writing the output. A reader that has seen enough, such as `head`, is no failure.
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            Self { exit: Exit::Answered, message: String::new() }
        } else {
            Self::cannot_run(format_args!("cannot write the output: {error}"))
        }
    }
}

/// Tells why, if there is something to tell, and gives the code.
pub(crate) fn code(result: Result<Exit, Failure>) -> ExitCode {
    match result {
        Ok(exit) => exit.into(),
        Err(failure) => {
            if !failure.message.is_empty() {
                crate::output::complain(&failure.message);
            }
            failure.exit.into()
        }
    }
}

/// Prints what clap has to say: help and version to standard output, errors to standard error.
pub(crate) fn usage(error: &clap::Error) -> ExitCode {
    // Nobody is left to tell when even this can't be written.
    let _ = error.print();
    if error.use_stderr() { Exit::BadInput.into() } else { Exit::Answered.into() }
}
