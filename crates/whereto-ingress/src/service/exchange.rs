use std::net::{IpAddr, SocketAddr};
use std::rc::Rc;
use std::time::{Duration, SystemTime};

use http::header::{HOST, REFERER, USER_AGENT};
use http::request::Parts;
use http::{HeaderValue, Method, StatusCode, Uri, Version};
use ingress_routing::{RouteMatch, Scheme};
use tokio::time::Instant;

use super::reason::Why;
use crate::access_log::{AccessEntry, excerpt};
use crate::body::Progress;
use crate::connection::{Connection, StreamPlace};
use crate::forwarding::Client;
use crate::worker::{CurrentTable, Told};

/// A request and its response, from the first to the last octet; counted and logged when it is dropped.
#[derive(Debug)]
pub(crate) struct Exchange {
    connection: Rc<Connection>,
    started: Instant,
    /// By what it was decided.
    decided: Option<Rc<Told>>,
    /// What the client was told; none as long as it was told nothing.
    status: Option<StatusCode>,
    request: Option<Rc<Progress>>,
    sent: u64,
    why: Option<Why>,
    /// With HTTP/2.
    stream: Option<StreamPlace>,
    /// What only a log tells.
    note: Option<Box<Note>>,
}

/// What is kept of a request for its line in the log.
#[derive(Debug)]
struct Note {
    time: SystemTime,
    client: IpAddr,
    scheme: Scheme,
    method: Method,
    uri: Uri,
    host: Option<HeaderValue>,
    referrer: Option<HeaderValue>,
    user_agent: Option<HeaderValue>,
    version: Version,
    /// Whether there were endpoints that it could go to.
    onward: bool,
    endpoint: Option<SocketAddr>,
    attempts: u32,
    first_byte: Option<Instant>,
}

impl Exchange {
    pub(super) fn begin(connection: &Rc<Connection>, version: Version) -> Self {
        connection.state.begin();
        connection.worker.block.active.increment();
        Self {
            connection: Rc::clone(connection),
            started: Instant::now(),
            decided: None,
            status: None,
            request: None,
            sent: 0,
            why: None,
            stream: (version == Version::HTTP_2).then(|| connection.streams.enter()),
            note: None,
        }
    }

    pub(super) const fn connection(&self) -> &Rc<Connection> {
        &self.connection
    }

    /// Keeps of a request what is logged of it, if anything is.
    pub(super) fn note(&mut self, parts: &Parts, client: &Client) {
        if self.connection.worker.log.is_none() {
            return;
        }
        self.note = Some(Box::new(Note {
            time: SystemTime::now(),
            client: client.address,
            scheme: client.scheme,
            method: parts.method.clone(),
            uri: parts.uri.clone(),
            host: parts.headers.get(HOST).cloned(),
            referrer: parts.headers.get(REFERER).cloned(),
            user_agent: parts.headers.get(USER_AGENT).cloned(),
            version: parts.version,
            onward: false,
            endpoint: None,
            attempts: 0,
            first_byte: None,
        }));
    }

    /// A rule or default backend of this table decided.
    pub(super) fn decided_by(&mut self, matched: RouteMatch<'_>, table: &CurrentTable) {
        self.decided = Some(table.told(matched, &self.connection.worker.block.routes));
    }

    /// It goes to an endpoint.
    pub(super) fn goes_on(&mut self) {
        if let Some(note) = &mut self.note {
            note.onward = true;
        }
    }

    /// The last endpoint that it was sent to, and how many there were.
    pub(super) fn went_to(&mut self, endpoint: Option<SocketAddr>, attempts: u32) {
        if let Some(note) = &mut self.note {
            (note.endpoint, note.attempts) = (endpoint, attempts);
            note.first_byte = Some(Instant::now());
        }
    }

    /// How far the request's content comes, if it has any.
    pub(super) fn receives(&mut self, progress: Option<Rc<Progress>>) {
        self.request = progress;
    }

    /// The client is told this.
    pub(super) const fn answered(&mut self, status: StatusCode) {
        self.status = Some(status);
    }

    /// The reason for an answer of our own.
    pub(super) const fn because(&mut self, why: Why) {
        self.why = Some(why);
    }

    /// Octets of the response's content went to the client.
    pub(crate) const fn sent(&mut self, octets: u64) {
        self.sent += octets;
    }

    /// A piece of the response was given to be sent, or another one was asked for.
    pub(crate) fn given(&self, given: bool) {
        if let Some(place) = &self.stream {
            self.connection.streams.given(place, given);
        }
    }

    /// The response ended before its end.
    pub(crate) const fn broke_off(&mut self) {
        self.why = Some(Why::BrokenOff);
    }

    fn log(&self, note: &Note, duration: Duration) {
        let connection = &self.connection;
        let Some(log) = &connection.worker.log else { return };
        let decided = self.decided.as_deref();
        let host = note.uri.authority().map(|authority| authority.as_str());
        let (referrer, user_agent) = (note.referrer.as_ref().map(excerpt), note.user_agent.as_ref().map(excerpt));
        log.note(&AccessEntry {
            time: note.time,
            client: note.client,
            method: note.method.as_str(),
            scheme: note.scheme.as_str(),
            host: host.or_else(|| note.host.as_ref()?.to_str().ok()),
            path: note.uri.path_and_query().map_or("", |both| both.as_str()),
            referrer: referrer.as_deref(),
            user_agent: user_agent.as_deref(),
            version: note.version,
            status: self.status.map(|status| status.as_u16()),
            received: self.received(),
            sent: self.sent,
            duration,
            first_byte: note.first_byte.map(|at| at - self.started),
            ingress: decided.and_then(|by| by.ingress.as_deref()),
            rule: decided.map(|by| &*by.rule),
            service: decided.filter(|_| note.onward).and_then(|by| by.service.as_deref()),
            endpoint: note.endpoint,
            attempts: note.attempts,
            reason: self.why.as_ref().map(|why| why as _),
            tls: connection.tls.as_ref().and_then(|tls| tls.version),
            server_name: connection.server_name(),
        });
    }

    fn received(&self) -> u64 {
        self.request.as_ref().map_or(0, |progress| progress.octets())
    }
}

impl Drop for Exchange {
    fn drop(&mut self) {
        let block = &self.connection.worker.block;
        let now = Instant::now();
        let duration = now - self.started;
        self.connection.state.end(now);
        if let Some(place) = self.stream.take() {
            self.connection.streams.leave(place);
        }
        block.active.decrement();
        block.took(duration);
        block.sent.add(self.sent);
        block.received.add(self.received());
        match self.status {
            Some(status) => self.decided.as_ref().map_or(&block.routes.none, |by| &by.counters).answered(status),
            None => self.why = Some(Why::ClientGone),
        }
        if matches!(self.why, Some(Why::BrokenOff | Why::ClientGone)) {
            block.broken_off.increment();
        }
        if let Some(note) = self.note.take() {
            self.log(&note, duration);
        }
    }
}
