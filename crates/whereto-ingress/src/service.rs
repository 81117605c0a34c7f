//! What becomes of a request: read, routed, and forwarded or answered.

mod exchange;
mod forward;
mod framing;
mod max_forwards;
mod own;
mod reason;
mod route;
mod tunnel;

use std::convert::Infallible;
use std::rc::Rc;

use http::Version;
use hyper::body::Incoming;
use hyper::{Request, Response};

use crate::body::ResponseBody;
use crate::connection::Connection;
use crate::worker::CurrentTable;
pub(crate) use exchange::Exchange;
use forward::Forwarding;
use route::Decision;

/// Answers a request. When the client goes away, this is dropped where it is, and with it the request to the endpoint.
pub(crate) async fn answer(
    connection: Rc<Connection>,
    request: Request<Incoming>,
) -> Result<Response<ResponseBody>, Infallible> {
    let table = connection.worker.table.current();
    let (version, mut forwarding) = match look_at(&connection, &table, request) {
        (version, Next::Forward(forwarding)) => (version, forwarding),
        (version, Next::Answer(mut response)) => {
            connection.finish_response(&mut response, version);
            return Ok(response);
        }
    };
    let sent = forwarding.send(&connection).await;
    let mut response = forwarding.respond(&connection, sent);
    connection.finish_response(&mut response, version);
    Ok(response)
}

/// What follows once a request was looked at.
#[allow(clippy::large_enum_variant, reason = "made once for a request, and taken apart at once")]
enum Next<'t> {
    Answer(Response<ResponseBody>),
    Forward(Forwarding<'t>),
}

/// Does what can be done at once. Nothing of it is kept by [`answer`], whose size counts: it is copied and allocated for each request of HTTP/2.
fn look_at<'t>(
    connection: &Rc<Connection>,
    table: &'t CurrentTable,
    request: Request<Incoming>,
) -> (Version, Next<'t>) {
    let version = request.version();
    let mut exchange = Exchange::begin(connection, version);
    let (mut parts, body) = request.into_parts();
    let next = match route::decide(connection, table, &mut parts, &mut exchange) {
        Decision::Answer(answer) => Next::Answer(answer.respond(exchange)),
        Decision::Forward(onward) => Next::Forward(Forwarding::new(connection, onward, parts, body, exchange)),
    };
    (version, next)
}
