use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use foldhash::fast::FixedState;
use object_change::ObjectKey;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;

/// The certificates and keys of Secrets, and a default one. Which is used when, the routing table says.
///
/// A change counts for the next handshake; connections that are open stay as they are. A Secret's key should be here before a table is
/// published that offers it.
///
/// ```
/// use object_change::ObjectKey;
/// use whereto_ingress::Certificates;
/// let certificates = Certificates::new();
/// let error = certificates.insert(ObjectKey::new("shop", "web-tls"), b"", b"").unwrap_err();
/// assert_eq!(error.to_string(), "there is no certificate");
/// ```
#[derive(Default)]
pub struct Certificates {
    secrets: RwLock<HashMap<ObjectKey, Arc<CertifiedKey>, FixedState>>,
    default: RwLock<Option<Arc<CertifiedKey>>>,
}

impl fmt::Debug for Certificates {
    /// No keys.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificates").field("secrets", &self.len()).finish_non_exhaustive()
    }
}

impl Certificates {
    /// None.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes up the certificate, with its chain, and the key of a Secret, both in PEM.
    ///
    /// # Errors
    /// When they can't be used. What the Secret held before is then forgotten: a table that still offers it gets the default one.
    pub fn insert(&self, secret: ObjectKey, certificate: &[u8], key: &[u8]) -> Result<(), CertificateError> {
        match certified(certificate, key) {
            Ok(certified) => {
                self.secrets.write().unwrap_or_else(PoisonError::into_inner).insert(secret, Arc::new(certified));
                Ok(())
            }
            Err(error) => {
                self.remove(&secret);
                Err(error)
            }
        }
    }

    /// Forgets a Secret.
    pub fn remove(&self, secret: &ObjectKey) {
        self.secrets.write().unwrap_or_else(PoisonError::into_inner).remove(secret);
    }

    /// Forgets all Secrets but these.
    pub fn retain(&self, known: impl Fn(&ObjectKey) -> bool) {
        self.secrets.write().unwrap_or_else(PoisonError::into_inner).retain(|secret, _| known(secret));
    }

    /// The number of Secrets.
    pub fn len(&self) -> usize {
        self.secrets.read().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Whether there is no Secret.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The certificate for handshakes that no Secret fits, both in PEM. Without one they end with an alert.
    ///
    /// # Errors
    /// When it can't be used; the one in use stays.
    pub fn set_default(&self, certificate: &[u8], key: &[u8]) -> Result<(), CertificateError> {
        let certified = certified(certificate, key)?;
        *self.default.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(certified));
        Ok(())
    }

    /// From now on, handshakes that no Secret fits end with an alert.
    pub fn clear_default(&self) {
        *self.default.write().unwrap_or_else(PoisonError::into_inner) = None;
    }

    pub(super) fn get(&self, secret: &ObjectKey) -> Option<Arc<CertifiedKey>> {
        self.secrets.read().unwrap_or_else(PoisonError::into_inner).get(secret).cloned()
    }

    pub(super) fn default_key(&self) -> Option<Arc<CertifiedKey>> {
        self.default.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn certified(certificate: &[u8], key: &[u8]) -> Result<CertifiedKey, CertificateError> {
    let chain: Vec<_> = CertificateDer::pem_slice_iter(certificate)
        .collect::<Result<_, _>>()
        .map_err(|error| CertificateError(format!("the certificate is no PEM: {error}")))?;
    if chain.is_empty() {
        return Err(CertificateError("there is no certificate".into()));
    }
    let key = PrivateKeyDer::from_pem_slice(key)
        .map_err(|error| CertificateError(format!("the key cannot be read: {error}")))?;
    let key = ring::sign::any_supported_type(&key)
        .map_err(|error| CertificateError(format!("the key cannot be used: {error}")))?;
    let certified = CertifiedKey::new(chain, key);
    match certified.keys_match() {
        Ok(()) | Err(rustls::Error::InconsistentKeys(rustls::InconsistentKeys::Unknown)) => Ok(certified),
        Err(rustls::Error::InconsistentKeys(_)) => {
            Err(CertificateError("certificate and key do not belong together".into()))
        }
        Err(error) => Err(CertificateError(format!("the certificate cannot be used: {error}"))),
    }
}

/// Why a certificate or its key can't be used. It displays without a final full stop and never shows any of the key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateError(String);

impl fmt::Display for CertificateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for CertificateError {}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair() -> (String, String) {
        let issued = rcgen::generate_simple_self_signed(["shop.example".to_owned()]).unwrap();
        (issued.cert.pem(), issued.signing_key.serialize_pem())
    }

    #[test]
    fn only_pairs_that_belong_together_are_kept() {
        let (certificate, key) = pair();
        let (_, other) = pair();
        let secret = ObjectKey::new("shop", "web-tls");
        let certificates = Certificates::new();
        certificates.insert(secret.clone(), certificate.as_bytes(), key.as_bytes()).unwrap();
        assert!(certificates.get(&secret).is_some());
        for (certificate, key, reason) in [
            (certificate.as_str(), other.as_str(), "certificate and key do not belong together"),
            ("", key.as_str(), "there is no certificate"),
            (certificate.as_str(), "", "the key cannot be read"),
        ] {
            certificates.insert(secret.clone(), pair().0.as_bytes(), b"").unwrap_err();
            let error = certificates.insert(secret.clone(), certificate.as_bytes(), key.as_bytes()).unwrap_err();
            assert!(error.to_string().starts_with(reason), "{error}");
            assert!(certificates.get(&secret).is_none(), "{reason}");
        }
    }

    #[test]
    fn a_default_stays_when_another_is_refused() {
        let (certificate, key) = pair();
        let certificates = Certificates::new();
        assert!(certificates.default_key().is_none());
        certificates.set_default(certificate.as_bytes(), key.as_bytes()).unwrap();
        certificates.set_default(b"", b"").unwrap_err();
        assert!(certificates.default_key().is_some());
        certificates.clear_default();
        assert!(certificates.default_key().is_none());
    }
}
