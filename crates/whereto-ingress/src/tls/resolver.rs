use std::fmt;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use arc_swap::ArcSwap;
use ingress_routing::{CertificateChoice, CertificateFacts, Host, HostBuffer, KeyKind, RoutingTable};
use rustls::SignatureScheme;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

use super::certificates::Certificates;

/// Finds the certificate of a handshake: the table says of which Secret, the store has its key.
pub(super) struct Resolver {
    pub(super) tables: Arc<ArcSwap<RoutingTable>>,
    pub(super) certificates: Arc<Certificates>,
}

impl fmt::Debug for Resolver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Resolver").finish_non_exhaustive()
    }
}

impl ResolvesServerCert for Resolver {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let mut buffer = HostBuffer::new();
        let server_name = hello.server_name().and_then(|name| Host::parse(name, &mut buffer).ok());
        let table = self.tables.load();
        let schemes = hello.signature_schemes();
        let usable = |facts: &CertificateFacts| can_use(facts.key_kind, schemes);
        match table.certificates().choose_usable(server_name.as_ref(), unix_seconds(), usable) {
            CertificateChoice::Offered { offer, .. } => self.certificates.get(&offer.secret),
            _ => None,
        }
        .or_else(|| self.certificates.default_key())
    }
}

fn unix_seconds() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(now.as_secs()).unwrap_or(i64::MAX)
}

/// Whether a client can check signatures of this kind of key (RFC 8446 §4.2.3).
fn can_use(key: KeyKind, schemes: &[SignatureScheme]) -> bool {
    let wanted: &[SignatureScheme] = match key {
        KeyKind::Rsa { .. } => &[
            SignatureScheme::RSA_PSS_SHA256,
            SignatureScheme::RSA_PSS_SHA384,
            SignatureScheme::RSA_PSS_SHA512,
            SignatureScheme::RSA_PKCS1_SHA256,
            SignatureScheme::RSA_PKCS1_SHA384,
            SignatureScheme::RSA_PKCS1_SHA512,
        ],
        KeyKind::EcdsaP256 => &[SignatureScheme::ECDSA_NISTP256_SHA256],
        KeyKind::EcdsaP384 => &[SignatureScheme::ECDSA_NISTP384_SHA384],
        KeyKind::EcdsaP521 => &[SignatureScheme::ECDSA_NISTP521_SHA512],
        KeyKind::Ed25519 => &[SignatureScheme::ED25519],
        // The handshake itself will find out.
        _ => return true,
    };
    wanted.iter().any(|scheme| schemes.contains(scheme))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_get_kinds_of_keys_that_they_can_check() {
        let old = [SignatureScheme::RSA_PKCS1_SHA256];
        let new = [SignatureScheme::ECDSA_NISTP256_SHA256, SignatureScheme::RSA_PSS_SHA256];
        for (key, by_old, by_new) in [
            (KeyKind::Rsa { bits: 2048 }, true, true),
            (KeyKind::EcdsaP256, false, true),
            (KeyKind::EcdsaP384, false, false),
            (KeyKind::Ed25519, false, false),
            (KeyKind::Other, true, true),
        ] {
            assert_eq!((can_use(key, &old), can_use(key, &new)), (by_old, by_new), "{key}");
        }
    }
}
