use http::header::HOST;
use http::request::Parts;
use http::uri::PathAndQuery;
use http::{HeaderValue, Request as HttpRequest, StatusCode, Uri};
use hyper::body::Bytes;
use ingress_routing::{Forward, Malformed, Outcome, Reason, Redirect, Request, RequestHead, Upstream};

use super::Exchange;
use super::framing;
use super::max_forwards;
use super::own::OwnAnswer;
use super::reason::Why;
use crate::connection::Connection;
use crate::forwarding::{Client, Onward, Upgrade};
use crate::upstream::EndpointProtocol;
use crate::worker::CurrentTable;

/// What is to be done with a request.
pub(super) enum Decision<'t> {
    Answer(OwnAnswer),
    Forward(ToEndpoint<'t>),
}

/// Where a request is sent; its parts have become those that the endpoint gets.
pub(super) struct ToEndpoint<'t> {
    pub(super) upstream: &'t Upstream,
    pub(super) client: Client,
    pub(super) upgrade: Option<Upgrade>,
}

/// Routes a request, and makes it what is sent on.
pub(super) fn decide<'t>(
    connection: &Connection,
    table: &'t CurrentTable,
    parts: &mut Parts,
    exchange: &mut Exchange,
) -> Decision<'t> {
    let worker = &connection.worker;
    let client = worker.shared.forwarding.client(&parts.headers, &connection.hop);
    exchange.note(parts, &client);
    let checked = framing::check(parts, &worker.shared.limits);
    if let Err(answer) = checked.and_then(|()| max_forwards::count_down(parts)) {
        return Decision::Answer(answer);
    }
    // What is routed is held apart (it costs no copy), so that the fields can be changed meanwhile.
    let seen = Seen::of(parts);
    let mut buffer = worker.buffer.borrow_mut();
    let mut head = seen.head().with_scheme(client.scheme).with_peer(client.address);
    if let Some(name) = connection.server_name() {
        head = head.with_server_name(name);
    }
    match table.route(&head, &mut buffer) {
        Outcome::Forward(forward) => to_endpoint(connection, table, parts, exchange, client, &forward),
        Outcome::Respond { status, reason, matched, .. } => {
            if let Some(matched) = matched {
                exchange.decided_by(matched, table);
            }
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            Decision::Answer(OwnAnswer::new(status, Why::Routing(reason)))
        }
        Outcome::Redirect { redirect, matched } => {
            exchange.decided_by(matched, table);
            Decision::Answer(to_https(&redirect))
        }
        // Whatever else is said on the connection is not to be trusted either.
        Outcome::Malformed(malformed) => {
            Decision::Answer(OwnAnswer::new(StatusCode::BAD_REQUEST, Why::Malformed(malformed)).and_close())
        }
        _ => Decision::Answer(OwnAnswer::new(StatusCode::NOT_IMPLEMENTED, Why::Refused("an unknown outcome"))),
    }
}

fn to_https(redirect: &Redirect<'_>) -> OwnAnswer {
    let status = StatusCode::from_u16(Redirect::STATUS).unwrap_or(StatusCode::PERMANENT_REDIRECT);
    match HeaderValue::try_from(redirect.to_string()) {
        Ok(location) => OwnAnswer::redirect(status, location),
        // Host, path and query are visible characters of ASCII: this does not happen.
        Err(_) => OwnAnswer::new(StatusCode::BAD_REQUEST, Why::Redirect),
    }
}

fn to_endpoint<'t>(
    connection: &Connection,
    table: &'t CurrentTable,
    parts: &mut Parts,
    exchange: &mut Exchange,
    client: Client,
    forward: &Forward<'_>,
) -> Decision<'t> {
    exchange.decided_by(forward.matched, table);
    if forward.request.path().changed() {
        connection.worker.block.paths_changed.increment();
    }
    // The same as in `forward`, but borrowed from the table alone.
    let Some(upstream) = table.upstream_of(forward.matched) else {
        return Decision::Answer(OwnAnswer::new(StatusCode::SERVICE_UNAVAILABLE, Why::Routing(Reason::NoService)));
    };
    exchange.goes_on();
    let Some(target) = target(&parts.uri, &forward.request) else {
        let answer = OwnAnswer::new(StatusCode::BAD_REQUEST, Why::Malformed(Malformed::Target));
        return Decision::Answer(answer.and_close());
    };
    parts.uri = target;
    let onward = Onward {
        authority: forward.request.authority(),
        version: parts.version,
        to_http2: EndpointProtocol::of(upstream).is_http2(),
    };
    let upgrade =
        connection.worker.shared.forwarding.edit_request(&mut parts.headers, &connection.hop, &client, onward);
    Decision::Forward(ToEndpoint { upstream, client, upgrade })
}

/// Path and query as they were matched: the received ones where they are the same.
fn target(received: &Uri, request: &Request<'_>) -> Option<Uri> {
    let same = received.path_and_query().filter(|both| !request.path().changed() && both.as_str().starts_with('/'));
    if let Some(same) = same {
        return Some(same.clone().into());
    }
    let mut target = Vec::new();
    request.write_target(&mut target);
    PathAndQuery::from_maybe_shared(Bytes::from(target)).ok().map(Uri::from)
}

/// What of a request decides where it goes.
struct Seen {
    parts: Parts,
    hosts: [Option<HeaderValue>; 2],
}

impl Seen {
    fn of(parts: &Parts) -> Self {
        let (mut seen, ()) = HttpRequest::new(()).into_parts();
        seen.method = parts.method.clone();
        seen.uri = parts.uri.clone();
        seen.version = parts.version;
        let mut hosts = parts.headers.get_all(HOST).iter().cloned();
        Self { parts: seen, hosts: [hosts.next(), hosts.next()] }
    }

    fn head(&self) -> RequestHead<'_> {
        let mut head = RequestHead::from(&self.parts);
        head.hosts = self.hosts.iter().flatten().map(HeaderValue::as_bytes).collect();
        head
    }
}
