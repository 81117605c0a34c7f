use rustls::HandshakeKind;
use tokio_rustls::server::TlsStream;

use super::counter::Counter;
use crate::connection::{Ended, Refused};
use crate::socket::Socket;

/// What is counted of connections.
#[derive(Debug, Default)]
pub(crate) struct ConnectionCounts {
    http: Counter,
    https: Counter,
    http1: Counter,
    http2: Counter,
    full_handshakes: Counter,
    resumed_handshakes: Counter,
    failed_handshakes: Counter,
    refused_headers: Counter,
    timed_out: Counter,
    idle: Counter,
    head: Counter,
    write: Counter,
    failed: Counter,
}

/// Name, help, and for each value of the label what is counted.
pub(super) type Labelled = (&'static str, &'static str, &'static str, Vec<(&'static str, u64)>);

impl ConnectionCounts {
    pub(crate) fn accepted(&self, tls: bool) {
        if tls { &self.https } else { &self.http }.increment();
    }

    pub(crate) fn http1(&self) {
        self.http1.increment();
    }

    pub(crate) fn http2(&self) {
        self.http2.increment();
    }

    pub(crate) fn handshake(&self, stream: &TlsStream<Socket>) {
        match stream.get_ref().1.handshake_kind() {
            Some(HandshakeKind::Resumed) => self.resumed_handshakes.increment(),
            _ => self.full_handshakes.increment(),
        }
    }

    pub(crate) fn refused(&self, refused: &Refused) {
        match refused {
            Refused::TimedOut => self.timed_out.increment(),
            Refused::Header(_) => self.refused_headers.increment(),
            Refused::Handshake(_) => self.failed_handshakes.increment(),
        }
    }

    pub(crate) fn ended(&self, ended: Ended) {
        match ended {
            Ended::Closed => {}
            Ended::Failed => self.failed.increment(),
            Ended::Idle => self.idle.increment(),
            Ended::Head => self.head.increment(),
            Ended::Write => self.write.increment(),
        }
    }

    pub(super) fn read(&self) -> [Labelled; 4] {
        [
            (
                "whereto_ingress_connections",
                "Connections accepted",
                "scheme",
                vec![("http", self.http.get()), ("https", self.https.get())],
            ),
            (
                "whereto_ingress_protocol_connections",
                "Connections by version of HTTP",
                "version",
                vec![("1", self.http1.get()), ("2", self.http2.get())],
            ),
            (
                "whereto_ingress_tls_handshakes",
                "TLS handshakes",
                "result",
                vec![
                    ("full", self.full_handshakes.get()),
                    ("resumed", self.resumed_handshakes.get()),
                    ("failed", self.failed_handshakes.get()),
                ],
            ),
            (
                "whereto_ingress_connections_cut",
                "Connections ended by the server for a fault or for want of time",
                "reason",
                vec![
                    ("handshake_time", self.timed_out.get()),
                    ("proxy_header", self.refused_headers.get()),
                    ("head_time", self.head.get()),
                    ("idle_time", self.idle.get()),
                    ("write_time", self.write.get()),
                    ("protocol", self.failed.get()),
                ],
            ),
        ]
    }
}
