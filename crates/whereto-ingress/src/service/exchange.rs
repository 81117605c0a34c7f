use std::net::{IpAddr, SocketAddr};
use std::rc::Rc;
use std::sync::Arc;
use std::time::SystemTime;

use http::header::HOST;
use http::request::Parts;
use http::{HeaderValue, Method, StatusCode, Uri, Version};
use ingress_routing::model::PortRef;
use ingress_routing::{RouteMatch, Scheme, Upstream};
use object_change::ObjectKey;
use tokio::time::Instant;

use super::reason::Why;
use crate::access_log::AccessEntry;
use crate::body::Progress;
use crate::connection::{Connection, StreamPlace};
use crate::forwarding::Client;
use crate::metrics::RouteCounters;

/// A request and its response, from the first to the last octet; counted and logged when it is dropped.
#[derive(Debug)]
pub(crate) struct Exchange {
    connection: Rc<Connection>,
    started: Instant,
    route: Option<Arc<RouteCounters>>,
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
    version: Version,
    ingress: Option<ObjectKey>,
    rule: Option<String>,
    service: Option<(ObjectKey, PortRef)>,
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
            route: None,
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
            version: parts.version,
            ingress: None,
            rule: None,
            service: None,
            endpoint: None,
            attempts: 0,
            first_byte: None,
        }));
    }

    /// A rule or default backend, or none, decided.
    pub(super) fn decided_by(&mut self, matched: Option<RouteMatch<'_>>) {
        let ingress = matched.and_then(RouteMatch::ingress);
        self.route = Some(self.connection.worker.block.routes.of(ingress));
        if let Some(note) = &mut self.note {
            note.ingress = ingress.cloned();
            note.rule = matched.map(|matched| match matched.rule() {
                Some(rule) => rule.field(),
                None => "spec.defaultBackend".to_owned(),
            });
        }
    }

    /// It goes to one of these endpoints.
    pub(super) fn goes_to(&mut self, upstream: &Upstream) {
        if let Some(note) = &mut self.note {
            note.service = Some((upstream.service().clone(), upstream.port().clone()));
        }
    }

    /// The last endpoint that it was sent to, and how many there were.
    pub(super) fn went_to(&mut self, endpoint: Option<SocketAddr>, attempts: u32) {
        if let Some(note) = &mut self.note {
            (note.endpoint, note.attempts) = (endpoint, attempts);
            note.first_byte = Some(Instant::now());
        }
    }

    /// The request has content.
    pub(super) fn receives(&mut self, progress: &Rc<Progress>) {
        self.request = Some(Rc::clone(progress));
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

    fn log(&self, note: &Note) {
        let connection = &self.connection;
        let Some(log) = &connection.worker.log else { return };
        let host = note.uri.authority().map(|authority| authority.as_str());
        log.note(&AccessEntry {
            time: note.time,
            client: note.client,
            method: note.method.as_str(),
            scheme: note.scheme.as_str(),
            host: host.or_else(|| note.host.as_ref()?.to_str().ok()),
            path: note.uri.path_and_query().map_or("", |both| both.as_str()),
            version: note.version,
            status: self.status.map(|status| status.as_u16()),
            received: self.received(),
            sent: self.sent,
            duration: self.started.elapsed(),
            first_byte: note.first_byte.map(|at| at - self.started),
            ingress: note.ingress.as_ref(),
            rule: note.rule.as_deref(),
            service: note.service.as_ref().map(|(service, port)| (service, port as _)),
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
        self.connection.state.end();
        if let Some(place) = self.stream.take() {
            self.connection.streams.leave(place);
        }
        block.active.decrement();
        block.took(self.started.elapsed());
        block.sent.add(self.sent);
        block.received.add(self.received());
        match self.status {
            Some(status) => self.route.take().unwrap_or_else(|| block.routes.of(None)).answered(status),
            None => self.why = Some(Why::ClientGone),
        }
        if matches!(self.why, Some(Why::BrokenOff | Why::ClientGone)) {
            block.broken_off.increment();
        }
        if let Some(note) = self.note.take() {
            self.log(&note);
        }
    }
}
