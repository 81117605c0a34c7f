//! Connections of HTTP/1.1: one request at a time.

use std::sync::Arc;

use hyper::client::conn::http1::SendRequest;
use rustls::pki_types::ServerName;
use tokio::time::Instant;

use super::UpstreamCounters;
use super::endpoint::{Endpoint, InFlight};
use super::response_body::Lease;
use crate::body::IdleTimer;

/// Connections without requests, the one used last at the end.
pub(super) struct IdleConnections<B> {
    connections: Vec<Idle<B>>,
    max: usize,
    counters: Arc<UpstreamCounters>,
}

struct Idle<B> {
    connection: Http1Connection<B>,
    since: Instant,
}

/// A connection for one request after another.
pub(super) struct Http1Connection<B> {
    pub(super) sender: SendRequest<B>,
    /// The name that was asked for by TLS.
    pub(super) server_name: Option<ServerName<'static>>,
    /// How long the endpoint may take to answer. Armed once and looked at when it has run out: a timer for each request would be armed and
    /// disarmed for nothing nearly always.
    pub(super) timer: IdleTimer,
}

impl<B> IdleConnections<B> {
    pub(super) const fn new(max: usize, counters: Arc<UpstreamCounters>) -> Self {
        Self { connections: Vec::new(), max, counters }
    }

    fn put(&mut self, connection: Http1Connection<B>) {
        if self.max == 0 {
            return;
        }
        if self.connections.len() >= self.max {
            self.remove(0);
        }
        self.connections.push(Idle { connection, since: Instant::now() });
        self.counters.idle.increment();
    }

    /// The one used last of those that can take a request now.
    fn take(&mut self, server_name: Option<&ServerName<'static>>) -> Option<Http1Connection<B>> {
        for place in (0..self.connections.len()).rev() {
            let Some(Idle { connection, .. }) = self.connections.get(place) else { continue };
            if connection.sender.is_closed() {
                self.remove(place);
            } else if connection.server_name.as_ref() == server_name && connection.sender.is_ready() {
                return Some(self.remove(place).connection);
            }
        }
        None
    }

    fn remove(&mut self, place: usize) -> Idle<B> {
        self.counters.idle.decrement();
        self.connections.remove(place)
    }

    fn is_empty(&self) -> bool {
        self.connections.is_empty()
    }

    pub(super) fn clear(&mut self) {
        self.retain(|_| false);
    }

    pub(super) fn sweep(&mut self, before: Option<Instant>) {
        self.retain(|idle| !idle.connection.sender.is_closed() && before.is_none_or(|before| idle.since > before));
    }

    fn retain(&mut self, keep: impl Fn(&Idle<B>) -> bool) {
        let counters = &self.counters;
        self.connections.retain(|idle| {
            let keep = keep(idle);
            if !keep {
                counters.idle.decrement();
            }
            keep
        });
    }
}

impl<B> Drop for IdleConnections<B> {
    fn drop(&mut self) {
        self.clear();
    }
}

impl<B> Endpoint<B> {
    /// A connection that is open and has no request.
    pub(super) fn ready_http1(&self, server_name: Option<&ServerName<'static>>) -> Option<Http1Connection<B>> {
        let connection = self.idle.borrow_mut().take(server_name)?;
        self.counters.reused.increment();
        Some(connection)
    }

    /// The same a moment later, if there are connections: the task of one may have yet to notice that the response was read, when the next
    /// request follows at once.
    pub(super) async fn soon_ready_http1(
        &self,
        server_name: Option<&ServerName<'static>>,
    ) -> Option<Http1Connection<B>> {
        if self.idle.borrow().is_empty() {
            return None;
        }
        tokio::task::yield_now().await;
        self.ready_http1(server_name)
    }
}

/// A connection that a response is read from.
pub(super) struct Http1Lease<B> {
    in_flight: InFlight<B>,
    connection: Http1Connection<B>,
}

impl<B> Http1Lease<B> {
    pub(super) const fn new(in_flight: InFlight<B>, connection: Http1Connection<B>) -> Self {
        Self { in_flight, connection }
    }
}

impl<B> Lease for Http1Lease<B> {
    fn end(self: Box<Self>) {
        let Self { in_flight, connection } = *self;
        let endpoint = in_flight.endpoint();
        if !endpoint.is_closed() && !connection.sender.is_closed() {
            endpoint.idle.borrow_mut().put(connection);
        }
    }
}
