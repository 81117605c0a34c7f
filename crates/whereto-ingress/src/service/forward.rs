use std::rc::Rc;

use http::header::{SET_COOKIE, STRICT_TRANSPORT_SECURITY};
use http::request::Parts;
use http::{Request, Response, StatusCode, Version};
use hyper::body::Incoming;
use hyper::upgrade::OnUpgrade;
use ingress_routing::Scheme;

use super::Exchange;
use super::own::OwnAnswer;
use super::reason::Why;
use super::route::ToEndpoint;
use super::tunnel;
use crate::body::{BodyError, Progress, RequestBody, ResponseBody};
use crate::connection::Connection;
use crate::upstream::{ClientKey, Outgoing, Sent, UpstreamFailure};

/// A request that goes to an endpoint, and what is needed for its response.
pub(super) struct Forwarding<'t> {
    onward: ToEndpoint<'t>,
    /// How the client asked.
    version: Version,
    /// The client's connection, should it become something else than HTTP.
    upgraded: Option<OnUpgrade>,
    outgoing: Outgoing<RequestBody>,
    progress: Option<Rc<Progress>>,
    exchange: Exchange,
}

impl<'t> Forwarding<'t> {
    pub(super) fn new(
        connection: &Connection,
        onward: ToEndpoint<'t>,
        mut parts: Parts,
        body: Incoming,
        mut exchange: Exchange,
    ) -> Self {
        let worker = &connection.worker;
        let version = parts.version;
        let upgraded = onward.upgrade.as_ref().and_then(|_| parts.extensions.remove::<OnUpgrade>());
        let (body, progress) = RequestBody::new(body, worker.shared.limits.body, worker.shared.timeouts.body);
        exchange.receives(progress.clone());
        parts.extensions.clear();
        let outgoing = worker.upstreams.outgoing(onward.upstream, Request::from_parts(parts, body));
        Self { onward, version, upgraded, outgoing, progress, exchange }
    }

    /// Sends the request to an endpoint. Where no response comes of it: what the client is told.
    pub(super) async fn send(&mut self, connection: &Connection) -> Result<Sent, OwnAnswer> {
        let worker = &connection.worker;
        let client = &self.onward.client;
        let key = ClientKey { address: client.address, https: client.scheme == Scheme::Https };
        let sending = worker.upstreams.send(self.onward.upstream, &mut self.outgoing, key);
        let sent = match worker.shared.timeouts.total {
            None => sending.await,
            // In memory of its own: nearly nobody asks for it, and a timer is large.
            Some(total) => match Box::pin(tokio::time::timeout(total, sending)).await {
                Ok(sent) => sent,
                Err(_) => return Err(OwnAnswer::new(StatusCode::GATEWAY_TIMEOUT, Why::TotalTime)),
            },
        };
        sent.map_err(|failure| {
            self.exchange.went_to(failure.endpoint, failure.attempts);
            failed(failure, self.progress.as_ref().and_then(|progress| progress.failure()))
        })
    }

    /// Makes an endpoint's response the client's.
    pub(super) fn respond(mut self, connection: &Connection, sent: Result<Sent, OwnAnswer>) -> Response<ResponseBody> {
        let shared = &connection.worker.shared;
        let Sent { mut response, endpoint, attempts, set_cookie } = match sent {
            Ok(sent) => sent,
            Err(answer) => return answer.respond(self.exchange),
        };
        self.exchange.went_to(Some(endpoint), attempts);
        let status = response.status();
        let asked = self.onward.upgrade.as_ref();
        let edited = shared.forwarding.edit_response(response.headers_mut(), status, self.version, asked);
        if edited.is_err() {
            return OwnAnswer::new(StatusCode::BAD_GATEWAY, Why::UnaskedUpgrade).respond(self.exchange);
        }
        if let Some(cookie) = set_cookie {
            response.headers_mut().append(SET_COOKIE, cookie);
        }
        if let Some(hsts) = shared.hsts.as_ref().filter(|_| self.onward.client.scheme == Scheme::Https) {
            // RFC 6797 §6.1: one field, and the endpoint may have its own.
            response.headers_mut().entry(STRICT_TRANSPORT_SECURITY).or_insert_with(|| hsts.clone());
        }
        *response.version_mut() = Version::HTTP_11;
        self.exchange.answered(status);
        if status == StatusCode::SWITCHING_PROTOCOLS {
            let endpoint = hyper::upgrade::on(&mut response);
            let (parts, body) = response.into_parts();
            tunnel::begin(self.upgraded, endpoint, body, self.exchange);
            return Response::from_parts(parts, ResponseBody::upgrade());
        }
        response.map(|body| ResponseBody::upstream(body, shared.timeouts.stream, self.exchange))
    }
}

/// What the client is told when no response came: if its own content is to blame, that.
fn failed(failure: UpstreamFailure, content: Option<BodyError>) -> OwnAnswer {
    match content {
        Some(error) => OwnAnswer::new(error.status(), Why::Content(error)).and_close(),
        None => OwnAnswer::new(failure.status(), Why::Endpoint(failure)),
    }
}
