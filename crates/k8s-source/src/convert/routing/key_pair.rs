//! Whether a private key is a certificate's, as far as their encodings show it: without computing anything with keys.

use rustls_pki_types::PrivateKeyDer;
use x509_parser::asn1_rs::{Any, BitString, FromDer, OctetString, Oid, Sequence, oid};
use x509_parser::public_key::PublicKey;
use x509_parser::x509::SubjectPublicKeyInfo;

/// What the encoding of a private key shows.
enum Shown {
    /// RSA: the modulus (RFC 8017 §A.1.2), without leading zeros.
    Rsa(Vec<u8>),
    /// Elliptic curve: the public point, where it is there (RFC 5915 §3).
    Curve(Option<Vec<u8>>),
    /// Ed25519 or another key of PKCS #8, with its public key where it is there (RFC 5958 §2).
    Other(Option<Vec<u8>>),
}

/// Whether the two do not belong together, and why.
pub(super) fn mismatch(certificate: &SubjectPublicKeyInfo<'_>, key: &PrivateKeyDer<'_>) -> Option<&'static str> {
    const OTHER_KIND: &str = "the private key is of another kind than the certificate's";
    const OTHER_KEY: &str = "the private key is not the certificate's";
    let Some(shown) = shown(key) else { return Some("the private key is malformed") };
    let public = certificate.parsed().ok()?;
    let bits: &[u8] = &certificate.subject_public_key.data;
    let same = match (&shown, &public) {
        (Shown::Rsa(modulus), PublicKey::RSA(public)) => *modulus == without_zeros(public.modulus),
        (Shown::Curve(point), PublicKey::EC(_)) => point.as_deref().is_none_or(|point| point == bits),
        (Shown::Other(key), PublicKey::Unknown(_)) => key.as_deref().is_none_or(|key| key == bits),
        _ => return Some(OTHER_KIND),
    };
    (!same).then_some(OTHER_KEY)
}

fn shown(key: &PrivateKeyDer<'_>) -> Option<Shown> {
    match key {
        PrivateKeyDer::Pkcs1(key) => rsa(key.secret_pkcs1_der()),
        PrivateKeyDer::Sec1(key) => curve(key.secret_sec1_der()),
        PrivateKeyDer::Pkcs8(key) => pkcs8(key.secret_pkcs8_der()),
        _ => None,
    }
}

/// PrivateKeyInfo, OneAsymmetricKey: version, algorithm, key, attributes, public key (RFC 5958 §2).
fn pkcs8(der: &[u8]) -> Option<Shown> {
    let (_, whole) = Sequence::from_der(der).ok()?;
    let (rest, _version) = u8::from_der(&whole.content).ok()?;
    let (rest, algorithm) = Sequence::from_der(rest).ok()?;
    let (_, algorithm) = Oid::from_der(&algorithm.content).ok()?;
    let (rest, key) = OctetString::from_der(rest).ok()?;
    if algorithm == oid!(1.2.840.113549.1.1.1) {
        return rsa(key.as_ref());
    }
    if algorithm == oid!(1.2.840.10045.2.1) {
        return curve(key.as_ref());
    }
    // `publicKey [1] IMPLICIT BIT STRING`: its first octet counts unused bits.
    let public =
        fields(rest).find(|field| field.tag().0 == 1).and_then(|field| Some(field.data.split_first()?.1.to_vec()));
    Some(Shown::Other(public))
}

/// RSAPrivateKey: version, modulus, … (RFC 8017 §A.1.2).
fn rsa(der: &[u8]) -> Option<Shown> {
    let (_, whole) = Sequence::from_der(der).ok()?;
    let modulus = fields(&whole.content).nth(1)?;
    Some(Shown::Rsa(without_zeros(modulus.data).to_vec()))
}

/// ECPrivateKey: version, key, `[0]` parameters, `[1]` public key (RFC 5915 §3).
fn curve(der: &[u8]) -> Option<Shown> {
    let (_, whole) = Sequence::from_der(der).ok()?;
    // Both first fields must be there.
    fields(&whole.content).nth(1)?;
    let public = fields(&whole.content).skip(2).find(|field| field.tag().0 == 1);
    let point = public.and_then(|field| BitString::from_der(field.data).ok()).map(|(_, bits)| bits.data.to_vec());
    Some(Shown::Curve(point))
}

/// The fields of a sequence, as long as they are well-formed.
fn fields(content: &[u8]) -> impl Iterator<Item = Any<'_>> {
    let mut rest = content;
    std::iter::from_fn(move || {
        let (after, field) = Any::from_der(rest).ok()?;
        rest = after;
        Some(field)
    })
}

fn without_zeros(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|octet| **octet == 0).count();
    number.get(zeros..).unwrap_or_default()
}
