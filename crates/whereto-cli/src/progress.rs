//! A line that tells how far reading has come, when it takes long enough to wonder.

use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

use tracing::info;

use crate::output::Format;

/// Reading that ends before this shows nothing.
const PATIENCE: Duration = Duration::from_millis(300);
/// Between two lines where they can't be overwritten.
const PLAIN_INTERVAL: Duration = Duration::from_secs(1);
const TERMINAL_INTERVAL: Duration = Duration::from_millis(100);

/// The progress of one load.
#[derive(Debug)]
pub(crate) struct Progress {
    next: Instant,
    place: Place,
    is_shown: bool,
}

/// Where the line goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// To a terminal, in the place of the one before.
    Terminal,
    /// To a file or a pipe.
    Plain,
    /// Among logs that programs read.
    Log,
}

impl Progress {
    /// Begins; `logs` is the form of what else goes to standard error.
    pub(crate) fn start(logs: Format) -> Self {
        let place = match logs {
            Format::Json => Place::Log,
            Format::Text if io::stderr().is_terminal() => Place::Terminal,
            Format::Text => Place::Plain,
        };
        Self { next: Instant::now() + PATIENCE, place, is_shown: false }
    }

    /// So many objects were read so far.
    pub(crate) fn tell(&mut self, objects: u64) {
        let now = Instant::now();
        if now < self.next {
            return;
        }
        self.next = now + if self.place == Place::Terminal { TERMINAL_INTERVAL } else { PLAIN_INTERVAL };
        let mut out = io::stderr().lock();
        // Nobody is left to tell when it can't be written.
        let _ = match self.place {
            Place::Terminal => write!(out, "\r{objects} objects read …").and_then(|()| out.flush()),
            Place::Plain => writeln!(out, "{objects} objects read …"),
            Place::Log => {
                drop(out);
                info!(objects, "reading");
                Ok(())
            }
        };
        self.is_shown = true;
    }

    /// Takes the line away, so that something else can be written.
    pub(crate) fn clear(&mut self) {
        if std::mem::take(&mut self.is_shown) && self.place == Place::Terminal {
            let _ = write!(io::stderr().lock(), "\r\x1b[K");
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.clear();
    }
}
