use std::sync::Arc;
use std::time::Duration;

use super::parts::Workers;
use crate::lifecycle::{Lifecycle, Phase};
use crate::pending::Pending;
use crate::tcp::Connections;

/// Leads a server through its end.
pub(super) struct Supervisor {
    pub(super) lifecycle: Lifecycle,
    pub(super) pending: Pending,
    pub(super) connections: Arc<Connections>,
    pub(super) lame_duck: Duration,
    pub(super) grace: Duration,
    pub(super) workers: Workers,
}

impl Supervisor {
    pub(super) async fn run(self) {
        let Self { lifecycle, pending, connections, lame_duck, grace, workers } = self;
        lifecycle.reached(Phase::LameDuck).await;
        tokio::select! {
            () = tokio::time::sleep(lame_duck) => {}
            () = lifecycle.reached(Phase::Draining) => {}
        }
        lifecycle.advance(Phase::Draining);
        let drain = async {
            connections.closed().await;
            // While this waits, datagrams are answered on, but none begins to wait for an upstream.
            pending.drained(grace).await;
            lifecycle.end_datagrams();
            // Blocking, but each ends within its receive timeout unless a flood goes on.
            let _ = tokio::task::spawn_blocking(move || workers.join()).await;
            // What the last datagrams asked upstreams for.
            pending.drained(grace).await;
        };
        tokio::select! {
            _ = tokio::time::timeout(grace, drain) => {}
            () = lifecycle.reached(Phase::Stopped) => {}
        }
        lifecycle.advance(Phase::Stopped);
    }
}
