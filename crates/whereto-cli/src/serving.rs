//! What the commands that serve have in common: a thread that reads objects, news from it and from the server, and their end.

mod reload;

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::thread;
use std::time::Duration;

use arc_swap::ArcSwap;
use ingress_routing::RoutingTable;
use k8s_source::Consumer;
use k8s_source::manifests::ManifestSource;
use serde::ser::{Serialize, SerializeMap as _, Serializer};
use tracing::info;
use whereto_server::{ByPurpose, Phase, ServerHandle, end_on_signals};

use crate::arguments::LogArgs;
use crate::cluster::{self, Loaded};
use crate::exit::{Exit, Failure};
use crate::finding::Finding;
use crate::kube::{Live, Writing};
use crate::logging;
use crate::output::{self, Format};
use crate::progress::Progress;

/// Open files that a busy server may have: connections, questions to upstreams, listeners. Many systems give 1024.
const OPEN_FILES: u64 = 16_384;

/// What the server's threads tell the main one.
enum News {
    /// Everything was read for the first time.
    Loaded(Loaded),
    /// The thread that reads objects is gone: answers would get old without anybody noticing.
    LoaderGone,
    /// The server has ended.
    Ended,
}

/// Allows as many open files as a server needs. Less than wanted is no reason not to serve.
pub(crate) fn raise_open_files() {
    let _ = rlimit::increase_nofile_limit(OPEN_FILES);
}

/// Runs a command with logs.
pub(crate) fn with_logs(log: &LogArgs, serve: impl FnOnce() -> Result<Exit, Failure>) -> Result<Exit, Failure> {
    let format = log.log_format;
    logging::start(format, log.log_level);
    // Programs that read the log as JSON do so to its last line.
    serve().map_err(|failure| if format == Format::Json { failure.logged() } else { failure })
}

/// A server that was started, and what the arguments say of its life.
pub(crate) struct Server<'a> {
    /// The command.
    pub(crate) name: &'static str,
    pub(crate) addresses: ByPurpose<'a, 3>,
    pub(crate) handle: ServerHandle,
    pub(crate) lame_duck: Duration,
    /// Of the logs.
    pub(crate) format: Format,
    /// Whether to serve what is good of manifests that have errors.
    pub(crate) keep_going: bool,
}

impl Server<'_> {
    /// Begins the end on the first signal, and calls `ending` then.
    ///
    /// # Errors
    /// When signals can't be listened for.
    pub(crate) fn end_on_signals(&self, ending: impl FnOnce() + Send + 'static) -> Result<(), Failure> {
        let (handle, lame_duck) = (self.handle.clone(), self.lame_duck);
        let begin = move || {
            info!(?lame_duck, "ending; a second signal ends at once");
            handle.begin_shutdown();
            ending();
        };
        end_on_signals(begin).map_err(|error| Failure::cannot_run(format_args!("cannot listen for signals: {error}")))
    }

    /// Lets the server live until it ends, which `wait` waits for, with a thread that keeps its objects current: `objects` does so for ever.
    ///
    /// # Errors
    /// When the objects can't be used, or the thread that reads them is gone.
    pub(crate) fn attend(
        &self,
        wait: impl FnOnce() + Send + 'static,
        objects: impl FnOnce(&TellWhenGone) -> Infallible + Send + 'static,
    ) -> Result<Exit, Failure> {
        let (tell, news) = channel();
        let told = tell.clone();
        spawn("wait", move || {
            wait();
            // The main thread is gone when this fails, and with it the process.
            let _ = told.send(News::Ended);
        })?;
        spawn("objects", move || objects(&TellWhenGone(tell)))?;
        let mut result = Ok(Exit::Answered);
        for news in news {
            match news {
                News::Loaded(loaded) => match loaded.refusal().filter(|_| !self.keep_going) {
                    Some(failure) => {
                        result = Err(failure);
                        self.handle.abort();
                    }
                    None if self.handle.phase() == Phase::Serving => self.announce(),
                    None => {}
                },
                News::LoaderGone => {
                    if result.is_ok() {
                        result = Err(Failure::cannot_run("the thread that reads objects has ended"));
                    }
                    self.handle.abort();
                }
                News::Ended => break,
            }
        }
        result
    }

    /// The line that a ready server prints.
    fn announce(&self) {
        let Self { name, addresses, .. } = self;
        output::line(&match self.format {
            Format::Text => format!("{name} is ready: {addresses}"),
            // Addresses and lists of them always have a JSON form.
            Format::Json => serde_json::to_string(&Ready(*addresses)).unwrap_or_default(),
        });
    }
}

/// The same for programs: `{"ready":true,"dns":["127.0.0.1:1053"],…}`.
struct Ready<'a>(ByPurpose<'a, 3>);

impl Serialize for Ready<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("ready", &true)?;
        for (purpose, addresses) in self.0.iter() {
            map.serialize_entry(purpose, addresses)?;
        }
        map.end()
    }
}

/// Starts a thread.
///
/// # Errors
/// When there can't be another.
fn spawn<T: Send + 'static>(name: &str, body: impl FnOnce() -> T + Send + 'static) -> Result<(), Failure> {
    let spawned = thread::Builder::new().name(name.into()).spawn(body);
    spawned.map(drop).map_err(|error| Failure::cannot_run(format_args!("cannot start a thread: {error}")))
}

/// Tells that a thread is gone even if it panicked.
pub(crate) struct TellWhenGone(Sender<News>);

impl TellWhenGone {
    fn loaded(&self, loaded: Loaded) {
        // The main thread is gone when this fails, and with it the process.
        let _ = self.0.send(News::Loaded(loaded));
    }
}

impl Drop for TellWhenGone {
    fn drop(&mut self) {
        let _ = self.0.send(News::LoaderGone);
    }
}

/// Manifests, and how often to look for changes; `None` for those that don't change.
pub(crate) struct Manifests {
    pub(crate) source: ManifestSource,
    pub(crate) reload: Option<Duration>,
    pub(crate) logs: Format,
}

impl Manifests {
    /// Reads manifests and then, for as long as the process lives, what changes of them.
    pub(crate) fn keep_current(
        mut self,
        mut consumer: impl Consumer,
        log: &mut dyn FnMut(Finding),
        guard: &TellWhenGone,
    ) -> Infallible {
        guard.loaded(cluster::load(&mut self.source, &mut consumer, Progress::start(self.logs), log));
        if let Some(interval) = self.reload {
            reload::watch(&mut self.source, &mut consumer, interval, log);
        }
        // What was read stays: freeing it while the server runs helps nobody.
        loop {
            thread::park();
        }
    }
}

/// Follows a live cluster for as long as the process lives.
pub(crate) fn follow(live: Live, mut consumer: impl Consumer, format: Format, guard: &TellWhenGone) -> Infallible {
    live.run(&mut consumer, format, || guard.loaded(Loaded::default()))
}

/// The same, and writes to it.
pub(crate) fn follow_and_write(
    live: Live,
    writing: Writing,
    consumer: impl Consumer,
    tables: Arc<ArcSwap<RoutingTable>>,
    format: Format,
    guard: &TellWhenGone,
) -> Infallible {
    let mut both = (consumer, writing.consumer());
    live.run_beside(&mut both, format, || guard.loaded(Loaded::default()), writing.run(tables))
}

pub(crate) use reload::log;
