//! What is read from certificates and keys. The files of `tests/certificates` are made by OpenSSL 3:
//! `openssl req -x509 -newkey rsa:2048 -nodes -addext subjectAltName=…`, `openssl rsa -traditional`, `openssl ec`, `openssl ec -no_public`,
//! `openssl pkcs8 -topk8 -passout …`.
#![cfg(feature = "ingress")]

use ingress_routing::{KeyKind, Validity};
use k8s_source::convert::routing::{CertificateError, certificate_facts};
use rcgen::{CertificateParams, KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384, PKCS_ED25519};

macro_rules! file {
    ($name:literal) => {
        include_str!(concat!("certificates/", $name))
    };
}

const RSA: &str = file!("rsa2048.crt");
const P521: &str = file!("p521.crt");
const OTHER_KIND: CertificateError = CertificateError::Key("the private key is of another kind than the certificate's");
const OTHER_KEY: CertificateError = CertificateError::Key("the private key is not the certificate's");

fn facts(certificate: &str, key: &str) -> Result<ingress_routing::CertificateFacts, CertificateError> {
    certificate_facts(certificate.as_bytes(), key.as_bytes())
}

/// `openssl x509 -fingerprint -sha256 -dates` says the same.
#[test]
fn facts_are_those_of_openssl() {
    let rsa = facts(RSA, file!("rsa2048.key")).unwrap();
    assert_eq!(rsa.fingerprint.to_string(), "4ff3c3bcef665208033a22d07c2e972b62f54b894c4fd123690dde860747e844");
    // 2026-11-21 15:25:48, 2126-10-28 15:25:48.
    assert_eq!((rsa.not_before, rsa.not_after), (1_795_274_748, 4_948_874_748));
    assert_eq!(rsa.validity(1_795_274_747), Validity::Outside);
    assert_eq!(rsa.key_kind, KeyKind::Rsa { bits: 2048 });
    let p521 = facts(P521, file!("p521.key")).unwrap();
    assert_eq!(p521.fingerprint.to_string(), "678f75f4f8aa4476273bc677c3c33d3e178103bbe97f10527833f50632c4f655");
    assert_eq!(p521.key_kind, KeyKind::EcdsaP521);
    for facts in [rsa, p521] {
        let names: Vec<_> = facts.names.iter().map(ToString::to_string).collect();
        assert_eq!(names, ["*.shop.example", "shop.example"]);
        // The common name and the mail address are none.
        assert_eq!(facts.other_names, ["192.0.2.1".into(), "2001:db8::1".into()]);
    }
}

#[test]
fn keys_in_all_forms() {
    for key in [file!("rsa2048.key"), file!("rsa2048-pkcs1.key")] {
        assert!(facts(RSA, key).is_ok());
        assert_eq!(facts(P521, key), Err(OTHER_KIND));
    }
    for key in [file!("p521.key"), file!("p521-sec1.key"), file!("p521-private-only.key")] {
        assert!(facts(P521, key).is_ok());
        assert_eq!(facts(RSA, key), Err(OTHER_KIND));
    }
    assert_eq!(facts(P521, file!("p521-encrypted.key")), Err(CertificateError::EncryptedKey));
}

#[test]
fn kinds_of_keys() {
    for (algorithm, kind) in [
        (&PKCS_ECDSA_P256_SHA256, KeyKind::EcdsaP256),
        (&PKCS_ECDSA_P384_SHA384, KeyKind::EcdsaP384),
        (&PKCS_ED25519, KeyKind::Ed25519),
    ] {
        let key = KeyPair::generate_for(algorithm).unwrap();
        let other = KeyPair::generate_for(algorithm).unwrap();
        let certificate = CertificateParams::new(["a.example".to_owned()]).unwrap().self_signed(&key).unwrap().pem();
        assert_eq!(facts(&certificate, &key.serialize_pem()).unwrap().key_kind, kind);
        assert_eq!(facts(&certificate, &other.serialize_pem()), Err(OTHER_KEY));
        assert_eq!(facts(&certificate, file!("rsa2048.key")), Err(OTHER_KIND));
    }
}

#[test]
fn chains() {
    // The first is the server's, whatever follows; what follows must be readable.
    let chain = format!("leading text\n{RSA}{P521}");
    assert_eq!(facts(&chain, file!("rsa2048.key")), facts(RSA, file!("rsa2048.key")));
    assert_eq!(facts(&chain, file!("p521.key")), Err(OTHER_KIND));
    // Certificate and key in one file.
    let both = format!("{}{RSA}", file!("rsa2048.key"));
    assert!(facts(&both, &both).is_ok());
    let cut = RSA.replace("-----END CERTIFICATE-----", "");
    assert_eq!(facts(&format!("{RSA}{cut}"), file!("rsa2048.key")), Err(CertificateError::CertificatePem));
}

#[test]
fn what_is_neither() {
    let wrong = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    let wrong_key = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
    for (certificate, key, error) in [
        ("", "", CertificateError::NoCertificate),
        (file!("rsa2048.key"), "", CertificateError::NoCertificate),
        (wrong, "", CertificateError::Certificate),
        (RSA, "", CertificateError::NoKey),
        (RSA, RSA, CertificateError::NoKey),
        (RSA, wrong_key, CertificateError::Key("the private key is malformed")),
    ] {
        assert_eq!(facts(certificate, key), Err(error), "{certificate} {key}");
    }
}
