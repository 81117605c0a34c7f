use std::fmt;
use std::sync::Arc;

use object_change::{Diagnostic, ObjectKey, ObjectRef};

use super::facts::{CertificateFacts, Validity};
use crate::host::{Host, HostPattern};

/// What is in the Secret that an Ingress names.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CertificateState {
    /// A certificate and its key.
    Usable(Arc<CertificateFacts>),
    /// No usable pair of both, and why.
    Broken(Box<str>),
    /// There is no such Secret.
    Missing,
}

/// One entry of an Ingress' `tls` that names a Secret: its certificate is to be used for some hosts.
///
/// ```
/// use std::sync::Arc;
/// use ingress_routing::{CertificateFacts, CertificateOffer, CertificateState, Fingerprint, HostPattern, KeyKind};
/// use object_change::ObjectKey;
/// let facts = CertificateFacts::new(["shop.example"], 0, 4_102_444_800, KeyKind::Ed25519, Fingerprint([7; 32]));
/// let offer = CertificateOffer::new(ObjectKey::new("shop", "web-tls"), ObjectKey::new("shop", "web"), 0)
///     .with_hosts([HostPattern::parse_tls("shop.example")?, HostPattern::parse_tls("www.shop.example")?])
///     .with_state(CertificateState::Usable(Arc::new(facts)));
/// let diagnostics = offer.diagnostics(1_767_225_600);
/// assert_eq!(
///     diagnostics[0].to_string(),
///     "warning: Ingress shop/web: spec.tls[0].hosts: the certificate of Secret shop/web-tls does not name www.shop.example: clients get the default certificate"
/// );
/// # Ok::<(), ingress_routing::HostPatternError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CertificateOffer {
    /// The Secret.
    pub secret: ObjectKey,
    /// The Ingress.
    pub ingress: ObjectKey,
    /// The place in its `tls`, counted from 0.
    pub entry: u32,
    /// When the Ingress was created, in seconds since 1970-01-01 UTC; `None` counts as last.
    pub created: Option<i64>,
    /// For which hosts; empty for all that the certificate names.
    pub hosts: Vec<HostPattern>,
    /// What is in the Secret.
    pub state: CertificateState,
}

impl CertificateOffer {
    /// The offer of a Secret that is not there, for all hosts.
    pub const fn new(secret: ObjectKey, ingress: ObjectKey, entry: u32) -> Self {
        Self { secret, ingress, entry, created: None, hosts: Vec::new(), state: CertificateState::Missing }
    }

    /// The same by an Ingress created at this second since 1970-01-01 UTC.
    #[must_use]
    pub const fn with_created(mut self, seconds: Option<i64>) -> Self {
        self.created = seconds;
        self
    }

    /// The same for these hosts only.
    #[must_use]
    pub fn with_hosts(mut self, hosts: impl IntoIterator<Item = HostPattern>) -> Self {
        self.hosts = hosts.into_iter().collect();
        self
    }

    /// The same with this in the Secret.
    #[must_use]
    pub fn with_state(mut self, state: CertificateState) -> Self {
        self.state = state;
        self
    }

    /// What the certificate says; `None` where there is none.
    pub const fn facts(&self) -> Option<&Arc<CertificateFacts>> {
        match &self.state {
            CertificateState::Usable(facts) => Some(facts),
            _ => None,
        }
    }

    /// The hosts for which the certificate is offered: those written, or, where none are, those that it names.
    pub fn patterns(&self) -> &[HostPattern] {
        match &self.state {
            CertificateState::Usable(facts) if self.hosts.is_empty() => &facts.names,
            _ => &self.hosts,
        }
    }

    /// What is wrong with this offer for one host; `None` when nothing is.
    pub fn fault(&self, host: &Host<'_>, now: i64) -> Option<CertificateFault<'_>> {
        match &self.state {
            CertificateState::Missing => Some(CertificateFault::Missing),
            CertificateState::Broken(reason) => Some(CertificateFault::Broken(reason)),
            CertificateState::Usable(facts) if !facts.names_host(host) => Some(CertificateFault::OtherHosts),
            CertificateState::Usable(facts) => CertificateFault::of_period(facts, now),
        }
    }

    /// What whoever wrote the Ingress should know, at `now` in seconds since 1970-01-01 UTC.
    pub fn diagnostics(&self, now: i64) -> Vec<Diagnostic> {
        let object = ObjectRef::new("Ingress", self.ingress.clone());
        let field = |name: &str| format!("spec.tls[{}].{name}", self.entry);
        let secret = &self.secret;
        let facts = match &self.state {
            CertificateState::Usable(facts) => facts,
            CertificateState::Missing => {
                let reason = format!("Secret {secret} does not exist: clients get the default certificate");
                return vec![Diagnostic::error(object, field("secretName"), reason)];
            }
            CertificateState::Broken(why) => {
                let reason = format!("Secret {secret} is not usable: {why}: clients get the default certificate");
                return vec![Diagnostic::error(object, field("secretName"), reason)];
            }
        };
        let mut found = Vec::new();
        for host in self.hosts.iter().filter(|host| !facts.covers(host)) {
            let reason =
                format!("the certificate of Secret {secret} does not name {host}: clients get the default certificate");
            found.push(Diagnostic::warning(object.clone(), field("hosts"), reason));
        }
        if self.patterns().is_empty() {
            let reason =
                format!("the certificate of Secret {secret} names no host, and neither does the entry: it is not used");
            found.push(Diagnostic::warning(object.clone(), field("hosts"), reason));
        }
        if let Some(fault) = CertificateFault::of_period(facts, now) {
            let reason = format!("the certificate of Secret {secret} {fault}: it is used where there is no valid one");
            found.push(Diagnostic::warning(object, field("secretName"), reason));
        }
        found
    }
}

/// Why a certificate should not be, or cannot be, used for a host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CertificateFault<'a> {
    /// The Secret does not exist.
    Missing,
    /// The Secret holds no usable pair of certificate and key.
    Broken(&'a str),
    /// The certificate does not name the host.
    OtherHosts,
    /// The client cannot use the certificate's kind of key.
    Unsupported,
    /// The certificate is no longer valid: used only where nothing better is.
    Expired {
        /// Its last second, counted from 1970-01-01 UTC.
        not_after: i64,
    },
    /// The certificate is not yet valid: used only where nothing better is.
    NotYetValid {
        /// Its first second, counted from 1970-01-01 UTC.
        not_before: i64,
    },
}

impl CertificateFault<'_> {
    const fn of_period(facts: &CertificateFacts, now: i64) -> Option<Self> {
        match facts.validity(now) {
            Validity::Valid => None,
            Validity::Outside if now < facts.not_before => Some(Self::NotYetValid { not_before: facts.not_before }),
            Validity::Outside => Some(Self::Expired { not_after: facts.not_after }),
        }
    }
}

impl fmt::Display for CertificateFault<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("does not exist"),
            Self::Broken(reason) => write!(f, "is not usable: {reason}"),
            Self::OtherHosts => f.write_str("does not name the host"),
            Self::Unsupported => f.write_str("has a kind of key that the client cannot use"),
            Self::Expired { not_after } => write!(f, "expired at {not_after} (Unix seconds)"),
            Self::NotYetValid { not_before } => write!(f, "is valid from {not_before} (Unix seconds) only"),
        }
    }
}
