use object_change::ObjectKey;

use crate::model::{PortRef, ServiceRef};
use crate::request::RequestOptions;

/// Which Ingresses a router takes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Classes {
    /// All, of whatever class.
    #[default]
    All,
    /// Those whose class has this name, be there such an IngressClass or not.
    Named(Box<str>),
    /// Those whose class is an IngressClass with this `spec.controller`, such as `whereto.dev/ingress`.
    Controller(Box<str>),
}

/// Which class an Ingress has that names none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Classless {
    /// That of the default IngressClass, as if admitted now: the newest of those marked with
    /// `ingressclass.kubernetes.io/is-default-class`, of several the first by name (plugin/pkg/admission/network/defaultingressclass).
    #[default]
    Default,
    /// None: no router for a class takes it.
    None,
    /// Every: each router takes it.
    Every,
}

/// What `pathType: ImplementationSpecific` means: the API leaves it to the class.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ImplementationSpecific {
    /// The same as `Prefix`, as for ingress-nginx.
    #[default]
    Prefix,
    /// The same as `Exact`.
    Exact,
}

/// What happens if a request's most specific host has no rule for its path.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum HostFallback {
    /// It goes to the default backend: the host decides, as for nginx, HAProxy and Envoy.
    #[default]
    Never,
    /// The rules of less specific hosts are tried, as Traefik does; the default backend is that of the most specific one.
    OnPathMiss,
}

/// What happens to Ingresses with access-control annotations of other controllers ([`crate::annotation`]).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AccessAnnotations {
    /// Requests for their paths get 503: nobody comes in who might have been kept out.
    #[default]
    Refuse,
    /// They are routed as if the annotations were not there.
    Ignore,
}

/// Whether requests in clear text are sent to https.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum HttpsRedirect {
    /// Never.
    Off,
    /// With 308 (RFC 9110 §15.4.9) where a certificate covers the host, to this port; 443 is left out of the location. Paths below
    /// `/.well-known/acme-challenge/` (RFC 8555 §8.3) are exempt.
    To {
        /// 1–65535.
        port: u16,
    },
}

impl Default for HttpsRedirect {
    fn default() -> Self {
        Self::To { port: 443 }
    }
}

/// What `sessionAffinity` of Services means for the choice of an endpoint. Ingress controllers differ: those that send requests to the cluster
/// IP leave it to kube-proxy, those that send them to endpoints mostly have annotations of their own for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ServiceAffinity {
    /// `ClientIP` keeps a client at an endpoint, whatever holds for other Services.
    #[default]
    Honour,
    /// Nothing.
    Ignore,
}

/// Everything that the answers depend on besides the cluster and the request.
///
/// ```
/// use ingress_routing::{Classes, HostFallback, Options};
/// let options = Options::new()
///     .with_classes(Classes::Controller("whereto.dev/ingress".into()))
///     .with_host_fallback(HostFallback::OnPathMiss);
/// assert_ne!(options, Options::new());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    pub(crate) classes: Classes,
    pub(crate) classless: Classless,
    pub(crate) default_backend: Option<(ObjectKey, PortRef)>,
    pub(crate) implementation_specific: ImplementationSpecific,
    pub(crate) host_fallback: HostFallback,
    pub(crate) access_annotations: AccessAnnotations,
    pub(crate) https_redirect: HttpsRedirect,
    pub(crate) service_affinity: ServiceAffinity,
    pub(crate) request: RequestOptions,
}

impl Options {
    /// The defaults: those of the API where it decides, else what most controllers do.
    pub fn new() -> Self {
        Self::default()
    }

    /// Which Ingresses are taken.
    #[must_use]
    pub fn with_classes(mut self, classes: Classes) -> Self {
        self.classes = classes;
        self
    }

    /// Which class an Ingress has that names none.
    #[must_use]
    pub const fn with_classless(mut self, classless: Classless) -> Self {
        self.classless = classless;
        self
    }

    /// The controller's own default backend: a Service in `namespace`. It comes after a default backend that the request's host has.
    #[must_use]
    pub fn with_default_backend(mut self, namespace: impl Into<Box<str>>, service: ServiceRef) -> Self {
        self.default_backend = Some((ObjectKey::new(namespace, service.name), service.port));
        self
    }

    /// What `ImplementationSpecific` means.
    #[must_use]
    pub const fn with_implementation_specific(mut self, meaning: ImplementationSpecific) -> Self {
        self.implementation_specific = meaning;
        self
    }

    /// What happens if a request's most specific host has no rule for its path.
    #[must_use]
    pub const fn with_host_fallback(mut self, fallback: HostFallback) -> Self {
        self.host_fallback = fallback;
        self
    }

    /// What happens to Ingresses with access-control annotations of other controllers.
    #[must_use]
    pub const fn with_access_annotations(mut self, annotations: AccessAnnotations) -> Self {
        self.access_annotations = annotations;
        self
    }

    /// Whether requests in clear text are sent to https.
    #[must_use]
    pub const fn with_https_redirect(mut self, redirect: HttpsRedirect) -> Self {
        self.https_redirect = redirect;
        self
    }

    /// What `sessionAffinity` of Services means; see [`Upstream::session_affinity`](crate::Upstream::session_affinity).
    #[must_use]
    pub const fn with_service_affinity(mut self, affinity: ServiceAffinity) -> Self {
        self.service_affinity = affinity;
        self
    }

    /// How requests are read. Paths of rules are normalised as those of requests.
    #[must_use]
    pub const fn with_request(mut self, request: RequestOptions) -> Self {
        self.request = request;
        self
    }

    /// How requests are read.
    pub const fn request(&self) -> &RequestOptions {
        &self.request
    }
}
