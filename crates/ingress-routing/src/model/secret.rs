use crate::CertificateFacts;

/// A Secret of type `kubernetes.io/tls`: what its certificate says, never its key.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TlsSecret {
    /// Certificate and key can be read and belong together.
    Usable(CertificateFacts),
    /// They can't be used, and why, without a final full stop.
    Broken(Box<str>),
}
