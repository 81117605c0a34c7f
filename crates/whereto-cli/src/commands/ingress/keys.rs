use std::sync::Arc;

use k8s_source::convert::routing::tls_pem;
use k8s_source::objects::Secret;
use k8s_source::{Consumer, ObjectChange};
use object_change::{Delta, Diagnostic, ObjectKey, ObjectRef};
use whereto_ingress::{CertificateError, Certificates};

/// Hands the keys of Secrets to the server, which the routing table never sees.
///
/// A key has to be there before the table is published that offers it, and as long as a table may: it comes at once and goes with the publish
/// after. So this consumer stands behind that of the router.
#[derive(Debug)]
pub(super) struct Keys {
    certificates: Arc<Certificates>,
    /// The Secret for clients that ask for no known host.
    default: Option<ObjectKey>,
    /// Secrets that are gone or hold no key any more.
    gone: Vec<ObjectKey>,
}

impl Keys {
    pub(super) const fn new(certificates: Arc<Certificates>, default: Option<ObjectKey>) -> Self {
        Self { certificates, default, gone: Vec::new() }
    }

    fn set(&mut self, key: ObjectKey, secret: &Secret) -> Option<Diagnostic> {
        // What is missing or malformed in a Secret, the router tells who refers to it.
        let Ok(pem) = tls_pem(secret) else {
            self.gone.push(key);
            return None;
        };
        self.gone.retain(|gone| *gone != key);
        let mut set = self.certificates.insert(key.clone(), &pem.certificates, &pem.key);
        if self.default.as_ref() == Some(&key) {
            set = set.and_then(|()| self.certificates.set_default(&pem.certificates, &pem.key));
        }
        let error: CertificateError = set.err()?;
        let told =
            Diagnostic::warning(ObjectRef::new("Secret", key.clone()), "data", format!("{error}: it is not used"));
        self.gone.push(key);
        Some(told)
    }
}

impl Consumer for Keys {
    fn apply(&mut self, change: ObjectChange<'_>) -> Vec<Diagnostic> {
        match change {
            ObjectChange::Secret(Delta::Upsert(key, secret)) => self.set(key, secret).into_iter().collect(),
            ObjectChange::Secret(Delta::Delete(key)) => {
                self.gone.push(key);
                Vec::new()
            }
            ObjectChange::Secret(Delta::ReplaceAll(all)) => {
                self.certificates.retain(|key| all.iter().any(|(listed, _)| listed == key));
                all.into_iter().filter_map(|(key, secret)| self.set(key, secret)).collect()
            }
            _ => Vec::new(),
        }
    }

    fn publish(&mut self) {
        for key in self.gone.drain(..) {
            self.certificates.remove(&key);
            if self.default.as_ref() == Some(&key) {
                self.certificates.clear_default();
            }
        }
    }
}
