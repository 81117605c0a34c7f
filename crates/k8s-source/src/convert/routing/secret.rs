use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ingress_routing::model::TlsSecret;
use object_change::{Diagnostic, ObjectKey};

use super::certificate_facts;
use crate::convert::Findings;
use crate::objects::Secret;

/// Type of Secrets that hold a certificate and its key.
const TLS: &str = "kubernetes.io/tls";
/// Key of the certificate, followed by those that lead to the authority's, all in PEM.
const CERTIFICATE: &str = "tls.crt";
/// Key of the private key, in PEM.
const KEY: &str = "tls.key";

/// A Secret as routing reads it: what its certificate says. `None` for one that is neither of type `kubernetes.io/tls` nor has both
/// `tls.crt` and `tls.key`.
///
/// A certificate or key that is not usable is part of the value; whoever refers to it is told.
///
/// ```
/// use ingress_routing::model::TlsSecret;
/// use k8s_source::{convert::routing, objects};
/// let secret: objects::Secret = serde_json::from_str(
///     r#"{"metadata":{"namespace":"shop","name":"web-tls"},"type":"kubernetes.io/tls","data":{"tls.crt":"c2VjcmV0","tls.key":"c2VjcmV0"}}"#,
/// )?;
/// let (_, value, _) = routing::secret(&secret);
/// assert_eq!(value, Some(TlsSecret::Broken("there is no certificate in PEM".into())));
/// # Ok::<(), serde_json::Error>(())
/// ```
pub fn secret(secret: &Secret) -> (ObjectKey, Option<TlsSecret>, Vec<Diagnostic>) {
    let key = secret.metadata.key();
    let mut findings = Findings::new("Secret", &key);
    if !findings.has_name() {
        return (key, None, findings.found);
    }
    let has = |name: &str| secret.string_data.get(name).or_else(|| secret.data.get(name)).is_some();
    if secret.type_.as_deref() != Some(TLS) && !(has(CERTIFICATE) && has(KEY)) {
        return (key, None, findings.found);
    }
    let value = match tls_pem(secret) {
        Err(reason) => TlsSecret::Broken(reason.into()),
        Ok(TlsPem { certificates, key }) => match certificate_facts(&certificates, &key) {
            Ok(facts) => TlsSecret::Usable(facts),
            Err(error) => TlsSecret::Broken(error.to_string().into()),
        },
    };
    (key, Some(value), findings.found)
}

/// Certificates and key of a Secret, in PEM, for who terminates TLS. `Debug` does not show the key.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TlsPem {
    /// `tls.crt`.
    pub certificates: Vec<u8>,
    /// `tls.key`.
    pub key: Vec<u8>,
}

impl fmt::Debug for TlsPem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlsPem").field("certificates", &self.certificates.len()).finish_non_exhaustive()
    }
}

/// What `tls.crt` and `tls.key` of a Secret hold.
///
/// # Errors
/// When one of them is missing or no base64; the text says which.
pub fn tls_pem(secret: &Secret) -> Result<TlsPem, String> {
    let value = |name: &str| {
        if let Some(text) = secret.string_data.get(name) {
            return Ok(text.as_bytes().to_vec());
        }
        let text = secret.data.get(name).ok_or_else(|| format!("there is no {name}"))?;
        // Line breaks of a folded YAML scalar, which Go's decoder skips too.
        let joined: Vec<u8> = text.bytes().filter(|octet| !matches!(octet, b'\n' | b'\r')).collect();
        STANDARD.decode(joined).map_err(|_| format!("{name} is not base64"))
    };
    Ok(TlsPem { certificates: value(CERTIFICATE)?, key: value(KEY)? })
}
