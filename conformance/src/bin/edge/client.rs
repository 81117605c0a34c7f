//! A client's connection.

use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::{http1, http2};
use hyper::header::HOST;
use hyper::http::uri::Scheme;
use hyper::http::{Error as BadRequest, Uri};
use hyper::{Method, Request, Response, Version};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpSocket;
use tokio_rustls::TlsConnector;

use crate::arguments::LOOPBACK;

/// A request's content.
pub(crate) type Content = BoxBody<Bytes, io::Error>;

/// Where and how connections are made.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    pub(crate) address: SocketAddr,
    /// Also the server name of TLS.
    pub(crate) host: String,
    pub(crate) version: Version,
    pub(crate) tls: Option<Arc<ClientConfig>>,
}

/// Any stream.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// An open connection. Clones of one of HTTP/2 share it.
#[derive(Debug)]
pub(crate) struct Connection {
    sender: Sender,
    scheme: Scheme,
    /// The certificate that the server showed.
    pub(crate) certificate: Option<Vec<u8>>,
}

enum Sender {
    Http1(http1::SendRequest<Content>),
    Http2(http2::SendRequest<Content>),
}

impl fmt::Debug for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sender")
    }
}

impl Target {
    /// A stream to the server, after the handshake where there is one, and the certificate that was shown.
    pub(crate) async fn stream(&self) -> io::Result<(Box<dyn Stream>, Option<Vec<u8>>)> {
        self.stream_from(LOOPBACK).await
    }

    async fn stream_from(&self, source: Ipv4Addr) -> io::Result<(Box<dyn Stream>, Option<Vec<u8>>)> {
        let socket = TcpSocket::new_v4()?;
        if source != LOOPBACK {
            socket.bind((source, 0).into())?;
        }
        let stream = socket.connect(self.address).await?;
        stream.set_nodelay(true)?;
        let Some(config) = &self.tls else { return Ok((Box::new(stream), None)) };
        let name = ServerName::try_from(self.host.clone()).map_err(io::Error::other)?;
        let stream = TlsConnector::from(Arc::clone(config)).connect(name, stream).await?;
        let certificates = stream.get_ref().1.peer_certificates();
        let certificate = certificates.and_then(|list| list.first()).map(|certificate| certificate.to_vec());
        Ok((Box::new(stream), certificate))
    }

    pub(crate) async fn connect(&self) -> io::Result<Connection> {
        self.connect_from(LOOPBACK).await
    }

    /// The same from another address of this machine.
    pub(crate) async fn connect_from(&self, source: Ipv4Addr) -> io::Result<Connection> {
        let (stream, certificate) = self.stream_from(source).await?;
        let scheme = if self.tls.is_some() { Scheme::HTTPS } else { Scheme::HTTP };
        let stream = TokioIo::new(stream);
        let sender = if self.version == Version::HTTP_2 {
            let handshake = http2::handshake(TokioExecutor::new(), stream).await;
            let (sender, connection) = handshake.map_err(io::Error::other)?;
            tokio::spawn(connection);
            Sender::Http2(sender)
        } else {
            let (sender, connection) = http1::handshake(stream).await.map_err(io::Error::other)?;
            tokio::spawn(connection);
            Sender::Http1(sender)
        };
        Ok(Connection { sender, scheme, certificate })
    }
}

impl Connection {
    /// Another handle of the same connection; HTTP/1.1 has none.
    pub(crate) fn share(&self) -> Option<Self> {
        let Sender::Http2(sender) = &self.sender else { return None };
        let sender = Sender::Http2(sender.clone());
        Some(Self { sender, scheme: self.scheme.clone(), certificate: self.certificate.clone() })
    }

    /// Waits until a request may be sent; false when none may be any more.
    pub(crate) async fn ready(&mut self) -> bool {
        match &mut self.sender {
            Sender::Http1(sender) => sender.ready().await.is_ok(),
            Sender::Http2(sender) => sender.ready().await.is_ok(),
        }
    }

    /// Sends a request that [`request`] made; its response's head.
    pub(crate) async fn send(&mut self, mut request: Request<Content>) -> hyper::Result<Response<Incoming>> {
        match &mut self.sender {
            Sender::Http1(sender) => sender.send_request(request).await,
            Sender::Http2(sender) => {
                // The host is part of the target there.
                if let Some(host) = request.headers_mut().remove(HOST) {
                    let mut parts = std::mem::take(request.uri_mut()).into_parts();
                    parts.scheme = Some(self.scheme.clone());
                    parts.authority = host.to_str().ok().and_then(|host| host.parse().ok());
                    if let Ok(uri) = Uri::from_parts(parts) {
                        *request.uri_mut() = uri;
                    }
                }
                sender.send_request(request).await
            }
        }
    }
}

/// A request with `content`.
pub(crate) fn request(
    method: Method,
    host: &str,
    path: &str,
    content: Content,
) -> Result<Request<Content>, BadRequest> {
    Request::builder().method(method).uri(path).header(HOST, host).body(content)
}

/// A content of one piece.
pub(crate) fn whole(octets: impl Into<Bytes>) -> Content {
    Full::new(octets.into()).map_err(|never| match never {}).boxed()
}
