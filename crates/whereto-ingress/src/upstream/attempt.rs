//! One attempt to send a request to one endpoint.

use std::error::Error;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::Poll;

use http::header::HOST;
use http::uri::{Authority, Scheme};
use http::{HeaderMap, Request, Response, Uri, Version};
use http_body::Body;
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::TrySendError;
use ingress_routing::Upstream;
use rustls::pki_types::ServerName;

use super::http1::{Http1Connection, Http1Lease};
use super::http2::{Http2Lease, Http2Place};
use super::repeat::Original;
use super::request_body::{ContentProgress, OutgoingBody};
use super::response_body::{Lease, UpstreamBody};
use super::{EndpointProtocol, FailureKind, Known, Retry, Upstreams, tls};
use crate::body::IdleTimer;

/// A request as endpoints get it.
#[derive(Debug)]
pub(crate) struct Outgoing<B> {
    /// There until it is sent, and after an attempt that failed, where it may be sent again.
    request: Option<Request<OutgoingBody<B>>>,
    protocol: EndpointProtocol,
    /// The name to ask for by TLS.
    server_name: Option<ServerName<'static>>,
    /// What it was, where it may be sent again after it was sent.
    original: Option<Original>,
}

impl<B: Body> Outgoing<B> {
    pub(super) fn new(request: Request<B>, upstream: &Upstream, protocol: EndpointProtocol, retry: Retry) -> Self {
        let mut request = request.map(OutgoingBody::new);
        if protocol.is_http2() {
            *request.version_mut() = Version::HTTP_2;
            name_authority(&mut request, upstream, protocol);
        } else {
            *request.version_mut() = Version::HTTP_11;
        }
        let server_name = if protocol.is_tls() { tls::server_name(upstream) } else { None };
        let repeatable = retry == Retry::Idempotent && request.method().is_idempotent() && request.body().is_empty();
        let original = repeatable.then(|| Original::of(&request));
        Self { request: Some(request), protocol, server_name, original }
    }
}

impl<B> Outgoing<B> {
    /// The fields of what is to be sent.
    pub(super) fn headers(&self) -> Option<&HeaderMap> {
        self.request.as_ref().map(Request::headers)
    }

    /// How far the content comes; `None` where there is none.
    fn progress(&self) -> Option<Rc<ContentProgress>> {
        self.request.as_ref().and_then(|request| request.body().progress())
    }

    /// Whether there is something to send.
    pub(super) const fn is_sendable(&self) -> bool {
        self.request.is_some()
    }

    /// Takes back what was not sent, or makes it again where that harms nobody.
    fn restore(&mut self, unsent: Option<Request<OutgoingBody<B>>>, kind: FailureKind) {
        self.request = unsent.or_else(|| {
            let original = self.original.as_ref().filter(|_| kind == FailureKind::BrokenOff)?;
            Some(original.again(OutgoingBody::empty()))
        });
    }
}

/// RFC 9113 §8.3.1: `:scheme` and `:authority` instead of Host.
fn name_authority<B>(request: &mut Request<B>, upstream: &Upstream, protocol: EndpointProtocol) {
    let host = request.headers_mut().remove(HOST);
    let authority = host.and_then(|host| Authority::from_maybe_shared(Bytes::copy_from_slice(host.as_bytes())).ok());
    let mut parts = std::mem::take(request.uri_mut()).into_parts();
    parts.scheme = Some(if protocol.is_tls() { Scheme::HTTPS } else { Scheme::HTTP });
    // A request without a host is for the Service.
    parts.authority = authority.or_else(|| {
        let service = upstream.service();
        Authority::try_from(format!("{}.{}.svc", service.name, service.namespace)).ok()
    });
    // Scheme, authority and path together are a URI.
    *request.uri_mut() = Uri::from_parts(parts).unwrap_or_default();
}

impl<B> Upstreams<B>
where
    B: Body<Data = Bytes, Error: Into<Box<dyn Error + Send + Sync>>> + Unpin + 'static,
{
    /// Sends a request to an endpoint. It is still there afterwards if it may be sent to another one.
    pub(super) async fn attempt(
        &self,
        endpoint: &Known<B>,
        outgoing: &mut Outgoing<B>,
    ) -> Result<Response<UpstreamBody>, FailureKind> {
        let in_flight = endpoint.enter();
        let mut reuse = true;
        loop {
            let (mut connection, fresh) = match self.ready(endpoint, outgoing, reuse) {
                Some(connection) => (connection, false),
                // In memory of its own, and so no part of each request.
                None => Box::pin(self.connection(endpoint, outgoing, reuse)).await?,
            };
            let progress = outgoing.progress();
            let Some(request) = outgoing.request.take() else { return Err(FailureKind::BrokenOff) };
            let sent = match &mut connection {
                Connection::Http1(connection) => {
                    let sending = pin!(connection.sender.try_send_request(request));
                    in_time(sending, &mut connection.timer, progress.as_deref()).await
                }
                Connection::Http2(place) => {
                    let mut timer = IdleTimer::new(self.options.first_byte_timeout);
                    in_time(pin!(place.sender.try_send_request(request)), &mut timer, progress.as_deref()).await
                }
            };
            let mut error = match sent {
                Some(Ok(response)) => {
                    let lease: Box<dyn Lease> = match connection {
                        Connection::Http1(connection) => Box::new(Http1Lease::new(in_flight, connection)),
                        Connection::Http2(place) => Box::new(Http2Lease::new(in_flight, place.stream)),
                    };
                    return Ok(UpstreamBody::of(response, lease));
                }
                Some(Err(error)) => error,
                None => {
                    if let Connection::Http2(place) = connection {
                        // It may be dead: let others not wait as long.
                        endpoint.forget_http2(&place.stream);
                    }
                    return Err(FailureKind::FirstByteTimeout);
                }
            };
            let unsent = error.take_message();
            let kind = kind(&error.into_error(), progress.as_deref());
            outgoing.restore(unsent, kind);
            if fresh || !outgoing.is_sendable() {
                return Err(kind);
            }
            // The connection had been kept for too long, which says nothing of the endpoint.
            reuse = false;
        }
    }

    /// A connection that can take a request now.
    fn ready(&self, endpoint: &Known<B>, outgoing: &Outgoing<B>, reuse: bool) -> Option<Connection<B>> {
        let name = outgoing.server_name.as_ref();
        if !reuse {
            None
        } else if outgoing.protocol.is_http2() {
            endpoint.place_on_http2(name).map(Connection::Http2)
        } else {
            endpoint.ready_http1(name).map(Connection::Http1)
        }
    }

    /// A connection for a request where none was ready, and whether it was opened for it.
    async fn connection(
        &self,
        endpoint: &Known<B>,
        outgoing: &Outgoing<B>,
        reuse: bool,
    ) -> Result<(Connection<B>, bool), FailureKind> {
        let name = outgoing.server_name.as_ref();
        if outgoing.protocol.is_http2() {
            let (place, fresh) = endpoint.open_http2(&self.connector, name, reuse).await?;
            return Ok((Connection::Http2(place), fresh));
        }
        let idle = if reuse { endpoint.soon_ready_http1(name).await } else { None };
        if let Some(connection) = idle {
            return Ok((Connection::Http1(connection), false));
        }
        let sender = self.connector.http1(endpoint.address, name).await?;
        let timer = IdleTimer::new(self.options.first_byte_timeout);
        Ok((Connection::Http1(Http1Connection { sender, server_name: name.cloned(), timer }), true))
    }
}

/// Waits for a response as long as is allowed.
async fn in_time<R>(
    mut sending: Pin<&mut impl Future<Output = Result<Response<Incoming>, TrySendError<R>>>>,
    timer: &mut IdleTimer,
    progress: Option<&ContentProgress>,
) -> Option<Result<Response<Incoming>, TrySendError<R>>> {
    poll_fn(|context| {
        if let Poll::Ready(result) = sending.as_mut().poll(context) {
            timer.progress();
            return Poll::Ready(Some(result));
        }
        while timer.poll(context).is_ready() {
            if !progress.and_then(ContentProgress::since).is_some_and(|since| timer.came_at(since)) {
                return Poll::Ready(None);
            }
        }
        Poll::Pending
    })
    .await
}

/// What a request is sent by.
enum Connection<B> {
    Http1(Http1Connection<OutgoingBody<B>>),
    Http2(Http2Place<OutgoingBody<B>>),
}

fn kind(error: &hyper::Error, progress: Option<&ContentProgress>) -> FailureKind {
    if progress.is_some_and(ContentProgress::failed) {
        FailureKind::Content
    } else if error.is_parse() {
        FailureKind::Malformed
    } else {
        FailureKind::BrokenOff
    }
}
