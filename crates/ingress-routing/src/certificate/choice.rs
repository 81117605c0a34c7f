use std::cmp::Reverse;
use std::fmt;

use object_change::ObjectKey;

use super::facts::{CertificateFacts, Validity};
use super::offer::{CertificateFault, CertificateOffer};
use crate::host::{Host, HostPattern, HostSpecificity};

/// The place of an offer among those that fit one server name: the greatest is chosen. The order of the fields is the order of precedence;
/// the Ingress API says nothing of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub struct CertificateRank<'a> {
    /// A valid certificate before one that no client accepts.
    pub validity: Validity,
    /// The host for which it is offered: a name before a wildcard, as for routes.
    pub host: HostSpecificity,
    /// The older Ingress: `metadata.creationTimestamp`, `i64::MAX` where there is none.
    pub created: Reverse<i64>,
    /// The first Ingress by namespace and name: timestamps count whole seconds.
    pub ingress: Reverse<&'a ObjectKey>,
    /// The first entry of its `tls`.
    pub entry: Reverse<u32>,
}

/// The fields of [`CertificateRank`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(clippy::exhaustive_enums, reason = "the fields of a struct")]
pub enum CertificateRankField {
    /// [`CertificateRank::validity`]
    Validity,
    /// [`CertificateRank::host`]
    Host,
    /// [`CertificateRank::created`]
    Created,
    /// [`CertificateRank::ingress`]
    Ingress,
    /// [`CertificateRank::entry`]
    Entry,
}

impl<'a> CertificateRank<'a> {
    pub(super) fn new(offer: &'a CertificateOffer, facts: &CertificateFacts, pattern: &HostPattern, now: i64) -> Self {
        Self {
            validity: facts.validity(now),
            host: pattern.specificity(),
            created: Reverse(offer.created.unwrap_or(i64::MAX)),
            ingress: Reverse(&offer.ingress),
            entry: Reverse(offer.entry),
        }
    }

    /// The first field in which two ranks differ; `None` for two of the same offer.
    pub fn decided_by(&self, other: &CertificateRank<'_>) -> Option<CertificateRankField> {
        let differing = [
            (CertificateRankField::Validity, self.validity != other.validity),
            (CertificateRankField::Host, self.host != other.host),
            (CertificateRankField::Created, self.created != other.created),
            (CertificateRankField::Ingress, self.ingress != other.ingress),
            (CertificateRankField::Entry, self.entry != other.entry),
        ];
        differing.into_iter().find_map(|(field, differs)| differs.then_some(field))
    }
}

impl fmt::Display for CertificateRankField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Validity => "another's certificate is valid, this one's is not",
            Self::Host => "another is offered for a more specific host",
            Self::Created => "another's Ingress is older",
            Self::Ingress => "another's Ingress comes first by namespace and name",
            Self::Entry => "another entry of the Ingress comes first",
        })
    }
}

/// Which certificate a handshake gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CertificateChoice<'a> {
    /// The certificate of this Secret.
    Offered {
        /// Where it comes from.
        offer: &'a CertificateOffer,
        /// Which it is.
        facts: &'a CertificateFacts,
        /// Whether clients will accept it.
        validity: Validity,
    },
    /// The controller's default certificate.
    Default(DefaultReason),
}

/// Why a handshake gets the default certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DefaultReason {
    /// It came without a server name.
    NoServerName,
    /// No Ingress has a Secret for the server name.
    NoOffer,
    /// Ingresses have, but none is usable for it.
    NoneUsable,
}

impl fmt::Display for DefaultReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoServerName => "the client sent no server name",
            Self::NoOffer => "no Ingress has a Secret for the server name",
            Self::NoneUsable => "no Secret for the server name holds a certificate that is usable for it",
        })
    }
}

/// An offer that was looked at, and what became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CertificateCandidate<'a> {
    /// The offer.
    pub offer: &'a CertificateOffer,
    /// The host for which it is offered.
    pub pattern: &'a HostPattern,
    /// What became of it.
    pub verdict: Verdict<'a>,
}

/// What became of a candidate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict<'a> {
    /// It was chosen.
    Chosen,
    /// It could have been, but for the one chosen, which is ahead in this.
    Behind(CertificateRankField),
    /// It cannot be used.
    Rejected(CertificateFault<'a>),
}

/// How a certificate is chosen, for people: the candidates by rank, those that cannot be used at last.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CertificateExplanation<'a> {
    /// The outcome.
    pub choice: CertificateChoice<'a>,
    /// What was looked at.
    pub candidates: Vec<CertificateCandidate<'a>>,
}

impl fmt::Display for CertificateExplanation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.choice {
            CertificateChoice::Offered { offer, .. } => write!(f, "certificate {}", offer.secret)?,
            CertificateChoice::Default(reason) => write!(f, "default certificate: {reason}")?,
        }
        for CertificateCandidate { offer, pattern, verdict } in &self.candidates {
            write!(f, "\n  {} for {pattern} by Ingress {}: ", offer.secret, offer.ingress)?;
            match verdict {
                Verdict::Chosen => f.write_str("chosen")?,
                Verdict::Behind(field) => write!(f, "not chosen: {field}")?,
                Verdict::Rejected(fault) => write!(f, "rejected: {fault}")?,
            }
        }
        Ok(())
    }
}

/// A candidate with its rank, while the choice is made.
pub(super) struct Ranked<'a> {
    pub(super) rank: CertificateRank<'a>,
    pub(super) offer: &'a CertificateOffer,
    pub(super) facts: &'a CertificateFacts,
    pub(super) pattern: &'a HostPattern,
}

/// What can be used for a host, or why it cannot.
pub(super) fn judge<'a>(
    offer: &'a CertificateOffer,
    pattern: &'a HostPattern,
    host: &Host<'_>,
    now: i64,
    usable: impl Fn(&CertificateFacts) -> bool,
) -> Result<Ranked<'a>, CertificateFault<'a>> {
    match (offer.facts(), offer.fault(host, now)) {
        (Some(facts), None | Some(CertificateFault::Expired { .. } | CertificateFault::NotYetValid { .. })) => {
            if !usable(facts) {
                return Err(CertificateFault::Unsupported);
            }
            Ok(Ranked { rank: CertificateRank::new(offer, facts, pattern, now), offer, facts, pattern })
        }
        (_, fault) => Err(fault.unwrap_or(CertificateFault::Missing)),
    }
}
