//! What the commands that serve have in common: a thread that reads objects, news from it and from the server, and their end.

mod reload;

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender};
use std::thread;
use std::time::Duration;

use arc_swap::ArcSwap;
use ingress_routing::RoutingTable;
use k8s_source::Consumer;
use k8s_source::manifests::ManifestSource;

use crate::cluster::{self, Loaded};
use crate::exit::{Exit, Failure};
use crate::finding::Finding;
use crate::kube::{Live, Writing};
use crate::output::Format;
use crate::progress::Progress;

/// Open files that a busy server may have: connections, questions to upstreams, listeners. Many systems give 1024.
const OPEN_FILES: u64 = 16_384;

/// What the server's threads tell the main one.
pub(crate) enum News {
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

/// Starts a thread.
///
/// # Errors
/// When there can't be another.
pub(crate) fn spawn<T: Send + 'static>(name: &str, body: impl FnOnce() -> T + Send + 'static) -> Result<(), Failure> {
    let spawned = thread::Builder::new().name(name.into()).spawn(body);
    spawned.map(drop).map_err(|error| Failure::cannot_run(format_args!("cannot start a thread: {error}")))
}

/// Waits for the end.
pub(crate) fn attend(
    news: &Receiver<News>,
    abort: impl Fn(),
    on_load: impl Fn(&Loaded) -> Result<(), Failure>,
) -> Result<Exit, Failure> {
    let mut result = Ok(Exit::Answered);
    for news in news {
        match news {
            News::Loaded(loaded) => {
                if let Err(failure) = on_load(&loaded) {
                    result = Err(failure);
                    abort();
                }
            }
            News::LoaderGone => {
                if result.is_ok() {
                    result = Err(Failure::cannot_run("the thread that reads objects has ended"));
                }
                abort();
            }
            News::Ended => break,
        }
    }
    result
}

/// Tells that a thread is gone even if it panicked.
pub(crate) struct TellWhenGone(pub(crate) Sender<News>);

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
