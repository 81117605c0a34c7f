/// An IngressClass: says which controller takes the Ingresses that name it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct IngressClass {
    /// `metadata.creationTimestamp` in seconds since 1970-01-01 UTC: of several default classes the newest is it.
    pub created: Option<i64>,
    /// `spec.controller`.
    pub controller: Box<str>,
    /// The annotation `ingressclass.kubernetes.io/is-default-class` is `"true"`.
    pub is_default: bool,
}

impl IngressClass {
    /// A class of a controller, such as `whereto.dev/ingress`.
    pub fn new(controller: impl Into<Box<str>>) -> Self {
        Self { created: None, controller: controller.into(), is_default: false }
    }

    /// The same, created at this second since 1970-01-01 UTC.
    #[must_use]
    pub const fn with_created(mut self, seconds: i64) -> Self {
        self.created = Some(seconds);
        self
    }

    /// The same as a default class.
    #[must_use]
    pub const fn with_default(mut self, is_default: bool) -> Self {
        self.is_default = is_default;
        self
    }
}
