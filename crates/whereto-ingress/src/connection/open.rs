use std::io;
use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::Arc;

use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use ingress_routing::Scheme;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tracing::debug;

use super::drive::{Ended, drive};
use super::preface::speaks_http2;
use super::state::ConnectionState;
use super::stream::ClientStream;
use super::{Connection, Streams, TlsFacts};
use crate::executor::LocalExecutor;
use crate::forwarding::Hop;
use crate::proxy_protocol;
use crate::service::answer;
use crate::socket::Socket;
use crate::tls::{self, HTTP_2};
use crate::worker::{Place, Worker};

/// Octets of a response that wait for the client of HTTP/2 to take them, per stream: it may have many.
const SEND_BUFFER: usize = 64 * 1024;

/// Serves an accepted connection to its end.
pub(crate) async fn serve(
    worker: Rc<Worker>,
    place: Place,
    stream: TcpStream,
    peer: SocketAddr,
    tls: Option<TlsAcceptor>,
) {
    let result = tokio::select! {
        biased;
        result = timeout(worker.shared.timeouts.handshake, open(&worker, place, stream, peer, tls)) => result,
        // Who has not come to a request yet is not waited for.
        () = worker.drain.began() => return worker.block.connections.ended(Ended::Closed),
    };
    let (connection, stream) = match result.unwrap_or_else(|_| Err(Refused::TimedOut)) {
        Ok(opened) => opened,
        Err(refused) => {
            debug!(%peer, ?refused, "connection ended before a request");
            worker.block.connections.refused(&refused);
            return;
        }
    };
    let protocol = tokio::select! {
        biased;
        protocol = timeout(worker.shared.timeouts.head, protocol(&connection, stream)) => protocol,
        () = worker.drain.began() => return worker.block.connections.ended(Ended::Closed),
    };
    let ended = match protocol {
        Err(_) => Ended::Head,
        Ok(Err(_)) => Ended::Failed,
        Ok(Ok(Protocol::Http2(stream))) => serve_http2(&connection, stream).await,
        Ok(Ok(Protocol::Http1(stream))) => serve_http1(&connection, stream).await,
    };
    debug!(peer = %connection.peer, ?ended, "connection ended");
    worker.block.connections.ended(ended);
}

/// Why a connection came to no request.
#[derive(Debug)]
pub(crate) enum Refused {
    TimedOut,
    /// Of the PROXY protocol.
    Header(#[allow(dead_code, reason = "for the log")] String),
    Handshake(#[allow(dead_code, reason = "for the log")] io::Error),
}

/// What precedes HTTP: the PROXY protocol's header, the TLS handshake.
async fn open(
    worker: &Rc<Worker>,
    place: Place,
    mut stream: TcpStream,
    peer: SocketAddr,
    acceptor: Option<TlsAcceptor>,
) -> Result<(Rc<Connection>, ClientStream), Refused> {
    let mut source = peer;
    if worker.shared.proxy_sources.contains(peer.ip()) {
        let header = proxy_protocol::read(&mut stream).await.map_err(|error| Refused::Header(error.to_string()))?;
        source = header.source().unwrap_or(peer);
    }
    let stream = Socket::new(stream);
    let state = Arc::new(ConnectionState::new());
    let (scheme, tls, stream) = match acceptor {
        None => (Scheme::Http, None, ClientStream::plain(stream, Arc::clone(&state))),
        Some(acceptor) => {
            let stream = acceptor.accept(stream).await.map_err(Refused::Handshake)?;
            worker.block.connections.handshake(&stream);
            (Scheme::Https, Some(facts(&stream)), ClientStream::tls(stream, Arc::clone(&state)))
        }
    };
    let hop = Hop::new(&worker.shared.forwarding, source.ip(), scheme);
    Ok((
        Rc::new(Connection {
            worker: Rc::clone(worker),
            _place: place,
            peer: source,
            hop,
            tls,
            state,
            streams: Streams::default(),
        }),
        stream,
    ))
}

fn facts(stream: &TlsStream<Socket>) -> TlsFacts {
    let (_, session) = stream.get_ref();
    TlsFacts {
        server_name: session.server_name().map(Into::into),
        version: tls::version_name(session.protocol_version()),
        http2: session.alpn_protocol() == Some(HTTP_2),
    }
}

enum Protocol {
    Http1(ClientStream),
    Http2(ClientStream),
}

/// Which version of HTTP is spoken: over TLS as agreed, else as the first octets tell.
async fn protocol(connection: &Connection, mut stream: ClientStream) -> io::Result<Protocol> {
    let http2 = match &connection.tls {
        Some(tls) => tls.http2,
        None => speaks_http2(&mut stream).await?,
    };
    Ok(if http2 { Protocol::Http2(stream) } else { Protocol::Http1(stream) })
}

async fn serve_http1(connection: &Rc<Connection>, stream: ClientStream) -> Ended {
    let limits = &connection.worker.shared.limits;
    connection.worker.block.connections.http1();
    let context = Rc::clone(connection);
    let service = service_fn(move |request| answer(Rc::clone(&context), request));
    // What is only a little too long gets an answer that says so: hyper's own has no content.
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        // The timer of the connection does more.
        .header_read_timeout(None)
        .max_headers(limits.fields.saturating_mul(2))
        .max_buf_size(limits.head.saturating_mul(2).max(64 * 1024))
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    drive(served, connection).await
}

async fn serve_http2(connection: &Rc<Connection>, stream: ClientStream) -> Ended {
    let limits = &connection.worker.shared.limits;
    connection.worker.block.connections.http2();
    stream.multiplexed();
    let context = Rc::clone(connection);
    let service = service_fn(move |request| answer(Rc::clone(&context), request));
    let served = http2::Builder::new(LocalExecutor)
        .timer(TokioTimer::new())
        .max_concurrent_streams(limits.streams)
        .max_pending_accept_reset_streams(limits.resets)
        .max_local_error_reset_streams(limits.resets)
        .max_send_buf_size(SEND_BUFFER)
        .max_header_list_size(u32::try_from(limits.head).unwrap_or(u32::MAX))
        .serve_connection(TokioIo::new(stream), service);
    drive(served, connection).await
}
