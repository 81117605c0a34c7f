//! A line for every request, written by a thread of its own.
//!
//! Workers write lines into a batch of their own, and hand it over when it is full or a little old: so a line costs no call of the system. What the
//! writer does not get rid of is dropped and counted; nobody waits for it.

mod format;

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::fmt;
use std::io::{self, Write};
use std::net::{IpAddr, SocketAddr};
use std::rc::{Rc, Weak};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, SystemTime};

use format::Calendar;
use http::HeaderValue;
use tokio::sync::Notify;

/// Octets after which a batch is handed over.
const BATCH: usize = 16 * 1024;
/// Batches that may wait for the writer: 1 MiB and a little.
const WAITING: usize = 64;
/// How old a batch may get.
const DELAY: Duration = Duration::from_millis(100);

/// The form of a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum AccessLogFormat {
    /// One JSON object. What does not apply is null; durations are in seconds. Of `referrer` and `user_agent`, 512 octets are written; what of
    /// them is not UTF-8 becomes U+FFFD.
    #[default]
    Json,
    /// For people: client, time, request, status, octets of the response's content, seconds, Ingress and rule, Service and endpoint, reason,
    /// referrer, user agent; `-` for what does not apply. Octets that are not visible ASCII, quotes and backslashes are written as `\x22`, as
    /// nginx does.
    Text,
}

/// An access log: its form, and where it goes.
pub struct AccessLogConfig {
    format: AccessLogFormat,
    sink: Box<dyn Write + Send>,
}

impl AccessLogConfig {
    /// To standard output.
    pub fn stdout(format: AccessLogFormat) -> Self {
        Self { format, sink: Box::new(io::stdout()) }
    }

    /// To anything that can be written to.
    pub fn to_writer(format: AccessLogFormat, sink: impl Write + Send + 'static) -> Self {
        Self { format, sink: Box::new(sink) }
    }
}

impl fmt::Debug for AccessLogConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessLogConfig").field("format", &self.format).finish_non_exhaustive()
    }
}

/// What a line tells.
#[derive(Clone, Copy)]
pub(crate) struct AccessEntry<'a> {
    /// When the request's fields were complete.
    pub(crate) time: SystemTime,
    pub(crate) client: IpAddr,
    pub(crate) method: &'a str,
    pub(crate) scheme: &'a str,
    pub(crate) host: Option<&'a str>,
    /// Path and query as they came.
    pub(crate) path: &'a str,
    /// The page that led to the request (RFC 9110 §10.1.3), as far as it is logged.
    pub(crate) referrer: Option<&'a str>,
    /// What the client says it is (RFC 9110 §10.1.5), as far as it is logged.
    pub(crate) user_agent: Option<&'a str>,
    pub(crate) version: http::Version,
    /// `None` when the client was gone before it was told anything.
    pub(crate) status: Option<u16>,
    /// Octets of the request's content.
    pub(crate) received: u64,
    /// Octets of the response's content.
    pub(crate) sent: u64,
    /// To the end of the response.
    pub(crate) duration: Duration,
    /// To the response's fields.
    pub(crate) first_byte: Option<Duration>,
    pub(crate) ingress: Option<&'a str>,
    /// Which rule of the Ingress.
    pub(crate) rule: Option<&'a str>,
    /// The Service, and its port as the Ingress names it.
    pub(crate) service: Option<&'a str>,
    pub(crate) endpoint: Option<SocketAddr>,
    /// To how many endpoints the request was sent, or tried to be.
    pub(crate) attempts: u32,
    /// Why the response is this server's own, or was broken off.
    pub(crate) reason: Option<&'a dyn fmt::Display>,
    pub(crate) tls: Option<&'a str>,
    pub(crate) server_name: Option<&'a str>,
}

/// Octets of a field's value that are logged: lines have to fit into a batch, whatever clients send.
const FIELD: usize = 512;

/// What is logged of a field that a client filled as it liked.
pub(crate) fn excerpt(value: &HeaderValue) -> Cow<'_, str> {
    let octets = value.as_bytes();
    let octets = octets.get(..FIELD).unwrap_or(octets);
    // Nearly all are ASCII, which this looks at several octets at a time.
    std::str::from_utf8(octets).map_or_else(|_| String::from_utf8_lossy(octets), Cow::Borrowed)
}

/// How many lines were lost.
#[derive(Clone, Debug, Default)]
pub(crate) struct Dropped(Arc<AtomicU64>);

impl Dropped {
    pub(crate) fn count(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// Where workers hand their lines to.
#[derive(Clone, Debug)]
pub(crate) struct AccessLog {
    format: AccessLogFormat,
    batches: SyncSender<Vec<u8>>,
    dropped: Dropped,
}

impl AccessLog {
    /// Starts the writer. It ends when the last `AccessLog` and the last [`WorkerLog`] are gone, after it has written everything.
    pub(crate) fn start(config: AccessLogConfig, dropped: Dropped) -> io::Result<(Self, JoinHandle<()>)> {
        let (batches, received) = sync_channel(WAITING);
        let AccessLogConfig { format, sink } = config;
        let thread = std::thread::Builder::new().name("access-log".into()).spawn(move || write_all(&received, sink))?;
        Ok((Self { format, batches, dropped }, thread))
    }

    /// The part of a worker, on whose thread it is made: it has a task there.
    pub(crate) fn worker(&self) -> Rc<WorkerLog> {
        let worker = Rc::new(WorkerLog {
            log: self.clone(),
            batch: RefCell::default(),
            calendar: RefCell::default(),
            lines: Cell::new(0),
            begun: Rc::new(Notify::new()),
        });
        drop(tokio::task::spawn_local(flush(Rc::downgrade(&worker), Rc::clone(&worker.begun))));
        worker
    }
}

fn write_all(batches: &Receiver<Vec<u8>>, mut sink: Box<dyn Write + Send>) {
    while let Ok(batch) = batches.recv() {
        // There is nobody to tell that the log can't be written; requests matter more.
        let _ = sink.write_all(&batch).and_then(|()| sink.flush());
    }
}

/// Hands batches over that do not get full in time.
async fn flush(worker: Weak<WorkerLog>, begun: Rc<Notify>) {
    loop {
        begun.notified().await;
        tokio::time::sleep(DELAY).await;
        let Some(worker) = worker.upgrade() else { return };
        worker.hand_over();
    }
}

/// One worker's lines.
#[derive(Debug)]
pub(crate) struct WorkerLog {
    log: AccessLog,
    batch: RefCell<Vec<u8>>,
    calendar: RefCell<Calendar>,
    lines: Cell<u64>,
    /// There is something to hand over; or nobody is left who would add anything.
    begun: Rc<Notify>,
}

impl WorkerLog {
    /// Notes one request; never waits.
    pub(crate) fn note(&self, entry: &AccessEntry<'_>) {
        let full = {
            let batch = &mut *self.batch.borrow_mut();
            if batch.is_empty() {
                // The last line may be a long one.
                batch.reserve(BATCH + BATCH / 4);
                self.begun.notify_one();
            }
            format::write(entry, self.log.format, &mut self.calendar.borrow_mut(), batch);
            batch.len() >= BATCH
        };
        self.lines.set(self.lines.get() + 1);
        if full {
            self.hand_over();
        }
    }

    fn hand_over(&self) {
        let (octets, lines) = (self.batch.take(), self.lines.take());
        if lines > 0 && self.log.batches.try_send(octets).is_err() {
            self.log.dropped.0.fetch_add(lines, Ordering::Relaxed);
        }
    }
}

impl Drop for WorkerLog {
    fn drop(&mut self) {
        self.hand_over();
        self.begun.notify_one();
    }
}

#[cfg(test)]
mod tests;
