use std::sync::mpsc::{Receiver, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::runtime::Runtime;

use crate::lifecycle::{Lifecycle, ServerHandle};
use crate::memory;
use crate::shutdown::Shutdown;
use crate::threads::Threads;

/// Time for tasks to go after everything is done.
const RUNTIME_END: Duration = Duration::from_millis(500);

/// What a running server consists of. Dropped, it ends at once; [`Self::wait`] lets it live.
#[derive(Debug)]
pub struct Running {
    handle: ServerHandle,
    ended: Receiver<()>,
    runtime: Option<Runtime>,
    threads: Threads,
    log_writer: Option<JoinHandle<()>>,
}

impl Running {
    /// A server whose tasks are on `runtime`. Once shutdown was asked for, `drain` ends when nothing is under way any more.
    pub fn start(
        runtime: Runtime,
        lifecycle: Lifecycle,
        shutdown: Shutdown,
        drain: impl Future<Output = ()> + Send + 'static,
    ) -> Self {
        let handle = lifecycle.handle();
        let (end, ended) = channel();
        runtime.spawn(memory::tend(lifecycle.clone()));
        runtime.spawn(async move {
            shutdown.lead(lifecycle, drain).await;
            // Whoever waits is gone when this fails.
            let _ = end.send(());
        });
        Self { handle, ended, runtime: Some(runtime), threads: Threads::new(), log_writer: None }
    }

    /// Threads beside the runtime, which end by themselves at [`Phase::Stopped`](crate::Phase::Stopped).
    #[must_use]
    pub fn with_threads(mut self, threads: Threads) -> Self {
        self.threads = threads;
        self
    }

    /// The thread that writes a log. It ends when nobody is left who could add a line.
    #[must_use]
    pub fn with_log_writer(mut self, writer: Option<JoinHandle<()>>) -> Self {
        self.log_writer = writer;
        self
    }

    /// What steers the server.
    pub fn handle(&self) -> ServerHandle {
        self.handle.clone()
    }

    /// Returns when the server has ended: after [`ServerHandle::begin_shutdown`] or [`ServerHandle::abort`].
    pub fn wait(mut self) {
        // A sender that is gone means the end, too.
        let _ = self.ended.recv();
        self.end();
    }

    fn end(&mut self) {
        self.handle.abort();
        self.threads.join();
        if let Some(runtime) = self.runtime.take() {
            // Not from here, as this may be inside another runtime.
            let ending = std::thread::spawn(move || runtime.shutdown_timeout(RUNTIME_END));
            let _ = ending.join();
        }
        if let Some(writer) = self.log_writer.take() {
            let _ = writer.join();
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.end();
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::sync::mpsc::RecvTimeoutError;

    use super::*;
    use crate::lifecycle::Phase;

    const AT_ONCE: Shutdown = Shutdown::new(Duration::ZERO, Duration::from_secs(3600));

    /// A server with a thread, and a log that is written when the last one who could add to it is gone.
    fn server(drain: impl Future<Output = ()> + Send + 'static) -> (Running, Arc<AtomicBool>) {
        let (lifecycle, runtime) = (Lifecycle::new(), Runtime::new().unwrap());
        let (log, lines) = channel::<()>();
        let written = Arc::new(AtomicBool::new(false));
        let writer = {
            let written = Arc::clone(&written);
            std::thread::spawn(move || {
                assert_eq!(lines.recv_timeout(Duration::from_secs(20)), Err(RecvTimeoutError::Disconnected));
                written.store(true, Ordering::SeqCst);
            })
        };
        let threads = Threads::new();
        let (alive, of_thread) = (lifecycle.clone(), log.clone());
        threads.push(std::thread::spawn(move || {
            while alive.phase() < Phase::Stopped {
                std::thread::yield_now();
            }
            drop(of_thread);
        }));
        runtime.spawn(async move {
            pending::<()>().await;
            drop(log);
        });
        let running = Running::start(runtime, lifecycle, AT_ONCE, drain);
        (running.with_threads(threads).with_log_writer(Some(writer)), written)
    }

    #[test]
    fn waiting_ends_with_the_server_and_its_log() {
        let (running, written) = server(async {});
        running.handle().begin_shutdown();
        running.wait();
        assert!(written.load(Ordering::SeqCst));
    }

    #[test]
    fn an_abort_waits_for_nothing() {
        let (running, written) = server(pending());
        let handle = running.handle();
        handle.begin_shutdown();
        handle.abort();
        running.wait();
        assert!(written.load(Ordering::SeqCst));
    }

    #[test]
    fn a_server_that_is_dropped_leaves_nothing_behind() {
        let (running, written) = server(pending());
        let handle = running.handle();
        // As where a server ends in somebody's async test.
        Runtime::new().unwrap().block_on(async move { drop(running) });
        assert!(written.load(Ordering::SeqCst));
        assert_eq!(handle.phase(), Phase::Stopped);
    }

    #[test]
    fn a_panic_while_draining_is_the_end() {
        let (running, _) = server(async { panic!("while draining") });
        running.handle().begin_shutdown();
        running.wait();
    }
}
