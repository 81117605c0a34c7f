//! New connections.

use std::cell::OnceCell;
use std::error::Error;
use std::net::SocketAddr;
use std::sync::Arc;

use http_body::Body;
use hyper::body::Bytes;
use hyper::client::conn::{http1, http2};
use hyper_util::rt::{TokioIo, TokioTimer};
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tracing::debug;

use super::tls::TlsConfigs;
use super::{FailureKind, UpstreamCounters, UpstreamOptions};
use crate::executor::LocalExecutor;
use crate::socket::Socket;

/// Opens connections.
#[derive(Debug)]
pub(super) struct Connector {
    options: Arc<UpstreamOptions>,
    counters: Arc<UpstreamCounters>,
    /// Made when first needed: most clusters have no endpoint that speaks TLS.
    tls: OnceCell<Option<TlsConfigs>>,
}

/// A connection as it is counted.
struct Open(Arc<UpstreamCounters>);

impl Open {
    fn new(counters: &Arc<UpstreamCounters>) -> Self {
        counters.opened.increment();
        counters.open.increment();
        Self(Arc::clone(counters))
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.open.decrement();
    }
}

impl Connector {
    pub(super) const fn new(options: Arc<UpstreamOptions>, counters: Arc<UpstreamCounters>) -> Self {
        Self { options, counters, tls: OnceCell::new() }
    }

    /// A connection of HTTP/1.1; with TLS if a server name is given.
    pub(super) async fn http1<B>(
        &self,
        address: SocketAddr,
        server_name: Option<&ServerName<'static>>,
    ) -> Result<http1::SendRequest<B>, FailureKind>
    where
        B: Body<Data = Bytes, Error: Into<Box<dyn Error + Send + Sync>>> + 'static,
    {
        // In memory of its own, and so no part of each request and each connection that is kept.
        self.in_time(Box::pin(async {
            let stream = connect(address).await?;
            match server_name {
                None => self.begin_http1(stream).await,
                Some(name) => self.begin_http1(self.encrypt(stream, name, false).await?).await,
            }
        }))
        .await
    }

    /// A connection of HTTP/2; with TLS if a server name is given.
    pub(super) async fn http2<B>(
        &self,
        address: SocketAddr,
        server_name: Option<&ServerName<'static>>,
    ) -> Result<http2::SendRequest<B>, FailureKind>
    where
        B: Body<Data = Bytes, Error: Into<Box<dyn Error + Send + Sync>>> + Unpin + 'static,
    {
        self.in_time(Box::pin(async {
            let stream = connect(address).await?;
            match server_name {
                None => self.begin_http2(stream).await,
                Some(name) => self.begin_http2(self.encrypt(stream, name, true).await?).await,
            }
        }))
        .await
    }

    async fn in_time<T>(&self, opening: impl Future<Output = Result<T, FailureKind>>) -> Result<T, FailureKind> {
        let opened = tokio::time::timeout(self.options.connect_timeout, opening).await;
        opened.unwrap_or(Err(FailureKind::ConnectTimeout))
    }

    async fn encrypt(
        &self,
        stream: Socket,
        server_name: &ServerName<'static>,
        http2: bool,
    ) -> Result<TlsStream<Socket>, FailureKind> {
        let configs = self.tls.get_or_init(|| {
            let made = TlsConfigs::new(&self.options.verification);
            made.inspect_err(|error| tracing::error!(%error, "no TLS to endpoints")).ok()
        });
        let config = configs.as_ref().ok_or(FailureKind::Tls)?.of(http2);
        let stream = TlsConnector::from(config).connect(server_name.clone(), stream).await.map_err(|error| {
            debug!(%error, "TLS handshake with an endpoint failed");
            FailureKind::Tls
        })?;
        // RFC 9113 §3.2: HTTP/2 over TLS is agreed on by ALPN, or not spoken.
        if http2 && stream.get_ref().1.alpn_protocol() != Some(b"h2") {
            return Err(FailureKind::Tls);
        }
        Ok(stream)
    }

    async fn begin_http1<S, B>(&self, stream: S) -> Result<http1::SendRequest<B>, FailureKind>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
        B: Body<Data = Bytes, Error: Into<Box<dyn Error + Send + Sync>>> + 'static,
    {
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(|_| FailureKind::Connect)?;
        let open = Open::new(&self.counters);
        drop(tokio::task::spawn_local(async move {
            // Whoever waits for a response on it is told.
            if let Err(error) = connection.with_upgrades().await {
                debug!(%error, "connection to an endpoint ended");
            }
            drop(open);
        }));
        Ok(sender)
    }

    async fn begin_http2<S, B>(&self, stream: S) -> Result<http2::SendRequest<B>, FailureKind>
    where
        S: AsyncRead + AsyncWrite + Unpin + 'static,
        B: Body<Data = Bytes, Error: Into<Box<dyn Error + Send + Sync>>> + Unpin + 'static,
    {
        let mut builder = http2::Builder::new(LocalExecutor);
        builder.timer(TokioTimer::new());
        if let Some(interval) = self.options.ping_interval {
            builder.keep_alive_interval(interval).keep_alive_timeout(interval);
        }
        let (sender, connection) = builder.handshake(TokioIo::new(stream)).await.map_err(|_| FailureKind::Connect)?;
        let open = Open::new(&self.counters);
        drop(tokio::task::spawn_local(async move {
            if let Err(error) = connection.await {
                debug!(%error, "connection to an endpoint ended");
            }
            drop(open);
        }));
        Ok(sender)
    }
}

async fn connect(address: SocketAddr) -> Result<Socket, FailureKind> {
    let stream = TcpStream::connect(address).await.map_err(|error| {
        debug!(%error, %address, "no connection to an endpoint");
        FailureKind::Connect
    })?;
    // Pieces are written when they are whole: waiting for more would only delay them.
    let _ = stream.set_nodelay(true);
    Ok(Socket::new(stream))
}
