use std::io;
use std::net::TcpListener;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::{Builder, LocalOptions};
use whereto_server::Phase;

use super::accept::accept;
use super::{Shared, Worker};
use crate::metrics::Block;
use crate::upstream::UpstreamCounters;

/// How often a thread tidies up: lets go of a table that was replaced, and of connections to endpoints that are gone.
const TIDY_INTERVAL: Duration = Duration::from_secs(1);

/// Between the closing of listeners and that of idle connections: enough for the runtime to look at all sockets.
const LAST_LOOK: Duration = Duration::from_millis(5);

/// The sockets of one worker.
#[derive(Debug, Default)]
pub(crate) struct Listeners {
    pub(crate) http: Vec<TcpListener>,
    pub(crate) https: Vec<TcpListener>,
}

/// A worker's life, on the thread that calls.
pub(crate) fn run(
    shared: Arc<Shared>,
    block: Arc<Block>,
    counters: Arc<UpstreamCounters>,
    seed: u64,
    listeners: Listeners,
) -> io::Result<()> {
    let runtime = Builder::new_current_thread().enable_all().build_local(LocalOptions::default())?;
    runtime.block_on(async move {
        let lifecycle = shared.lifecycle.clone();
        let worker = Rc::new(Worker::new(shared, block, counters, seed));
        for listener in listeners.http {
            let listener = tokio::net::TcpListener::from_std(listener)?;
            drop(tokio::task::spawn_local(accept(Rc::clone(&worker), listener, None)));
        }
        for listener in listeners.https {
            let listener = tokio::net::TcpListener::from_std(listener)?;
            drop(tokio::task::spawn_local(accept(Rc::clone(&worker), listener, worker.shared.tls.clone())));
        }
        drop(tokio::task::spawn_local(tidy(Rc::clone(&worker))));
        lifecycle.reached(Phase::Draining).await;
        // First what has come meanwhile is taken: connections, and requests on those that were idle.
        tokio::time::sleep(LAST_LOOK).await;
        worker.drain.begin();
        tokio::select! {
            () = worker.all_closed() => {}
            () = lifecycle.reached(Phase::Stopped) => {}
        }
        Ok(())
    })
}

async fn tidy(worker: Rc<Worker>) {
    let mut known = worker.table.current();
    loop {
        tokio::time::sleep(TIDY_INTERVAL).await;
        let table = worker.table.current();
        if !table.is(&known) {
            worker.keep_to(&table);
            known = table;
        }
    }
}
