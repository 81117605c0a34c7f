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

use hyper::body::Incoming;
use hyper::{Request, Response};

use crate::body::ResponseBody;
use crate::connection::Connection;
pub(crate) use exchange::Exchange;
use route::Decision;

/// Answers a request. When the client goes away, this is dropped where it is, and with it the request to the endpoint.
pub(crate) async fn answer(
    connection: Rc<Connection>,
    request: Request<Incoming>,
) -> Result<Response<ResponseBody>, Infallible> {
    let version = request.version();
    let mut exchange = Exchange::begin(&connection, version);
    let (mut parts, body) = request.into_parts();
    let table = connection.worker.table.current();
    let mut response = match route::decide(&connection, &table, &mut parts, &mut exchange) {
        Decision::Answer(answer) => answer.respond(exchange),
        Decision::Forward(onward) => forward::forward(&connection, onward, parts, body, exchange).await,
    };
    connection.finish_response(&mut response, version);
    Ok(response)
}
