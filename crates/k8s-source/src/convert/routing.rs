//! From Kubernetes objects to the model of ingress-routing.

mod certificate;
mod endpoint_slice;
mod ingress;
mod ingress_class;
mod key_pair;
mod secret;
mod service;

pub use certificate::{CertificateError, certificate_facts};
pub use endpoint_slice::endpoint_slice;
pub use ingress::ingress;
pub use ingress_class::ingress_class;
pub use secret::{TlsPem, secret, tls_pem};
pub use service::service;

use super::Findings;
use crate::objects::ObjectMeta;

/// `metadata.creationTimestamp` in seconds since 1970-01-01 UTC.
fn created(metadata: &ObjectMeta, findings: &mut Findings) -> Option<i64> {
    let text = metadata.creation_timestamp.as_deref().filter(|text| !text.is_empty())?;
    match text.parse::<jiff::Timestamp>() {
        Ok(timestamp) => Some(timestamp.as_second()),
        Err(_) => {
            findings.warning(
                "metadata.creationTimestamp",
                format!("{text:?} is not a time (RFC 3339): it counts as absent"),
            );
            None
        }
    }
}
