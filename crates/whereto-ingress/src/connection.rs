//! One client's connection, from accept to close.

mod drive;
mod open;
mod preface;
mod state;
mod stream;
mod streams;

use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::Arc;

use http::header::CONNECTION;
use http::{HeaderValue, Response, StatusCode, Version};
use whereto_server::Phase;

use crate::forwarding::Hop;
use crate::worker::{Place, Worker};
pub(crate) use drive::Ended;
pub(crate) use open::{Refused, serve};
pub(crate) use state::ConnectionState;
pub(crate) use streams::{StreamPlace, Streams};

/// What the requests of a connection have in common.
#[derive(Debug)]
pub(crate) struct Connection {
    pub(crate) worker: Rc<Worker>,
    /// Held until the connection has ended, be it as a tunnel, which outlives the task that served it.
    _place: Place,
    /// Client or last proxy, by the PROXY protocol if it is spoken.
    pub(crate) peer: SocketAddr,
    pub(crate) hop: Hop,
    pub(crate) tls: Option<TlsFacts>,
    pub(crate) state: Arc<ConnectionState>,
    pub(crate) streams: Streams,
}

/// What a handshake agreed on.
#[derive(Debug)]
pub(crate) struct TlsFacts {
    pub(crate) server_name: Option<Box<str>>,
    pub(crate) version: Option<&'static str>,
    pub(crate) http2: bool,
}

impl Connection {
    pub(crate) fn server_name(&self) -> Option<&str> {
        self.tls.as_ref().and_then(|tls| tls.server_name.as_deref())
    }

    /// Once shutdown was asked for, each response of HTTP/1 ends its connection: clients find another server before this one is gone.
    pub(crate) fn finish_response<B>(&self, response: &mut Response<B>, version: Version) {
        let ending = self.worker.shared.lifecycle.phase() > Phase::Serving;
        if ending && version < Version::HTTP_2 && response.status() != StatusCode::SWITCHING_PROTOCOLS {
            response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        }
    }
}
