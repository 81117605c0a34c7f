use std::future::poll_fn;
use std::io;
use std::net::SocketAddr;
use std::rc::Rc;
use std::task::Poll;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tracing::warn;
use whereto_server::Phase;

use super::Worker;
use crate::connection;

/// After an accept that failed for want of something that comes back, such as file descriptors.
const PAUSE: Duration = Duration::from_millis(50);

/// Accepts connections until the server drains, and then those that had been made before.
pub(super) async fn accept(worker: Rc<Worker>, listener: TcpListener, tls: Option<TlsAcceptor>) {
    let lifecycle = worker.shared.lifecycle.clone();
    let accept = async {
        loop {
            match listener.accept().await {
                Ok((stream, peer)) => begin(&worker, stream, peer, tls.clone()),
                Err(error) if is_of_one_connection(&error) => {}
                Err(error) => {
                    warn!(%error, "cannot accept connections");
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    };
    tokio::select! {
        () = accept => {}
        () = lifecycle.reached(Phase::Draining) => {}
    }
    while let Some((stream, peer)) = poll_fn(|context| match listener.poll_accept(context) {
        Poll::Ready(Ok(accepted)) => Poll::Ready(Some(accepted)),
        Poll::Ready(Err(_)) | Poll::Pending => Poll::Ready(None),
    })
    .await
    {
        begin(&worker, stream, peer, tls.clone());
    }
}

fn begin(worker: &Rc<Worker>, stream: TcpStream, peer: SocketAddr, tls: Option<TlsAcceptor>) {
    let Some(place) = worker.place() else { return };
    worker.block.connections.accepted(tls.is_some());
    // Pieces are written when they are whole: waiting for more would only delay them.
    let _ = stream.set_nodelay(true);
    let worker = Rc::clone(worker);
    drop(tokio::task::spawn_local(connection::serve(worker, place, stream, peer, tls)));
}

/// Errors of a connection that ended before it was accepted (accept(2), "Error handling").
fn is_of_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionRefused
    )
}
