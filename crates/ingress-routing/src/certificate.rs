//! Which certificate a TLS handshake gets. Keys are no concern of this crate: it knows a certificate by its Secret and its fingerprint.

mod choice;
mod facts;
mod index;
mod offer;

pub use choice::{
    CertificateCandidate, CertificateChoice, CertificateExplanation, CertificateRank, CertificateRankField,
    DefaultReason, Verdict,
};
pub use facts::{CertificateFacts, Fingerprint, KeyKind, Validity};
pub use index::CertificateIndex;
pub use offer::{CertificateFault, CertificateOffer, CertificateState};
