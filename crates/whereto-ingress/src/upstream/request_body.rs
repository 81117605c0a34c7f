use std::cell::Cell;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use http_body::{Body, Frame, SizeHint};
use hyper::body::Bytes;
use tokio::time::Instant;

use crate::forwarding::clean_trailers;

/// The content of a request on its way, watched. Where there is none, it can be made again.
#[derive(Debug)]
pub(super) struct OutgoingBody<B>(Option<(B, Rc<ContentProgress>)>);

/// How far the content of a request has come.
#[derive(Debug, Default)]
pub(super) struct ContentProgress {
    /// When something of it was last taken by the connection.
    last: Cell<Option<Instant>>,
    /// Whether the client is waited for.
    waits: Cell<bool>,
    failed: Cell<bool>,
}

impl ContentProgress {
    /// Whether the content itself failed.
    pub(super) const fn failed(&self) -> bool {
        self.failed.get()
    }

    /// Since when the endpoint could answer, as far as is known now; `None` if it has been since the beginning.
    pub(super) fn since(&self) -> Option<Instant> {
        if self.waits.get() { Some(Instant::now()) } else { self.last.get() }
    }
}

impl<B: Body> OutgoingBody<B> {
    pub(super) fn new(body: B) -> Self {
        Self((!body.is_end_stream()).then(|| (body, Rc::default())))
    }
}

impl<B> OutgoingBody<B> {
    pub(super) const fn empty() -> Self {
        Self(None)
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// How far the content comes; `None` where there is none.
    pub(super) fn progress(&self) -> Option<Rc<ContentProgress>> {
        self.0.as_ref().map(|(_, progress)| Rc::clone(progress))
    }
}

impl<B: Body<Data = Bytes> + Unpin> Body for OutgoingBody<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        let Some((body, progress)) = &mut self.0 else { return Poll::Ready(None) };
        let polled = Pin::new(body).poll_frame(context);
        progress.waits.set(polled.is_pending());
        polled.map(|frame| {
            progress.last.set(Some(Instant::now()));
            match frame? {
                Ok(mut frame) => {
                    if let Some(trailers) = frame.trailers_mut() {
                        clean_trailers(trailers);
                    }
                    Some(Ok(frame))
                }
                Err(error) => {
                    progress.failed.set(true);
                    Some(Err(error))
                }
            }
        })
    }

    fn is_end_stream(&self) -> bool {
        self.0.as_ref().is_none_or(|(body, _)| body.is_end_stream())
    }

    fn size_hint(&self) -> SizeHint {
        self.0.as_ref().map_or_else(|| SizeHint::with_exact(0), |(body, _)| body.size_hint())
    }
}
