//! DNS over TLS (RFC 7858): a certificate that can be exchanged while running.

use std::fmt;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use arc_swap::ArcSwap;
use rustls::ServerConfig as RustlsConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tracing::{info, warn};

use crate::config::TlsConfig;
use crate::error::ServerError;

/// How often the files are looked at.
const CHECK_INTERVAL: Duration = Duration::from_secs(10);
/// The protocol's name in ALPN.
const ALPN: &[u8] = b"dot";

/// Makes TLS of connections.
#[derive(Clone)]
pub(crate) struct Tls {
    acceptor: TlsAcceptor,
    certificate: Arc<Current>,
    config: Arc<TlsConfig>,
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls").field("config", &self.config).finish_non_exhaustive()
    }
}

/// The certificate in use.
#[derive(Debug)]
struct Current(ArcSwap<CertifiedKey>);

impl ResolvesServerCert for Current {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.0.load_full())
    }
}

impl Tls {
    pub(crate) fn new(config: TlsConfig) -> Result<Self, ServerError> {
        let certificate = Arc::new(Current(ArcSwap::from_pointee(load(&config)?)));
        let resolver: Arc<dyn ResolvesServerCert> = certificate.clone();
        let provider = Arc::new(ring::default_provider());
        let mut rustls = RustlsConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| unusable(&config.certificate, error))?
            .with_no_client_auth()
            .with_cert_resolver(resolver);
        rustls.alpn_protocols = vec![ALPN.to_vec()];
        Ok(Self { acceptor: TlsAcceptor::from(Arc::new(rustls)), certificate, config: Arc::new(config) })
    }

    pub(crate) async fn accept(&self, stream: TcpStream) -> io::Result<TlsStream<TcpStream>> {
        self.acceptor.accept(stream).await
    }

    /// Takes up what the files hold now. Unusable ones are refused, and the certificate in use stays.
    pub(crate) fn reload(&self) -> Result<(), ServerError> {
        self.certificate.0.store(Arc::new(load(&self.config)?));
        info!(certificate = %self.config.certificate.display(), "certificate taken up");
        Ok(())
    }

    /// Takes up changed files, for as long as the server runs.
    pub(crate) async fn watch(self) {
        let mut known = self.modified();
        loop {
            tokio::time::sleep(CHECK_INTERVAL).await;
            let now = self.modified();
            if now == known {
                continue;
            }
            // While a pair is being replaced they may not fit: tried again at the next look.
            match self.reload() {
                Ok(()) => known = now,
                Err(error) => warn!(%error, "changed certificate refused, the one in use stays"),
            }
        }
    }

    fn modified(&self) -> [Option<SystemTime>; 2] {
        let time = |path: &Path| std::fs::metadata(path).and_then(|metadata| metadata.modified()).ok();
        [time(&self.config.certificate), time(&self.config.key)]
    }
}

fn unusable(path: &Path, reason: impl fmt::Display) -> ServerError {
    ServerError::Certificate { path: path.into(), reason: reason.to_string() }
}

fn load(config: &TlsConfig) -> Result<CertifiedKey, ServerError> {
    let chain: Vec<_> = CertificateDer::pem_file_iter(&config.certificate)
        .and_then(Iterator::collect)
        .map_err(|error| unusable(&config.certificate, error))?;
    if chain.is_empty() {
        return Err(unusable(&config.certificate, "no certificate in the file"));
    }
    let key = PrivateKeyDer::from_pem_file(&config.key).map_err(|error| unusable(&config.key, error))?;
    let key = ring::sign::any_supported_type(&key).map_err(|error| unusable(&config.key, error))?;
    let certified = CertifiedKey::new(chain, key);
    match certified.keys_match() {
        Ok(()) | Err(rustls::Error::InconsistentKeys(rustls::InconsistentKeys::Unknown)) => Ok(certified),
        Err(error) => Err(unusable(&config.key, error)),
    }
}
