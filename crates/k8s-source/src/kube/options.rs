use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use object_change::ObjectKey;

use super::source::starter;
use crate::change::Kind;

/// Pods that still have an address: what a DNS server asks for, as CoreDNS does.
pub const RUNNING_PODS: &str = "status.phase!=Succeeded,status.phase!=Failed,status.phase!=Unknown";

/// What a [`KubeSource`](super::KubeSource) reads, and how.
///
/// ```
/// use k8s_source::Kind;
/// use k8s_source::kube::{KubeOptions, RUNNING_PODS};
/// let options = KubeOptions::new([Kind::Namespace, Kind::Service, Kind::EndpointSlice, Kind::Pod])?
///     .with_fields(Kind::Pod, RUNNING_PODS)
///     .with_labels(Kind::Service, "app!=hidden");
/// # Ok::<(), k8s_source::kube::NotWatched>(())
/// ```
#[derive(Clone, Debug)]
pub struct KubeOptions {
    pub(super) kinds: Vec<Kind>,
    pub(super) namespaces: Vec<Box<str>>,
    pub(super) labels: BTreeMap<Kind, String>,
    pub(super) fields: BTreeMap<Kind, String>,
    pub(super) secrets: Vec<ObjectKey>,
    pub(super) watch_timeout: Duration,
    pub(super) page_size: u32,
    pub(super) pauses: (Duration, Duration),
}

impl KubeOptions {
    /// Reads `kinds`, wherever their objects are.
    ///
    /// # Errors
    /// When one of them is only found in manifests.
    pub fn new(kinds: impl IntoIterator<Item = Kind>) -> Result<Self, NotWatched> {
        let mut kinds: Vec<Kind> = kinds.into_iter().collect();
        if let Some(kind) = kinds.iter().find(|kind| starter(**kind).is_none()) {
            return Err(NotWatched(*kind));
        }
        kinds.sort_unstable();
        kinds.dedup();
        Ok(Self {
            kinds,
            namespaces: Vec::new(),
            labels: BTreeMap::new(),
            fields: BTreeMap::new(),
            secrets: Vec::new(),
            watch_timeout: Duration::from_secs(60),
            page_size: 500,
            pauses: (Duration::from_millis(200), Duration::from_secs(10)),
        })
    }

    /// Reads only what is in this namespace (may be given several times), with requests that a Role in it allows, and of the
    /// Namespaces only those given. Default: all.
    #[must_use]
    pub fn with_namespace(mut self, namespace: impl Into<Box<str>>) -> Self {
        let namespace = namespace.into();
        if !self.namespaces.contains(&namespace) {
            self.namespaces.push(namespace);
        }
        self
    }

    /// Reads only those objects of `kind` whose labels match. An object that stops to match counts as deleted. Default: all.
    #[must_use]
    pub fn with_labels(mut self, kind: Kind, selector: impl Into<String>) -> Self {
        self.labels.insert(kind, selector.into());
        self
    }

    /// The same with a field selector.
    #[must_use]
    pub fn with_fields(mut self, kind: Kind, selector: impl Into<String>) -> Self {
        self.fields.insert(kind, selector.into());
        self
    }

    /// Tells this Secret (may be given several times) even if no Ingress names it. Where Ingresses and Secrets are read, Secrets that
    /// no Ingress names in `spec.tls` count as not there otherwise, and nothing but their keys is kept. Without Ingresses, all are told.
    #[must_use]
    pub fn with_secret(mut self, secret: ObjectKey) -> Self {
        self.secrets.push(secret);
        self
    }

    /// How long a watch lasts before it is renewed, from 1 s to 1 h; up to a tenth less, so that not all end together. A connection
    /// that died in silence is noticed 5 s after that. Default: 60 s.
    #[must_use]
    pub fn with_watch_timeout(mut self, timeout: Duration) -> Self {
        self.watch_timeout = timeout.clamp(Duration::from_secs(1), Duration::from_secs(3600));
        self
    }

    /// Objects of one page of a list, at least 1. Default: 500.
    #[must_use]
    pub const fn with_page_size(mut self, objects: u32) -> Self {
        self.page_size = if objects == 0 { 1 } else { objects };
        self
    }

    /// The first and the longest pause between attempts; they double, and are shortened at random by up to a half. Default: 200 ms
    /// and 10 s.
    #[must_use]
    pub const fn with_pauses(mut self, first: Duration, longest: Duration) -> Self {
        self.pauses = (first, longest);
        self
    }
}

/// A kind that no API server has, or that is not read from one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotWatched(pub(super) Kind);

impl fmt::Display for NotWatched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is not read from an API server", self.0.name())
    }
}

impl std::error::Error for NotWatched {}
