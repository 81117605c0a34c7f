use std::cell::Cell;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf, copy_bidirectional};
use tokio::time::{Instant, sleep_until};
use tracing::debug;

use super::Exchange;
use crate::upstream::UpstreamBody;

/// After the 101 has been sent: passes octets on in both directions until both ends have closed, or nothing comes for too long.
///
/// `body` is the response's, empty: as long as it is there, the endpoint counts as busy.
pub(super) fn begin(client: Option<OnUpgrade>, endpoint: OnUpgrade, body: UpstreamBody, mut exchange: Exchange) {
    let Some(client) = client else { return };
    drop(tokio::task::spawn_local(async move {
        let _busy = body;
        let block = &exchange.connection().worker.block;
        block.upgrades.increment();
        block.tunnels.increment();
        let idle = exchange.connection().worker.shared.timeouts.stream;
        match run(client, endpoint, idle).await {
            Ok(sent) => exchange.sent(sent),
            Err(error) => {
                debug!(%error, "tunnel ended");
                exchange.broke_off();
            }
        }
        exchange.connection().worker.block.tunnels.decrement();
    }));
}

async fn run(client: OnUpgrade, endpoint: OnUpgrade, idle: Option<Duration>) -> io::Result<u64> {
    let (client, endpoint) = tokio::try_join!(client, endpoint).map_err(io::Error::other)?;
    let progress = Rc::new(Cell::new(Instant::now()));
    let mut client = Watched { stream: TokioIo::new(client), progress: Rc::clone(&progress) };
    let mut endpoint = TokioIo::new(endpoint);
    let copied = copy_bidirectional(&mut client, &mut endpoint);
    let Some(idle) = idle else { return copied.await.map(|(_, sent)| sent) };
    tokio::select! {
        copied = copied => copied.map(|(_, sent)| sent),
        () = silence(&progress, idle) => Err(io::ErrorKind::TimedOut.into()),
    }
}

/// Returns when there was no progress for so long.
async fn silence(progress: &Cell<Instant>, idle: Duration) {
    loop {
        let deadline = progress.get() + idle;
        if Instant::now() >= deadline {
            return;
        }
        sleep_until(deadline).await;
    }
}

/// One end of a tunnel: whatever goes through the tunnel, goes through it.
#[derive(Debug)]
struct Watched {
    stream: TokioIo<Upgraded>,
    progress: Rc<Cell<Instant>>,
}

impl AsyncRead for Watched {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let result = ready!(Pin::new(&mut self.stream).poll_read(context, buffer));
        self.progress.set(Instant::now());
        Poll::Ready(result)
    }
}

impl AsyncWrite for Watched {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, octets: &[u8]) -> Poll<io::Result<usize>> {
        let result = ready!(Pin::new(&mut self.stream).poll_write(context, octets));
        self.progress.set(Instant::now());
        Poll::Ready(result)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
