//! A line for every query, written by a thread of its own.

mod format;

use std::fmt;
use std::io::{self, BufWriter, Write};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::metrics::{Observed, Source};

/// Lines that may wait for the writer; above, they are dropped and counted.
const WAITING: usize = 4096;
/// Octets of a query that are kept: enough for the longest question and an OPT record, unless its options are long.
const KEPT: usize = 512;

/// The form of a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum QueryLogFormat {
    /// As CoreDNS's `log`, and who answered: `10.0.0.7:4711 - 99 "A IN web. udp 28 false 512" NOERROR aa,rd 44 0.000012s zones`.
    #[default]
    Text,
    /// One JSON object.
    Json,
}

/// A query log: its form, and where it goes.
pub struct QueryLogConfig {
    format: QueryLogFormat,
    sink: Box<dyn Write + Send>,
}

impl QueryLogConfig {
    /// To standard output.
    pub fn stdout(format: QueryLogFormat) -> Self {
        Self { format, sink: Box::new(io::stdout()) }
    }

    /// To anything that can be written to.
    pub fn to_writer(format: QueryLogFormat, sink: impl Write + Send + 'static) -> Self {
        Self { format, sink: Box::new(sink) }
    }
}

impl fmt::Debug for QueryLogConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("QueryLogConfig").field("format", &self.format).finish_non_exhaustive()
    }
}

/// How many lines were lost.
#[derive(Clone, Debug, Default)]
pub(crate) struct Dropped(Arc<AtomicU64>);

impl Dropped {
    pub(crate) fn count(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// What a line is made of.
#[derive(Debug)]
struct Entry {
    client: SocketAddr,
    proto: &'static str,
    query: Box<[u8]>,
    query_len: usize,
    reply_flags: u16,
    reply_len: usize,
    rcode: u16,
    source: Source,
    took: Duration,
}

/// Where queries are handed to.
#[derive(Clone, Debug)]
pub(crate) struct QueryLog {
    entries: SyncSender<Entry>,
    dropped: Dropped,
}

impl QueryLog {
    /// Starts the writer. It ends when the last `QueryLog` is gone, after it has written everything.
    pub(crate) fn start(config: QueryLogConfig, dropped: Dropped) -> io::Result<(Self, JoinHandle<()>)> {
        let (entries, received) = sync_channel(WAITING);
        let thread = std::thread::Builder::new()
            .name("dns-query-log".into())
            .spawn(move || write_all(&received, config.format, config.sink))?;
        Ok((Self { entries, dropped }, thread))
    }

    /// Notes one query; never waits.
    pub(crate) fn note(
        &self,
        client: SocketAddr,
        proto: &'static str,
        query: &[u8],
        reply: &[u8],
        observed: &Observed,
        took: Duration,
    ) {
        let entry = Entry {
            client,
            proto,
            query: query.get(..query.len().min(KEPT)).unwrap_or_default().into(),
            query_len: query.len(),
            reply_flags: crate::message::u16_at(reply, 2).unwrap_or(0),
            reply_len: reply.len(),
            rcode: observed.rcode,
            source: observed.source,
            took,
        };
        if let Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) = self.entries.try_send(entry) {
            self.dropped.0.fetch_add(1, Ordering::Relaxed);
        }
    }
}

fn write_all(entries: &Receiver<Entry>, format: QueryLogFormat, sink: Box<dyn Write + Send>) {
    let mut out = BufWriter::with_capacity(64 * 1024, sink);
    let mut line = String::new();
    while let Ok(first) = entries.recv() {
        let mut next = Some(first);
        // Flushed when nobody waits: at once on a quiet server, seldom on a busy one.
        while let Some(entry) = next {
            line.clear();
            format::write(&entry, format, &mut line);
            // There is nobody to tell that the log can't be written; queries matter more.
            let _ = out.write_all(line.as_bytes());
            next = entries.try_recv().ok();
        }
        let _ = out.flush();
    }
}

#[cfg(test)]
mod tests;
