use std::error::Error;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::Poll;

use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::HttpService;
use hyper_util::rt::TokioIo;
use tokio::time::{Instant, sleep_until};

use super::Connection;
use super::state::Due;
use super::stream::ClientStream;
use crate::body::ResponseBody;
use crate::executor::LocalExecutor;

/// A connection that hyper serves.
pub(super) trait Served: Future<Output = hyper::Result<()>> {
    /// Ends after the requests under way.
    fn finish(self: Pin<&mut Self>);
}

type BoxError = Box<dyn Error + Send + Sync>;

impl<S> Served for http1::UpgradeableConnection<TokioIo<ClientStream>, S>
where
    S: HttpService<Incoming, ResBody = ResponseBody, Error: Into<BoxError>>,
{
    fn finish(self: Pin<&mut Self>) {
        self.graceful_shutdown();
    }
}

impl<S> Served for http2::Connection<TokioIo<ClientStream>, S, LocalExecutor>
where
    S: HttpService<Incoming, ResBody = ResponseBody, Error: Into<BoxError>, Future: 'static>,
{
    fn finish(self: Pin<&mut Self>) {
        self.graceful_shutdown();
    }
}

/// How a connection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    /// By HTTP's rules, or by the client.
    Closed,
    /// hyper refused what came, or could not send.
    Failed,
    /// No request came for too long.
    Idle,
    /// A request's head did not come to its end.
    Head,
    /// The client took nothing.
    Write,
}

/// Serves a connection to its end, with one timer for all that may take too long.
pub(super) async fn drive(served: impl Served, connection: &Connection) -> Ended {
    let mut served = pin!(served);
    let worker = &connection.worker;
    let timeouts = &worker.shared.timeouts;
    let mut timer = pin!(sleep_until(Instant::now() + timeouts.shortest()));
    let mut finishing = false;
    let woken = worker.drain.member();
    poll_fn(|context| {
        woken.register(context.waker());
        loop {
            if let Poll::Ready(result) = served.as_mut().poll(context) {
                return Poll::Ready(if result.is_ok() { Ended::Closed } else { Ended::Failed });
            }
            if worker.drain.is_draining() && !finishing {
                finishing = true;
                served.as_mut().finish();
                continue;
            }
            if timer.as_mut().poll(context).is_pending() {
                return Poll::Pending;
            }
            match connection.state.due(timeouts) {
                Due::Later(_) if connection.streams.are_held_up(timeouts.write) => return Poll::Ready(Ended::Write),
                Due::Later(at) => timer.as_mut().reset(at),
                Due::Idle if !finishing => {
                    // Told, so that a client does not take it for a failure.
                    finishing = true;
                    served.as_mut().finish();
                    timer.as_mut().reset(Instant::now() + timeouts.head);
                }
                Due::Idle => return Poll::Ready(Ended::Idle),
                Due::Head => return Poll::Ready(Ended::Head),
                Due::Write => return Poll::Ready(Ended::Write),
            }
        }
    })
    .await
}
