use std::fmt;

use crate::host::{Host, HostPattern};

/// The kind of a certificate's public key, which decides with whom it can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum KeyKind {
    /// RSA, with the length of the modulus in bits.
    Rsa {
        /// 2048, 3072, 4096, …
        bits: u16,
    },
    /// ECDSA with the curve P-256.
    EcdsaP256,
    /// ECDSA with the curve P-384.
    EcdsaP384,
    /// ECDSA with the curve P-521.
    EcdsaP521,
    /// Ed25519.
    Ed25519,
    /// Any other.
    Other,
}

impl fmt::Display for KeyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Rsa { bits } => return write!(f, "RSA {bits}"),
            Self::EcdsaP256 => "ECDSA P-256",
            Self::EcdsaP384 => "ECDSA P-384",
            Self::EcdsaP521 => "ECDSA P-521",
            Self::Ed25519 => "Ed25519",
            Self::Other => "unknown key",
        })
    }
}

/// SHA-256 of a certificate's DER encoding. It displays in hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Fingerprint(pub [u8; 32]);

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|octet| write!(f, "{octet:02x}"))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Where a moment lies in a certificate's validity period. A valid one comes before another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Validity {
    /// After or before it.
    Outside,
    /// In it, both ends included (RFC 5280 §4.1.2.5).
    Valid,
}

/// What a certificate says of itself.
///
/// ```
/// use ingress_routing::{CertificateFacts, Fingerprint, Host, HostBuffer, KeyKind};
/// let facts = CertificateFacts::new(["shop.example", "*.shop.example"], 1_767_225_600, 1_775_001_600, KeyKind::EcdsaP256, Fingerprint([7; 32]));
/// let mut buffer = HostBuffer::new();
/// assert!(facts.names_host(&Host::parse("eu.shop.example", &mut buffer)?));
/// assert!(!facts.names_host(&Host::parse("example", &mut buffer)?));
/// # Ok::<(), ingress_routing::HostError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CertificateFacts {
    /// The DNS names for which clients accept it: those of its subject alternative names (RFC 9525 §6.3), sorted.
    pub names: Vec<HostPattern>,
    /// Names that no server name can match: partial wildcards, addresses, what is no DNS name.
    pub other_names: Vec<Box<str>>,
    /// The first second of its validity, counted from 1970-01-01 UTC.
    pub not_before: i64,
    /// The last second of its validity.
    pub not_after: i64,
    /// The kind of its key.
    pub key_kind: KeyKind,
    /// Which certificate it is.
    pub fingerprint: Fingerprint,
}

impl CertificateFacts {
    /// The facts of a certificate with these subject alternative names; the times are seconds since 1970-01-01 UTC.
    pub fn new<N: AsRef<str>>(
        names: impl IntoIterator<Item = N>,
        not_before: i64,
        not_after: i64,
        key_kind: KeyKind,
        fingerprint: Fingerprint,
    ) -> Self {
        let (mut patterns, mut other_names) = (Vec::new(), Vec::new());
        for name in names {
            match HostPattern::parse_certificate(name.as_ref()) {
                Ok(pattern) => patterns.push(pattern),
                Err(_) => other_names.push(name.as_ref().into()),
            }
        }
        patterns.sort_unstable();
        patterns.dedup();
        Self { names: patterns, other_names, not_before, not_after, key_kind, fingerprint }
    }

    /// Whether one of the names matches the host.
    pub fn names_host(&self, host: &Host<'_>) -> bool {
        self.names.iter().any(|name| name.matches(host))
    }

    /// Whether the names match every host that a pattern does.
    pub fn covers(&self, pattern: &HostPattern) -> bool {
        self.names.iter().any(|name| name.covers(pattern))
    }

    /// Where `now`, in seconds since 1970-01-01 UTC, lies.
    pub const fn validity(&self, now: i64) -> Validity {
        if now < self.not_before || now > self.not_after { Validity::Outside } else { Validity::Valid }
    }
}
