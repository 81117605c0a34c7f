use std::convert::Infallible;
use std::fmt::Write as _;
use std::sync::Arc;

use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::{Request, Response};

use super::websocket;

/// What an endpoint answers: who it is, what it was asked, and how much content came. A WebSocket gets back what it sends.
pub(super) async fn answer(mut request: Request<Incoming>, who: Arc<str>) -> Result<Response<Full<Bytes>>, Infallible> {
    if let Some(response) = websocket::accept(&mut request) {
        return Ok(response);
    }
    let mut text = format!("{who}\n{} {} {:?}\n", request.method(), request.uri(), request.version());
    for (name, value) in request.headers() {
        // A string takes whatever is written to it.
        let _ = writeln!(text, "{name}: {}", value.as_bytes().escape_ascii());
    }
    let mut octets = 0_u64;
    let body = request.body_mut();
    while let Some(Ok(frame)) = body.frame().await {
        octets += frame.data_ref().map_or(0, |data| data.len() as u64);
    }
    if octets > 0 {
        let _ = writeln!(text, "\n{octets} octets of content");
    }
    let mut response = Response::new(Full::new(Bytes::from(text)));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    Ok(response)
}
