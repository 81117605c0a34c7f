//! TLS towards clients: keys by Secret, the certificate by server name, settings.

mod certificates;
mod resolver;

use std::sync::Arc;

use arc_swap::ArcSwap;
use ingress_routing::RoutingTable;
use rustls::crypto::ring;
use rustls::server::NoServerSessionStorage;
use rustls::version::{TLS12, TLS13};
use rustls::{ProtocolVersion, ServerConfig};

use crate::error::ServerError;
pub use certificates::{CertificateError, Certificates};
use resolver::Resolver;

/// The names of HTTP/2 and HTTP/1.1 in ALPN (RFC 9113 §3.1, RFC 7301 §6), in order of preference.
pub(crate) const HTTP_2: &[u8] = b"h2";
const HTTP_1: &[u8] = b"http/1.1";

/// The settings of all handshakes. Certificates are looked up anew in each: nothing here changes when they do.
pub(crate) fn settings(
    tables: Arc<ArcSwap<RoutingTable>>,
    certificates: Arc<Certificates>,
) -> Result<Arc<ServerConfig>, ServerError> {
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(&[&TLS13, &TLS12])
        .map_err(ServerError::Tls)?
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(Resolver { tables, certificates }));
    config.alpn_protocols = vec![HTTP_2.to_vec(), HTTP_1.to_vec()];
    // A session is in the client's ticket alone, sealed with keys that change by themselves: resumption costs no memory here.
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.ticketer = ring::Ticketer::new().map_err(ServerError::Tls)?;
    Ok(Arc::new(config))
}

/// A version's name, for the log.
pub(crate) const fn version_name(version: Option<ProtocolVersion>) -> Option<&'static str> {
    match version {
        Some(ProtocolVersion::TLSv1_3) => Some("TLSv1.3"),
        Some(ProtocolVersion::TLSv1_2) => Some("TLSv1.2"),
        _ => None,
    }
}
