//! One attempt to send a request to one endpoint.

use std::error::Error;
use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use http::header::HOST;
use http::request::Parts;
use http::uri::{Authority, Scheme};
use http::{Request, Response, Uri, Version};
use http_body::Body;
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::TrySendError;
use ingress_routing::Upstream;
use rustls::pki_types::ServerName;
use tokio::time::sleep;

use super::http1::Http1Lease;
use super::http2::Http2Lease;
use super::request_body::{ContentProgress, OutgoingBody};
use super::response_body::UpstreamBody;
use super::{EndpointProtocol, FailureKind, Known, Retry, Upstreams, tls};

/// A request as endpoints get it.
#[derive(Debug)]
pub(super) struct Outgoing<B> {
    request: Request<OutgoingBody<B>>,
    protocol: EndpointProtocol,
    /// The name to ask for by TLS.
    server_name: Option<ServerName<'static>>,
    /// The request's parts, where it may be sent again after it was sent.
    copy: Option<Parts>,
}

/// An attempt that failed.
#[derive(Debug)]
pub(super) struct Broken<B> {
    pub(super) kind: FailureKind,
    /// The request, where it may be sent again.
    pub(super) again: Option<Outgoing<B>>,
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
        let copy = repeatable.then(|| copy(&request));
        Self { request, protocol, server_name, copy }
    }
}

/// The parts of a request, but for extensions: those belong to who receives it.
fn copy<B>(request: &Request<B>) -> Parts {
    let (mut parts, ()) = Request::new(()).into_parts();
    parts.method = request.method().clone();
    parts.uri = request.uri().clone();
    parts.version = request.version();
    parts.headers = request.headers().clone();
    parts
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
    /// Sends a request to an endpoint.
    pub(super) async fn attempt(
        &self,
        endpoint: &Known<B>,
        outgoing: Outgoing<B>,
    ) -> Result<Response<UpstreamBody>, Broken<B>> {
        let Outgoing { mut request, protocol, server_name, copy } = outgoing;
        let in_flight = endpoint.enter();
        let progress = request.body().progress();
        let name = server_name.as_ref();
        let mut reuse = true;
        loop {
            let (result, fresh, lease) = if protocol.is_http2() {
                let (mut place, fresh) = match endpoint.http2(&self.connector, name, reuse).await {
                    Ok(place) => place,
                    Err(kind) => {
                        return Err(Broken { kind, again: Some(Outgoing { request, protocol, server_name, copy }) });
                    }
                };
                let result = self.in_time(place.sender.try_send_request(request), progress.as_deref()).await;
                if result.is_none() {
                    // It may be dead: let others not wait as long.
                    endpoint.forget_http2(&place.stream);
                }
                (result, fresh, LeaseOf::Http2(place.stream))
            } else {
                let idle = if reuse { endpoint.idle_http1(name).await } else { None };
                let fresh = idle.is_none();
                let mut sender = match idle {
                    Some(sender) => {
                        self.counters.reused.increment();
                        sender
                    }
                    None => match self.connector.http1(endpoint.address, name).await {
                        Ok(sender) => sender,
                        Err(kind) => {
                            let again = Some(Outgoing { request, protocol, server_name, copy });
                            return Err(Broken { kind, again });
                        }
                    },
                };
                let result = self.in_time(sender.try_send_request(request), progress.as_deref()).await;
                (result, fresh, LeaseOf::Http1(sender))
            };
            let mut error = match result {
                None => return Err(Broken { kind: FailureKind::FirstByteTimeout, again: None }),
                Some(Ok(response)) => {
                    return Ok(match lease {
                        LeaseOf::Http1(sender) => {
                            UpstreamBody::of(response, Box::new(Http1Lease::new(in_flight, sender, server_name)))
                        }
                        LeaseOf::Http2(stream) => {
                            UpstreamBody::of(response, Box::new(Http2Lease::new(in_flight, stream)))
                        }
                    });
                }
                Some(Err(error)) => error,
            };
            let unsent = error.take_message();
            let kind = kind(&error.into_error(), progress.as_deref());
            let again = unsent.or_else(|| {
                let parts = copy.as_ref().filter(|_| kind == FailureKind::BrokenOff)?;
                Some(Request::from_parts(parts.clone(), OutgoingBody::empty()))
            });
            match again {
                // The connection had been kept for too long, which says nothing of the endpoint.
                Some(again) if !fresh => {
                    request = again;
                    reuse = false;
                }
                again => {
                    let again = again.map(|request| Outgoing { request, protocol, server_name, copy });
                    return Err(Broken { kind, again });
                }
            }
        }
    }

    /// Waits for a response as long as is allowed.
    async fn in_time<R>(
        &self,
        sending: impl Future<Output = Result<Response<Incoming>, TrySendError<R>>>,
        progress: Option<&ContentProgress>,
    ) -> Option<Result<Response<Incoming>, TrySendError<R>>> {
        let limit: Duration = self.options.first_byte_timeout;
        let mut sending = pin!(sending);
        let mut timer = pin!(sleep(limit));
        poll_fn(|context| {
            if let Poll::Ready(result) = sending.as_mut().poll(context) {
                return Poll::Ready(Some(result));
            }
            while timer.as_mut().poll(context).is_ready() {
                let later = progress.and_then(|progress| progress.deadline(limit));
                match later.filter(|later| *later > timer.deadline()) {
                    Some(later) => timer.as_mut().reset(later),
                    None => return Poll::Ready(None),
                }
            }
            Poll::Pending
        })
        .await
    }
}

/// What a response will hold on to.
enum LeaseOf<B> {
    Http1(hyper::client::conn::http1::SendRequest<OutgoingBody<B>>),
    Http2(super::http2::Stream),
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
