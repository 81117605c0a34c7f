//! TLS to endpoints.

use std::sync::Arc;

use ingress_routing::Upstream;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, WebPkiSupportedAlgorithms, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, Error, SignatureScheme};

use super::EndpointVerification;

/// The settings for endpoints, one for each version of HTTP.
#[derive(Debug)]
pub(super) struct TlsConfigs {
    http1: Arc<ClientConfig>,
    http2: Arc<ClientConfig>,
}

impl TlsConfigs {
    pub(super) fn new(verification: &EndpointVerification) -> Result<Self, Error> {
        let config = |protocol: &[u8]| {
            let provider = Arc::new(ring::default_provider());
            let builder =
                ClientConfig::builder_with_provider(Arc::clone(&provider)).with_safe_default_protocol_versions()?;
            let mut config = match verification {
                EndpointVerification::None => builder
                    .dangerous()
                    .with_custom_certificate_verifier(Arc::new(AnyCertificate::new(&provider)))
                    .with_no_client_auth(),
                EndpointVerification::Authorities(roots) => {
                    let verifier = WebPkiServerVerifier::builder_with_provider(Arc::clone(roots), provider)
                        .build()
                        .map_err(|error| Error::General(error.to_string()))?;
                    builder.with_webpki_verifier(verifier).with_no_client_auth()
                }
            };
            config.alpn_protocols = vec![protocol.to_vec()];
            Ok::<_, Error>(Arc::new(config))
        };
        Ok(Self { http1: config(b"http/1.1")?, http2: config(b"h2")? })
    }

    pub(super) fn of(&self, http2: bool) -> Arc<ClientConfig> {
        Arc::clone(if http2 { &self.http2 } else { &self.http1 })
    }
}

/// The name that endpoints of an upstream are asked for: the Service's in the cluster, which certificates inside of clusters are issued for.
pub(super) fn server_name(upstream: &Upstream) -> Option<ServerName<'static>> {
    let service = upstream.service();
    ServerName::try_from(format!("{}.{}.svc", service.name, service.namespace)).ok()
}

/// Accepts any certificate whose key the endpoint has.
#[derive(Debug)]
struct AnyCertificate(WebPkiSupportedAlgorithms);

impl AnyCertificate {
    const fn new(provider: &CryptoProvider) -> Self {
        Self(provider.signature_verification_algorithms)
    }
}

impl ServerCertVerifier for AnyCertificate {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signature, &self.0)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signature, &self.0)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.supported_schemes()
    }
}
