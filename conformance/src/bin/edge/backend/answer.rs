//! What endpoints answer.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use futures_util::stream;
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt as _, Full, StreamBody};
use hyper::body::{Bytes, Frame, Incoming};
use hyper::header::{CONTENT_LENGTH, HeaderName, HeaderValue, UPGRADE};
use hyper::{HeaderMap, Method, Request, Response, StatusCode};

use super::{Identity, NUMBER, websocket};

pub(super) type Answer = Response<BoxBody<Bytes, Infallible>>;

/// A piece of a long content.
const PIECE: usize = 64 * 1024;
/// The time between two pieces of `/trickle`.
const BEAT: Duration = Duration::from_millis(20);

/// Answers with who it is and what it was asked, or as the path says:
///
/// | path | |
/// |---|---|
/// | `/download?N` | N octets |
/// | `/trickle?N` | N pieces of an octet, one every 20 ms |
/// | `/late?N` | N ms later |
/// | `/sleepy?N` | its content is read only after N ms |
/// | `/status?N` | with status N |
/// | `/trailers` | with a trailer field `x-checksum` |
/// | any with `Upgrade: websocket` | returns what it gets |
pub(super) async fn answer(mut request: Request<Incoming>, identity: Arc<Identity>) -> hyper::Result<Answer> {
    if let Some(number) = request.headers().get(NUMBER).and_then(|value| value.to_str().ok()?.parse().ok()) {
        identity.seen.add(number);
    }
    if request.headers().contains_key(UPGRADE) {
        return Ok(websocket::answer(&mut request));
    }
    let number: u64 = request.uri().query().and_then(|query| query.parse().ok()).unwrap_or(0);
    let (mut status, mut trailers) = (StatusCode::OK, None);
    match request.uri().path() {
        "/download" => return Ok(download(number, request.method())),
        "/trickle" => return Ok(trickle(number)),
        "/late" | "/sleepy" => tokio::time::sleep(Duration::from_millis(number)).await,
        "/status" => status = StatusCode::from_u16(number as u16).unwrap_or(StatusCode::OK),
        "/trailers" => {
            let field = (HeaderName::from_static("x-checksum"), HeaderValue::from_static("17"));
            trailers = Some(HeaderMap::from_iter([field]));
        }
        _ => {}
    }
    let (method, uri) = (request.method().clone(), request.uri().clone());
    let length = read(request.into_body()).await?;
    let target = uri.path_and_query().map_or("/", |target| target.as_str());
    let text = format!("{} {} {method} {target} {length}\n", identity.service, identity.number);
    let body = Full::new(Bytes::from(text)).with_trailers(async { trailers.map(Ok) }).boxed();
    let mut response = Response::new(body);
    *response.status_mut() = status;
    Ok(response)
}

/// Reads content without keeping it; how much there was.
async fn read(mut content: Incoming) -> hyper::Result<u64> {
    let mut length = 0;
    while let Some(frame) = content.frame().await {
        length += frame?.data_ref().map_or(0, |data| data.len() as u64);
    }
    Ok(length)
}

fn download(octets: u64, method: &Method) -> Answer {
    let piece = Bytes::from_static(&[b'd'; PIECE]);
    let pieces = stream::unfold(octets, move |left| {
        let length = left.min(PIECE as u64);
        let piece = piece.slice(..length as usize);
        async move { (length > 0).then(|| (Ok::<_, Infallible>(Frame::data(piece)), left - length)) }
    });
    let body = if method == Method::HEAD { Full::default().boxed() } else { StreamBody::new(pieces).boxed() };
    let mut response = Response::new(body);
    response.headers_mut().insert(CONTENT_LENGTH, octets.into());
    response
}

fn trickle(pieces: u64) -> Answer {
    let pieces = stream::unfold(pieces, |left| async move {
        if left == 0 {
            return None;
        }
        tokio::time::sleep(BEAT).await;
        Some((Ok::<_, Infallible>(Frame::data(Bytes::from_static(b"t"))), left - 1))
    });
    Response::new(StreamBody::new(pieces).boxed())
}
