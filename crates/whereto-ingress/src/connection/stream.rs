use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_rustls::server::TlsStream;

use super::preface::Prefix;
use super::state::ConnectionState;
use crate::socket::Socket;

/// A client's octets, with or without TLS, watched for progress.
#[derive(Debug)]
pub(crate) struct ClientStream {
    transport: Transport,
    prefix: Prefix,
    state: Arc<ConnectionState>,
    multiplexed: AtomicBool,
}

#[derive(Debug)]
enum Transport {
    Plain(Socket),
    Tls(Box<TlsStream<Socket>>),
}

impl ClientStream {
    pub(super) fn plain(stream: Socket, state: Arc<ConnectionState>) -> Self {
        Self::new(Transport::Plain(stream), state)
    }

    pub(super) fn tls(stream: TlsStream<Socket>, state: Arc<ConnectionState>) -> Self {
        Self::new(Transport::Tls(Box::new(stream)), state)
    }

    fn new(transport: Transport, state: Arc<ConnectionState>) -> Self {
        Self { transport, prefix: Prefix::default(), state, multiplexed: AtomicBool::new(false) }
    }

    /// These octets are to be read first.
    pub(super) const fn unread(&mut self, prefix: Prefix) {
        self.prefix = prefix;
    }

    /// HTTP/2 is spoken.
    pub(super) fn multiplexed(&self) {
        self.multiplexed.store(true, Ordering::Relaxed);
        self.state.multiplexed();
    }

    fn wrote(&self, result: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        match &result {
            Poll::Ready(Ok(_)) => self.state.written(true),
            Poll::Ready(Err(_)) => {}
            Poll::Pending => self.state.written(false),
        }
        result
    }
}

impl AsyncRead for ClientStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if !self.prefix.left().is_empty() {
            buffer.put_slice(self.prefix.take(buffer.remaining()));
            return Poll::Ready(Ok(()));
        }
        let before = buffer.filled().len();
        ready!(match &mut self.transport {
            Transport::Plain(stream) => Pin::new(stream).poll_read(context, buffer),
            Transport::Tls(stream) => Pin::new(&mut **stream).poll_read(context, buffer),
        })?;
        if buffer.filled().len() > before {
            self.state.read(self.multiplexed.load(Ordering::Relaxed));
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for ClientStream {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, octets: &[u8]) -> Poll<io::Result<usize>> {
        let result = match &mut self.transport {
            Transport::Plain(stream) => Pin::new(stream).poll_write(context, octets),
            Transport::Tls(stream) => Pin::new(&mut **stream).poll_write(context, octets),
        };
        self.wrote(result)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let result = match &mut self.transport {
            Transport::Plain(stream) => Pin::new(stream).poll_write_vectored(context, slices),
            Transport::Tls(stream) => Pin::new(&mut **stream).poll_write_vectored(context, slices),
        };
        self.wrote(result)
    }

    fn is_write_vectored(&self) -> bool {
        match &self.transport {
            Transport::Plain(stream) => stream.is_write_vectored(),
            Transport::Tls(stream) => stream.is_write_vectored(),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let result = match &mut self.transport {
            Transport::Plain(stream) => Pin::new(stream).poll_flush(context),
            Transport::Tls(stream) => Pin::new(&mut **stream).poll_flush(context),
        };
        // Records that TLS has made and the socket does not take.
        if result.is_pending() {
            self.state.written(false);
        }
        result
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.transport {
            Transport::Plain(stream) => Pin::new(stream).poll_shutdown(context),
            Transport::Tls(stream) => Pin::new(&mut **stream).poll_shutdown(context),
        }
    }
}
