//! Requests to endpoints: which endpoint, by which connection, and what if it fails.
//!
//! Each worker has its own [`Upstreams`], on its own thread: connections, counts of requests in flight, and what was learnt of endpoints are not
//! shared.
//!
//! **Choice.** Endpoints are chosen by [`UpstreamOptions::balance`], unless the client is to stay where it was, by [`Affinity`] or because its Service
//! says so ([`Upstream::session_affinity`]). Those that keep failing are left out for a while ([`ingress_routing::EndpointHealth`]); so are, for
//! one request, those that it was sent to in vain.
//!
//! **Connections.** Of HTTP/1.1 there is one for each request in flight; when the response's content is read to its end, the connection goes back
//! on a stack, and the one used last is used next, so that what is too much runs out of time. Of HTTP/2 there is one, and another only when
//! its streams are used up. When an endpoint leaves the routing table, its idle connections are closed, and those with requests when these end.
//!
//! **Failures.** A request that was not sent is sent again, whatever its method: to another endpoint when no connection was to be had, by another
//! connection when the idle one turned out to be closed. One that may have been received is sent again only if that harms nobody, and not at all with [`Retry::Unsent`].
//!
//! | what | status |
//! |---|---|
//! | no endpoint to choose | 503 |
//! | no connection (refused, reset, unreachable), no TLS | 502 |
//! | no connection in time | 504 |
//! | no response in time, from the request's last octet on | 504 |
//! | broken off before the response's fields | 502 |
//! | no HTTP | 502 |

mod attempt;
mod choice;
mod connect;
mod counters;
mod endpoint;
mod failure;
mod http1;
mod http2;
mod options;
mod protocol;
mod repeat;
mod request_body;
mod response_body;
mod tls;

use std::cell::RefCell;
use std::collections::HashMap;
use std::error::Error;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::rc::{Rc, Weak};
use std::sync::Arc;
use std::time::Duration;

use foldhash::fast::FixedState;
use http::{HeaderValue, Request, Response};
use http_body::Body;
use hyper::body::Bytes;
use ingress_routing::{EndpointOutcome, HealthChange, Upstream};
use tokio::time::Instant;

pub(crate) use attempt::Outgoing;
use choice::Chooser;
use connect::Connector;
pub(crate) use counters::{CounterKind, UpstreamCounters};
use endpoint::Endpoint;
pub(crate) use failure::{FailureKind, UpstreamFailure};
pub use options::{Affinity, CookieAffinity, EndpointVerification, Retry, UpstreamOptions};
pub(crate) use protocol::EndpointProtocol;
use request_body::OutgoingBody;
pub(crate) use response_body::UpstreamBody;

/// How often connections that were idle for too long are looked for.
const SWEEP_INTERVAL: Duration = Duration::from_secs(1);

/// Whom a request is from, as far as the choice of its endpoint depends on it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ClientKey {
    pub(crate) address: IpAddr,
    /// Whether a cookie can be one that is sent by TLS alone.
    pub(crate) https: bool,
}

/// A response, and how it came about.
#[derive(Debug)]
pub(crate) struct Sent {
    pub(crate) response: Response<UpstreamBody>,
    pub(crate) endpoint: SocketAddr,
    /// How often the request was sent, or tried to be.
    pub(crate) attempts: u32,
    /// For the response, so that the client's next request goes to the same endpoint.
    pub(crate) set_cookie: Option<HeaderValue>,
}

/// An endpoint that requests were sent to.
type Known<B> = Rc<Endpoint<OutgoingBody<B>>>;

/// A worker's way to all endpoints, for requests with content of type `B`.
pub(crate) struct Upstreams<B> {
    options: Arc<UpstreamOptions>,
    counters: Arc<UpstreamCounters>,
    connector: Connector,
    endpoints: RefCell<HashMap<SocketAddr, Known<B>, FixedState>>,
    chooser: Chooser,
    started: Instant,
}

impl<B> fmt::Debug for Upstreams<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upstreams").field("endpoints", &self.endpoints.borrow().len()).finish_non_exhaustive()
    }
}

impl<B> Upstreams<B>
where
    B: Body<Data = Bytes, Error: Into<Box<dyn Error + Send + Sync>>> + Unpin + 'static,
{
    /// Nothing known and nothing connected yet. To be made on the worker's thread, as it has tasks there.
    pub(crate) fn new(options: Arc<UpstreamOptions>, counters: Arc<UpstreamCounters>, seed: u64) -> Rc<Self> {
        let connector = Connector::new(Arc::clone(&options), Arc::clone(&counters));
        let chooser = Chooser::new(&options, seed);
        let upstreams = Rc::new(Self {
            options,
            counters,
            connector,
            endpoints: RefCell::default(),
            chooser,
            started: Instant::now(),
        });
        drop(tokio::task::spawn_local(sweep(Rc::downgrade(&upstreams))));
        upstreams
    }

    /// Makes a request what an upstream's endpoints get. Its URI is a path with a query, its Host field is set.
    pub(crate) fn outgoing(&self, upstream: &Upstream, request: Request<B>) -> Outgoing<B> {
        Outgoing::new(request, upstream, EndpointProtocol::of(upstream), self.options.retry)
    }

    /// Sends a request to one of an upstream's endpoints, and to another if that cannot be. What has been sent is no longer there afterwards.
    pub(crate) async fn send(
        &self,
        upstream: &Upstream,
        outgoing: &mut Outgoing<B>,
        client: ClientKey,
    ) -> Result<Sent, UpstreamFailure> {
        let endpoints = upstream.endpoints();
        let kept = outgoing.headers().and_then(|headers| self.chooser.kept_at(endpoints, headers));
        let mut tried: Vec<SocketAddr> = Vec::new();
        let mut failure = None;
        let mut attempts = 0;
        while attempts < self.options.max_attempts.max(1) {
            let load = |address: &SocketAddr| self.endpoints.borrow().get(address).map_or(0, |known| known.in_flight());
            let now = self.started.elapsed();
            let Some(chosen) = self.chooser.choose(upstream, kept, client, &tried, now, load) else { break };
            attempts += 1;
            if attempts > 1 {
                self.counters.retries.increment();
            }
            let address = chosen.address;
            match self.attempt(&self.endpoint(address), outgoing).await {
                Ok(response) => {
                    self.observe(address, EndpointOutcome::Success);
                    let set_cookie = self.chooser.cookie(chosen, kept, client);
                    return Ok(Sent { response, endpoint: address, attempts, set_cookie });
                }
                Err(kind) => {
                    if kind.is_of_endpoint() {
                        self.observe(address, EndpointOutcome::Failure);
                    }
                    failure = Some((kind, address));
                    if !outgoing.is_sendable() {
                        break;
                    }
                    tried.push(address);
                }
            }
        }
        let (kind, endpoint) = failure.map_or((FailureKind::NoEndpoint, None), |(kind, address)| (kind, Some(address)));
        self.counters.failed(kind);
        Err(UpstreamFailure { kind, endpoint, attempts })
    }

    /// Lets go of endpoints that are not `known`: of their connections, when no request is on them, and of what was learnt of them.
    pub(crate) fn retain(&self, known: impl Fn(&SocketAddr) -> bool) {
        self.chooser.retain(&known);
        self.endpoints.borrow_mut().retain(|address, endpoint| {
            let known = known(address);
            if !known {
                endpoint.close();
            }
            known
        });
    }

    fn endpoint(&self, address: SocketAddr) -> Known<B> {
        let mut endpoints = self.endpoints.borrow_mut();
        Rc::clone(
            endpoints.entry(address).or_insert_with(|| {
                Rc::new(Endpoint::new(address, Arc::clone(&self.options), Arc::clone(&self.counters)))
            }),
        )
    }

    fn observe(&self, endpoint: SocketAddr, outcome: EndpointOutcome) {
        match self.chooser.observe(endpoint, outcome, self.started.elapsed()) {
            Some(HealthChange::Ejected { .. }) => {
                self.counters.ejections.increment();
                tracing::warn!(%endpoint, "left out for a while: it keeps failing");
            }
            Some(_) => tracing::info!(%endpoint, "answers again"),
            None => {}
        }
    }
}

/// Closes connections that were idle for too long, as long as there is anybody to use them.
async fn sweep<B>(upstreams: Weak<Upstreams<B>>) {
    loop {
        tokio::time::sleep(SWEEP_INTERVAL).await;
        let Some(upstreams) = upstreams.upgrade() else { return };
        let before = Instant::now().checked_sub(upstreams.options.idle_timeout);
        for endpoint in upstreams.endpoints.borrow().values() {
            endpoint.sweep(before);
        }
    }
}

#[cfg(test)]
mod tests;
