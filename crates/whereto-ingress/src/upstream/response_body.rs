use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use http::{Response, StatusCode};
use http_body::{Body, Frame, SizeHint};
use hyper::body::{Bytes, Incoming};

/// The content of a response on its way. As long as it is there, the request counts as in flight; at its end, the connection is free for the next.
pub(crate) struct UpstreamBody {
    content: Incoming,
    lease: Option<Box<dyn Lease>>,
}

/// What a response holds on to.
pub(super) trait Lease {
    /// The response was read to its end.
    fn end(self: Box<Self>);
}

impl UpstreamBody {
    pub(super) fn of(response: Response<Incoming>, lease: Box<dyn Lease>) -> Response<Self> {
        let switched = response.status() == StatusCode::SWITCHING_PROTOCOLS;
        response.map(|content| {
            let mut body = Self { content, lease: Some(lease) };
            // An upgraded connection is not for HTTP any more.
            if !switched && body.content.is_end_stream() {
                body.end();
            }
            body
        })
    }

    fn end(&mut self) {
        if let Some(lease) = self.lease.take() {
            lease.end();
        }
    }
}

impl fmt::Debug for UpstreamBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UpstreamBody").field("content", &self.content).finish_non_exhaustive()
    }
}

impl Body for UpstreamBody {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let frame = ready!(Pin::new(&mut self.content).poll_frame(context));
        match &frame {
            Some(Err(_)) => self.lease = None,
            Some(Ok(_)) if !self.content.is_end_stream() => {}
            _ => self.end(),
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.content.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.content.size_hint()
    }
}
