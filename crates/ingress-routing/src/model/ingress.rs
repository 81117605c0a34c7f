use std::fmt;
use std::str::FromStr;

/// An Ingress, as far as routing reads it: networking.k8s.io/v1, with what older versions say in its terms.
///
/// ```
/// use ingress_routing::model::{Backend, Ingress, PathRule, PathType, Rule};
/// let shop = Ingress::new()
///     .with_created(1_767_225_600)
///     .with_rule(Rule::new("shop.example.com").with_path(PathRule::new("/", PathType::Prefix, Backend::service("web", 80))));
/// assert_eq!(shop.rules.len(), 1);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Ingress {
    /// `metadata.creationTimestamp` in seconds since 1970-01-01 UTC; an Ingress without one counts as the youngest.
    pub created: Option<i64>,
    /// `spec.ingressClassName`.
    pub class: Option<Box<str>>,
    /// The annotation `kubernetes.io/ingress.class`, which `class` replaced; read where that is absent.
    pub legacy_class: Option<Box<str>>,
    /// `spec.defaultBackend`.
    pub default_backend: Option<Backend>,
    /// `spec.rules`.
    pub rules: Vec<Rule>,
    /// `spec.tls`.
    pub tls: Vec<Tls>,
    /// The annotations that [`crate::annotation::is_read`] names, by name.
    pub annotations: Vec<(Box<str>, Box<str>)>,
}

impl Ingress {
    /// An Ingress with nothing in it.
    pub const fn new() -> Self {
        Self {
            created: None,
            class: None,
            legacy_class: None,
            default_backend: None,
            rules: Vec::new(),
            tls: Vec::new(),
            annotations: Vec::new(),
        }
    }

    /// The same, created at this second since 1970-01-01 UTC.
    #[must_use]
    pub const fn with_created(mut self, seconds: i64) -> Self {
        self.created = Some(seconds);
        self
    }

    /// The same with a class.
    #[must_use]
    pub fn with_class(mut self, class: impl Into<Box<str>>) -> Self {
        self.class = Some(class.into());
        self
    }

    /// The same with a class from the legacy annotation.
    #[must_use]
    pub fn with_legacy_class(mut self, class: impl Into<Box<str>>) -> Self {
        self.legacy_class = Some(class.into());
        self
    }

    /// The same with a default backend.
    #[must_use]
    pub fn with_default_backend(mut self, backend: Backend) -> Self {
        self.default_backend = Some(backend);
        self
    }

    /// The same with one more rule.
    #[must_use]
    pub fn with_rule(mut self, rule: Rule) -> Self {
        self.rules.push(rule);
        self
    }

    /// The same with one more entry of `tls`.
    #[must_use]
    pub fn with_tls(mut self, tls: Tls) -> Self {
        self.tls.push(tls);
        self
    }

    /// The same with an annotation; kept if [`crate::annotation::is_read`] names it.
    #[must_use]
    pub fn with_annotation(mut self, name: impl Into<Box<str>>, value: impl Into<Box<str>>) -> Self {
        let name = name.into();
        if crate::annotation::is_read(&name) {
            self.annotations.push((name, value.into()));
        }
        self
    }
}

/// One entry of `spec.rules`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rule {
    /// `host` as written; empty for every host that no other rule names.
    pub host: Box<str>,
    /// `http.paths`; `None` for a rule without `http`, which sends its host to the default backend.
    pub paths: Option<Vec<PathRule>>,
}

impl Rule {
    /// A rule without `http` for a host; an empty `host` means none.
    pub fn new(host: impl Into<Box<str>>) -> Self {
        Self { host: host.into(), paths: None }
    }

    /// The same with one more path.
    #[must_use]
    pub fn with_path(mut self, path: PathRule) -> Self {
        self.paths.get_or_insert_default().push(path);
        self
    }
}

/// One entry of `spec.rules[].http.paths`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PathRule {
    /// `path` as written; empty means `/`.
    pub path: Box<str>,
    /// `pathType`.
    pub path_type: PathType,
    /// `backend`.
    pub backend: Backend,
}

impl PathRule {
    /// A path with where it leads.
    pub fn new(path: impl Into<Box<str>>, path_type: PathType, backend: Backend) -> Self {
        Self { path: path.into(), path_type, backend }
    }
}

/// `pathType`: how a path is compared (kubernetes.io, Ingress, "Path types").
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum PathType {
    /// The whole path is equal.
    Exact,
    /// The elements between slashes are the first of the request's.
    Prefix,
    /// Left to the class ([`crate::ImplementationSpecific`]). The default of v1beta1, where `pathType` may be missing.
    #[default]
    ImplementationSpecific,
}

impl PathType {
    /// The type as the API spells it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Exact => "Exact",
            Self::Prefix => "Prefix",
            Self::ImplementationSpecific => "ImplementationSpecific",
        }
    }
}

impl fmt::Display for PathType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A path type that Kubernetes does not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownPathType;

impl fmt::Display for UnknownPathType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not one of Exact, Prefix, ImplementationSpecific")
    }
}

impl std::error::Error for UnknownPathType {}

impl FromStr for PathType {
    type Err = UnknownPathType;

    /// Reads the API's spelling.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Self::Exact, Self::Prefix, Self::ImplementationSpecific]
            .into_iter()
            .find(|path_type| path_type.name() == text)
            .ok_or(UnknownPathType)
    }
}

/// Where requests are sent.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Backend {
    /// `service`: in the Ingress's namespace.
    Service(ServiceRef),
    /// `resource`: any other object in the Ingress's namespace. Nothing is forwarded to it.
    Resource(ResourceRef),
}

impl Backend {
    /// A Service with a port by number.
    pub fn service(name: impl Into<Box<str>>, port: u16) -> Self {
        Self::Service(ServiceRef::new(name, PortRef::Number(port)))
    }

    /// A Service with a port by name.
    pub fn service_port(name: impl Into<Box<str>>, port: impl Into<Box<str>>) -> Self {
        Self::Service(ServiceRef::new(name, PortRef::Name(port.into())))
    }
}

impl fmt::Display for Backend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Service(service) => write!(f, "{}:{}", service.name, service.port),
            Self::Resource(resource) => write!(f, "{} {}", resource.kind, resource.name),
        }
    }
}

/// A Service and one of its ports.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub struct ServiceRef {
    /// `service.name`.
    pub name: Box<str>,
    /// `service.port`.
    pub port: PortRef,
}

impl ServiceRef {
    /// A Service's port.
    pub fn new(name: impl Into<Box<str>>, port: PortRef) -> Self {
        Self { name: name.into(), port }
    }
}

/// A Service's port, by either of its names.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum PortRef {
    /// `number`: 1–65535.
    Number(u16),
    /// `name`.
    Name(Box<str>),
}

impl fmt::Display for PortRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => write!(f, "{number}"),
            Self::Name(name) => f.write_str(name),
        }
    }
}

/// A backend that is no Service.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub struct ResourceRef {
    /// `apiGroup`; empty for the core group.
    pub api_group: Box<str>,
    /// `kind`.
    pub kind: Box<str>,
    /// `name`.
    pub name: Box<str>,
}

impl ResourceRef {
    /// A reference to an object in the Ingress's namespace.
    pub fn new(api_group: impl Into<Box<str>>, kind: impl Into<Box<str>>, name: impl Into<Box<str>>) -> Self {
        Self { api_group: api_group.into(), kind: kind.into(), name: name.into() }
    }
}

/// One entry of `spec.tls`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Tls {
    /// `hosts` as written; empty for all hosts that the certificate names.
    pub hosts: Vec<Box<str>>,
    /// `secretName`: in the Ingress's namespace. `None` is for the default certificate.
    pub secret: Option<Box<str>>,
}

impl Tls {
    /// A Secret for the hosts that its certificate names.
    pub fn new(secret: impl Into<Box<str>>) -> Self {
        Self { hosts: Vec::new(), secret: Some(secret.into()) }
    }

    /// The same for one more host.
    #[must_use]
    pub fn with_host(mut self, host: impl Into<Box<str>>) -> Self {
        self.hosts.push(host.into());
        self
    }
}
