use std::fmt;
use std::net::IpAddr;

use ingress_routing::{CertificateFacts, Fingerprint, KeyKind};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use sha2::{Digest, Sha256};
use x509_parser::asn1_rs::{Oid, oid};
use x509_parser::prelude::{FromDer, GeneralName, X509Certificate};
use x509_parser::public_key::PublicKey;
use x509_parser::x509::SubjectPublicKeyInfo;

use super::key_pair::mismatch;

/// Why certificate and key are not usable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CertificateError {
    /// There is no PEM block with a certificate.
    NoCertificate,
    /// A PEM block is malformed.
    CertificatePem,
    /// The first certificate is malformed.
    Certificate,
    /// There is no PEM block with a private key, or a malformed one.
    NoKey,
    /// The private key is encrypted.
    EncryptedKey,
    /// The private key is malformed, or not the certificate's.
    Key(&'static str),
}

impl fmt::Display for CertificateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoCertificate => "there is no certificate in PEM",
            Self::CertificatePem => "a PEM block of the certificates is malformed",
            Self::Certificate => "the first certificate is malformed",
            Self::NoKey => "there is no private key in PEM",
            Self::EncryptedKey => "the private key is encrypted",
            Self::Key(reason) => reason,
        })
    }
}

impl std::error::Error for CertificateError {}

/// What the first of several certificates in PEM says, if the private key in PEM can be its key.
///
/// Names are those of the subject alternative names; a common name is none (RFC 9525 §2). Whether a key is the certificate's is seen
/// from what the encodings hold: an RSA modulus always, a public point of an elliptic curve nearly always. Nothing is computed with keys.
///
/// # Errors
/// When one of the two is missing or malformed, or they do not belong together.
pub fn certificate_facts(certificates: &[u8], key: &[u8]) -> Result<CertificateFacts, CertificateError> {
    let mut chain = CertificateDer::pem_slice_iter(certificates);
    let first = chain.next().ok_or(CertificateError::NoCertificate)?.map_err(|_| CertificateError::CertificatePem)?;
    if chain.any(|further| further.is_err()) {
        return Err(CertificateError::CertificatePem);
    }
    let (_, certificate) = X509Certificate::from_der(&first).map_err(|_| CertificateError::Certificate)?;
    let key = PrivateKeyDer::from_pem_slice(key).map_err(|_| match is_encrypted(key) {
        true => CertificateError::EncryptedKey,
        false => CertificateError::NoKey,
    })?;
    if let Some(reason) = mismatch(certificate.public_key(), &key) {
        return Err(CertificateError::Key(reason));
    }
    Ok(CertificateFacts::new(
        names(&certificate),
        certificate.validity().not_before.timestamp(),
        certificate.validity().not_after.timestamp(),
        key_kind(certificate.public_key()),
        Fingerprint(Sha256::digest(&first).into()),
    ))
}

/// A key of PKCS #8 or of the older form, with a password.
fn is_encrypted(pem: &[u8]) -> bool {
    ["-----BEGIN ENCRYPTED PRIVATE KEY-----", "Proc-Type: 4,ENCRYPTED"]
        .iter()
        .any(|mark| pem.windows(mark.len()).any(|window| window == mark.as_bytes()))
}

fn names(certificate: &X509Certificate<'_>) -> Vec<String> {
    let Ok(Some(extension)) = certificate.subject_alternative_name() else { return Vec::new() };
    let name = |name: &GeneralName<'_>| match name {
        GeneralName::DNSName(name) => Some((*name).to_owned()),
        GeneralName::IPAddress(octets) => match octets.len() {
            4 => <[u8; 4]>::try_from(*octets).ok().map(|octets| IpAddr::from(octets).to_string()),
            _ => <[u8; 16]>::try_from(*octets).ok().map(|octets| IpAddr::from(octets).to_string()),
        },
        _ => None,
    };
    extension.value.general_names.iter().filter_map(name).collect()
}

fn key_kind(key: &SubjectPublicKeyInfo<'_>) -> KeyKind {
    // RFC 5480 §2.1.1.1.
    const CURVES: [(Oid<'static>, KeyKind); 3] = [
        (oid!(1.2.840.10045.3.1.7), KeyKind::EcdsaP256),
        (oid!(1.3.132.0.34), KeyKind::EcdsaP384),
        (oid!(1.3.132.0.35), KeyKind::EcdsaP521),
    ];
    // RFC 8410 §3.
    if key.algorithm.algorithm == oid!(1.3.101.112) {
        return KeyKind::Ed25519;
    }
    match key.parsed() {
        Ok(PublicKey::RSA(public)) => KeyKind::Rsa { bits: u16::try_from(public.key_size()).unwrap_or(u16::MAX) },
        Ok(PublicKey::EC(_)) => {
            let curve = key.algorithm.parameters.as_ref().and_then(|parameters| parameters.as_oid().ok());
            let known = curve.and_then(|curve| CURVES.into_iter().find(|(known, _)| *known == curve));
            known.map_or(KeyKind::Other, |(_, kind)| kind)
        }
        _ => KeyKind::Other,
    }
}
