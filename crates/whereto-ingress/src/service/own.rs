//! Answers of our own: plain text that names nothing inside.

use http::header::{CONNECTION, CONTENT_TYPE, LOCATION};
use http::{HeaderValue, Response, StatusCode};
use hyper::body::Bytes;

use super::Exchange;
use super::reason::Why;
use crate::body::ResponseBody;

const PLAIN: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");
const CLOSE: HeaderValue = HeaderValue::from_static("close");

/// An answer of our own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct OwnAnswer {
    pub(super) status: StatusCode,
    why: Why,
    location: Option<HeaderValue>,
    close: bool,
}

impl OwnAnswer {
    pub(super) const fn new(status: StatusCode, why: Why) -> Self {
        Self { status, why, location: None, close: false }
    }

    /// The connection is closed after it: what follows on it may be anything, or too much.
    pub(super) const fn and_close(mut self) -> Self {
        self.close = true;
        self
    }

    /// Elsewhere.
    pub(super) fn redirect(status: StatusCode, location: HeaderValue) -> Self {
        Self { location: Some(location), ..Self::new(status, Why::Redirect) }
    }

    /// The response: `404 Not Found` and a line feed as its content.
    pub(super) fn respond(self, mut exchange: Exchange) -> Response<ResponseBody> {
        exchange.answered(self.status);
        exchange.because(self.why);
        let text = match self.status {
            StatusCode::NO_CONTENT => Bytes::new(),
            status => Bytes::from(format!("{status}\n")),
        };
        let mut response = Response::new(ResponseBody::own(text, exchange));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        if self.status != StatusCode::NO_CONTENT {
            headers.insert(CONTENT_TYPE, PLAIN);
        }
        if let Some(location) = self.location {
            headers.insert(LOCATION, location);
        }
        if self.close {
            headers.insert(CONNECTION, CLOSE);
        }
        response
    }
}
