use std::pin::pin;
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
use crate::body::{BodyError, RequestBody, ResponseBody};
use crate::connection::Connection;
use crate::upstream::{ClientKey, Sent, UpstreamFailure};

/// Sends a request to an endpoint, and its response to the client.
pub(super) async fn forward(
    connection: &Rc<Connection>,
    onward: ToEndpoint<'_>,
    mut parts: Parts,
    body: Incoming,
    mut exchange: Exchange,
) -> Response<ResponseBody> {
    let worker = &connection.worker;
    let (limits, timeouts) = (&worker.shared.limits, &worker.shared.timeouts);
    let received_version = parts.version;
    let upgraded = onward.upgrade.as_ref().and_then(|_| parts.extensions.remove::<OnUpgrade>());
    let (body, progress) = RequestBody::new(body, limits.body, timeouts.body);
    exchange.receives(progress.clone());
    parts.extensions.clear();

    let key = ClientKey { address: onward.client.address, https: onward.client.scheme == Scheme::Https };
    let mut sending = pin!(worker.upstreams.send(onward.upstream, Request::from_parts(parts, body), key));
    let result = match timeouts.total {
        None => sending.await,
        Some(total) => match tokio::time::timeout(total, sending.as_mut()).await {
            Ok(result) => result,
            Err(_) => return OwnAnswer::new(StatusCode::GATEWAY_TIMEOUT, Why::TotalTime).respond(exchange),
        },
    };
    let sent = match result {
        Ok(sent) => sent,
        Err(failure) => {
            exchange.went_to(failure.endpoint, failure.attempts);
            return failed(failure, progress.and_then(|progress| progress.failure())).respond(exchange);
        }
    };
    let Sent { mut response, endpoint, attempts, set_cookie } = sent;
    exchange.went_to(Some(endpoint), attempts);
    let status = response.status();
    let asked = onward.upgrade.as_ref();
    let edited = worker.shared.forwarding.edit_response(response.headers_mut(), status, received_version, asked);
    if edited.is_err() {
        return OwnAnswer::new(StatusCode::BAD_GATEWAY, Why::UnaskedUpgrade).respond(exchange);
    }
    if let Some(cookie) = set_cookie {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    if let Some(hsts) = worker.shared.hsts.as_ref().filter(|_| onward.client.scheme == Scheme::Https) {
        // RFC 6797 §6.1: one field, and the endpoint may have its own.
        response.headers_mut().entry(STRICT_TRANSPORT_SECURITY).or_insert_with(|| hsts.clone());
    }
    *response.version_mut() = Version::HTTP_11;
    exchange.answered(status);
    if status == StatusCode::SWITCHING_PROTOCOLS {
        let endpoint = hyper::upgrade::on(&mut response);
        let (parts, body) = response.into_parts();
        tunnel::begin(upgraded, endpoint, body, exchange);
        return Response::from_parts(parts, ResponseBody::upgrade());
    }
    response.map(|body| ResponseBody::upstream(body, timeouts.stream, exchange))
}

/// What the client is told when no response came: if its own content is to blame, that.
fn failed(failure: UpstreamFailure, content: Option<BodyError>) -> OwnAnswer {
    match content {
        Some(error) => OwnAnswer::new(error.status(), Why::Content(error)).and_close(),
        None => OwnAnswer::new(failure.status(), Why::Endpoint(failure)),
    }
}
