use std::cell::Cell;
use std::fmt;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use http::StatusCode;
use http_body::{Body, Frame, SizeHint};
use hyper::body::{Bytes, Incoming};

use super::idle::IdleTimer;

/// The content of a request on its way to an endpoint.
#[derive(Debug)]
pub(crate) enum RequestBody {
    /// None.
    Empty,
    /// As it comes from the client.
    Incoming(Box<IncomingBody>),
}

/// What is known of a request's content, shared with who waits for the response.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    octets: Cell<u64>,
    failure: Cell<Option<BodyError>>,
}

impl Progress {
    /// Octets that were passed on.
    pub(crate) const fn octets(&self) -> u64 {
        self.octets.get()
    }

    /// Why the content ended before its end.
    pub(crate) const fn failure(&self) -> Option<BodyError> {
        self.failure.get()
    }
}

/// Content from a client, within a limit of size and of patience.
#[derive(Debug)]
pub(crate) struct IncomingBody {
    body: Incoming,
    limit: u64,
    timer: IdleTimer,
    progress: Rc<Progress>,
}

/// Why a request's content ended before its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BodyError {
    /// It is longer than allowed.
    TooLarge,
    /// Nothing came for too long.
    TimedOut,
    /// The client went away, or broke the rules of its framing.
    Broken,
}

impl BodyError {
    /// What the client is told.
    pub(crate) const fn status(self) -> StatusCode {
        match self {
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TimedOut => StatusCode::REQUEST_TIMEOUT,
            Self::Broken => StatusCode::BAD_REQUEST,
        }
    }
}

impl fmt::Display for BodyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooLarge => "the request's content is longer than allowed",
            Self::TimedOut => "the request's content did not come in time",
            Self::Broken => "the request's content broke off",
        })
    }
}

impl std::error::Error for BodyError {}

impl RequestBody {
    /// Content that may be `limit` octets long and never pauses for longer than `idle`; and, if there is any, how far it comes.
    pub(crate) fn new(body: Incoming, limit: Option<u64>, idle: Duration) -> (Self, Option<Rc<Progress>>) {
        if body.is_end_stream() {
            return (Self::Empty, None);
        }
        let progress = Rc::new(Progress::default());
        let incoming = IncomingBody {
            body,
            limit: limit.unwrap_or(u64::MAX),
            timer: IdleTimer::new(idle),
            progress: Rc::clone(&progress),
        };
        (Self::Incoming(Box::new(incoming)), Some(progress))
    }
}

impl IncomingBody {
    fn fail(&self, error: BodyError) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        self.progress.failure.set(Some(error));
        Poll::Ready(Some(Err(error)))
    }
}

impl Body for RequestBody {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let Self::Incoming(incoming) = &mut *self else { return Poll::Ready(None) };
        let Poll::Ready(frame) = Pin::new(&mut incoming.body).poll_frame(context) else {
            ready!(incoming.timer.poll(context));
            return incoming.fail(BodyError::TimedOut);
        };
        incoming.timer.progress();
        match frame {
            None => Poll::Ready(None),
            Some(Err(_)) => incoming.fail(BodyError::Broken),
            Some(Ok(frame)) => {
                let octets = frame.data_ref().map_or(0, Bytes::len) as u64;
                let octets = incoming.progress.octets.get().saturating_add(octets);
                if octets > incoming.limit {
                    return incoming.fail(BodyError::TooLarge);
                }
                incoming.progress.octets.set(octets);
                Poll::Ready(Some(Ok(frame)))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Incoming(incoming) => incoming.body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Empty => SizeHint::with_exact(0),
            Self::Incoming(incoming) => incoming.body.size_hint(),
        }
    }
}
