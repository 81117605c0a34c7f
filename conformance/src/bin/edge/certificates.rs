//! Certificates of Ingresses, and the clients' trust in them.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use rustls::client::Resumption;
use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, RootCertStore};

/// An authority that all clients trust.
#[derive(Debug)]
pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    certificate: CertificateDer<'static>,
    pem: String,
}

/// A certificate with its key, as a Secret has them.
#[derive(Clone, Debug)]
pub(crate) struct Pair {
    pub(crate) certificate: String,
    pub(crate) key: String,
    /// The certificate's octets, by which clients tell which one they were shown.
    pub(crate) der: Vec<u8>,
}

impl Authority {
    pub(crate) fn new() -> Result<Self> {
        let key = KeyPair::generate().context("key")?;
        let mut params = CertificateParams::new(Vec::new())?;
        params.distinguished_name.push(DnType::CommonName, "edge");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::DigitalSignature];
        let certificate = params.self_signed(&key).context("authority")?;
        let (pem, certificate) = (certificate.pem(), certificate.der().clone());
        Ok(Self { issuer: Issuer::new(params, key), certificate, pem })
    }

    /// Its certificate, for programs that are told of it by a file.
    pub(crate) fn pem(&self) -> &str {
        &self.pem
    }

    /// A new certificate for `hosts`.
    pub(crate) fn issue(&self, hosts: &[&str]) -> Result<Pair> {
        let key = KeyPair::generate().context("key")?;
        let hosts: Vec<String> = hosts.iter().map(|&host| host.to_owned()).collect();
        let certificate = CertificateParams::new(hosts)?.signed_by(&key, &self.issuer).context("certificate")?;
        Ok(Pair { certificate: certificate.pem(), key: key.serialize_pem(), der: certificate.der().to_vec() })
    }

    /// How a client that trusts this authority alone speaks TLS, with or without resuming sessions.
    pub(crate) fn client(&self, protocol: &[u8], resumption: bool) -> Result<Arc<ClientConfig>> {
        let mut roots = RootCertStore::empty();
        roots.add(self.certificate.clone()).context("authority")?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
        let mut config = config.with_root_certificates(roots).with_no_client_auth();
        config.alpn_protocols = vec![protocol.to_vec()];
        if !resumption {
            config.resumption = Resumption::disabled();
        }
        Ok(Arc::new(config))
    }
}
