//! SIGTERM and SIGINT: the first ends the server in good order, the second at once.

use std::io;
use std::thread;

use tokio::runtime::Builder;

/// Calls `first` on the first signal; a second one ends the process with 128 and its number, as shells expect.
///
/// # Errors
/// When signals can't be listened for.
pub fn end_on_signals(first: impl FnOnce() + Send + 'static) -> io::Result<()> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    // Signals count from here on: whoever sees the server ready may send one.
    let mut signals = {
        let _entered = runtime.enter();
        Signals::new()?
    };
    thread::Builder::new().name("signals".into()).spawn(move || {
        runtime.block_on(async {
            signals.next().await;
            first();
            let number = signals.next().await;
            std::process::exit(128 + number);
        });
    })?;
    Ok(())
}

#[cfg(unix)]
struct Signals {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    async fn next(&mut self) -> i32 {
        use std::future::poll_fn;
        use std::task::Poll;
        poll_fn(|context| {
            if self.terminate.poll_recv(context).is_ready() {
                return Poll::Ready(15);
            }
            self.interrupt.poll_recv(context).map(|_| 2)
        })
        .await
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn new() -> io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) -> i32 {
        // Without the handler nothing but the end of the process would be left.
        let _ = tokio::signal::ctrl_c().await;
        2
    }
}
