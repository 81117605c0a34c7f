//! Connections of HTTP/2: many requests at a time.

use std::cell::{Cell, RefCell};
use std::error::Error;
use std::rc::Rc;

use http_body::Body;
use hyper::body::Bytes;
use hyper::client::conn::http2::SendRequest;
use rustls::pki_types::ServerName;
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::FailureKind;
use super::connect::Connector;
use super::endpoint::{Endpoint, InFlight};
use super::response_body::Lease;

/// Connections with and without requests.
pub(super) struct SharedConnections<B> {
    connections: RefCell<Vec<Shared<B>>>,
    /// Held by the request that opens a connection: others wait for that one.
    opening: Mutex<()>,
    /// How often that failed, and how the last time.
    failed: Cell<(u64, FailureKind)>,
}

struct Shared<B> {
    sender: SendRequest<B>,
    server_name: Option<ServerName<'static>>,
    streams: Rc<Streams>,
}

/// How many requests are on a connection, or since when there is none.
#[derive(Debug)]
pub(super) struct Streams {
    count: Cell<u32>,
    idle_since: Cell<Instant>,
}

impl<B> Default for SharedConnections<B> {
    fn default() -> Self {
        Self {
            connections: RefCell::default(),
            opening: Mutex::default(),
            failed: Cell::new((0, FailureKind::Connect)),
        }
    }
}

impl<B> SharedConnections<B> {
    /// A place on a connection that has one.
    fn take(&self, server_name: Option<&ServerName<'static>>, max_streams: u32) -> Option<Http2Place<B>> {
        let connections = self.connections.borrow();
        let free = |shared: &&Shared<B>| {
            shared.server_name.as_ref() == server_name
                && shared.streams.count.get() < max_streams.max(1)
                && !shared.sender.is_closed()
        };
        connections
            .iter()
            .find(free)
            .map(|shared| Http2Place { sender: shared.sender.clone(), stream: Stream::new(&shared.streams) })
    }

    /// Sends no further requests by a connection.
    fn forget(&self, streams: &Rc<Streams>) {
        self.connections.borrow_mut().retain(|shared| !Rc::ptr_eq(&shared.streams, streams));
    }

    pub(super) fn clear(&self) {
        self.connections.borrow_mut().clear();
    }

    pub(super) fn sweep(&self, before: Option<Instant>) {
        self.connections.borrow_mut().retain(|shared| {
            let used = shared.streams.count.get() > 0;
            let recent = || before.is_none_or(|before| shared.streams.idle_since.get() > before);
            !shared.sender.is_closed() && (used || recent())
        });
    }
}

impl<B> Endpoint<B>
where
    B: Body<Data = Bytes, Error: Into<Box<dyn Error + Send + Sync>>> + Unpin + 'static,
{
    /// A place on a connection that is there.
    pub(super) fn place_on_http2(&self, server_name: Option<&ServerName<'static>>) -> Option<Http2Place<B>> {
        let place = self.shared.take(server_name, self.options.max_streams)?;
        self.counters.reused.increment();
        Some(place)
    }

    /// A place on a connection that was not there, and whether that was opened for it.
    pub(super) async fn open_http2(
        &self,
        connector: &Connector,
        server_name: Option<&ServerName<'static>>,
        reuse: bool,
    ) -> Result<(Http2Place<B>, bool), FailureKind> {
        let shared = &self.shared;
        let (failures, _) = shared.failed.get();
        let _opening = shared.opening.lock().await;
        // Whoever opened one meanwhile opened it for all.
        if reuse && let Some(place) = self.place_on_http2(server_name) {
            return Ok((place, false));
        }
        // Who waited for an attempt that failed has failed with it, or the waiting would add up.
        let (failures_now, kind) = shared.failed.get();
        if failures_now != failures {
            return Err(kind);
        }
        match connector.http2(self.address, server_name).await {
            Ok(sender) => {
                let streams = Rc::new(Streams { count: Cell::new(0), idle_since: Cell::new(Instant::now()) });
                let place = Http2Place { sender: sender.clone(), stream: Stream::new(&streams) };
                if !self.is_closed() {
                    let server_name = server_name.cloned();
                    shared.connections.borrow_mut().push(Shared { sender, server_name, streams });
                }
                Ok((place, true))
            }
            Err(kind) => {
                shared.failed.set((failures.wrapping_add(1), kind));
                Err(kind)
            }
        }
    }

    /// Sends no further requests by the connection of a place.
    pub(super) fn forget_http2(&self, stream: &Stream) {
        self.shared.forget(&stream.0);
    }
}

/// A place for a request on a connection.
pub(super) struct Http2Place<B> {
    pub(super) sender: SendRequest<B>,
    pub(super) stream: Stream,
}

/// A request on a connection.
#[derive(Debug)]
pub(super) struct Stream(Rc<Streams>);

impl Stream {
    fn new(streams: &Rc<Streams>) -> Self {
        streams.count.set(streams.count.get().saturating_add(1));
        Self(Rc::clone(streams))
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        let left = self.0.count.get().saturating_sub(1);
        self.0.count.set(left);
        if left == 0 {
            self.0.idle_since.set(Instant::now());
        }
    }
}

/// A stream that a response is read from.
pub(super) struct Http2Lease<B> {
    _in_flight: InFlight<B>,
    _stream: Stream,
}

impl<B> Http2Lease<B> {
    pub(super) const fn new(in_flight: InFlight<B>, stream: Stream) -> Self {
        Self { _in_flight: in_flight, _stream: stream }
    }
}

impl<B> Lease for Http2Lease<B> {
    fn end(self: Box<Self>) {}
}
