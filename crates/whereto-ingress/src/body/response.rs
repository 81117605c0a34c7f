use std::error::Error;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use http_body::{Body, Frame, SizeHint};
use hyper::body::Bytes;

use super::idle::IdleTimer;
use crate::forwarding::clean_trailers;
use crate::service::Exchange;
use crate::upstream::UpstreamBody;

/// The content of a response on its way to a client. With it goes the record of the exchange, which is closed when this is dropped: at the
/// end of the content, or when the client has gone.
#[derive(Debug)]
pub(crate) struct ResponseBody {
    content: Content,
    exchange: Option<Exchange>,
}

#[derive(Debug)]
enum Content {
    /// Of our own.
    Own(Bytes),
    /// As it comes from an endpoint, and for how long it may not.
    Upstream(UpstreamBody, Option<IdleTimer>),
}

impl ResponseBody {
    /// Content of our own.
    pub(crate) const fn own(text: Bytes, exchange: Exchange) -> Self {
        Self { content: Content::Own(text), exchange: Some(exchange) }
    }

    /// Content from an endpoint.
    pub(crate) fn upstream(body: UpstreamBody, idle: Option<Duration>, exchange: Exchange) -> Self {
        Self { content: Content::Upstream(body, idle.map(IdleTimer::new)), exchange: Some(exchange) }
    }

    /// None, before a connection becomes a tunnel.
    pub(crate) const fn upgrade() -> Self {
        Self { content: Content::Own(Bytes::new()), exchange: None }
    }

    fn pass_on(&mut self, frame: Result<Frame<Bytes>, BoxError>) -> Result<Frame<Bytes>, BoxError> {
        match frame {
            Ok(mut frame) => {
                if let Some(data) = frame.data_ref() {
                    self.passed(data.len());
                } else if let Some(trailers) = frame.trailers_mut() {
                    clean_trailers(trailers);
                }
                Ok(frame)
            }
            Err(error) => {
                self.exchange.iter_mut().for_each(Exchange::broke_off);
                Err(error)
            }
        }
    }

    /// Whether something was given, and whoever sends it did not come for more yet.
    fn given(&self, given: bool) {
        if let Some(exchange) = &self.exchange {
            exchange.given(given);
        }
    }

    fn passed(&mut self, octets: usize) {
        if let Some(exchange) = &mut self.exchange {
            exchange.sent(octets as u64);
        }
    }
}

type BoxError = Box<dyn Error + Send + Sync>;

impl Body for ResponseBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        self.given(false);
        let (body, timer) = match &mut self.content {
            Content::Own(text) => {
                let text = std::mem::take(text);
                self.passed(text.len());
                return Poll::Ready((!text.is_empty()).then(|| Ok(Frame::data(text))));
            }
            Content::Upstream(body, timer) => (body, timer),
        };
        let frame = match (Pin::new(body).poll_frame(context), timer) {
            (Poll::Pending, Some(timer)) => {
                ready!(timer.poll(context));
                Some(Err(io::Error::from(io::ErrorKind::TimedOut).into()))
            }
            (Poll::Pending, None) => return Poll::Pending,
            (Poll::Ready(frame), timer) => {
                timer.iter_mut().for_each(IdleTimer::progress);
                frame.map(|frame| frame.map_err(Into::into))
            }
        };
        self.given(true);
        Poll::Ready(frame.map(|frame| self.pass_on(frame)))
    }

    fn is_end_stream(&self) -> bool {
        match &self.content {
            Content::Own(text) => text.is_empty(),
            Content::Upstream(body, _) => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.content {
            Content::Own(text) => SizeHint::with_exact(text.len() as u64),
            Content::Upstream(body, _) => body.size_hint(),
        }
    }
}
