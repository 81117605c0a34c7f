use std::cmp::Reverse;
use std::fmt;
use std::sync::Arc;

use object_change::ObjectKey;

use super::UpstreamId;
use crate::host::HostPattern;
use crate::model::{Backend, PathType};
use crate::path_pattern::{PathForm, PathPattern};
use crate::rank::RouteRank;

/// An Ingress's name and age.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Owner {
    pub(crate) key: ObjectKey,
    pub(crate) created: Option<i64>,
}

/// The order of Ingresses by age: the least comes first.
pub(crate) type Seniority = (i64, ObjectKey);

impl Owner {
    pub(crate) fn seniority(&self) -> Seniority {
        (self.created.unwrap_or(i64::MAX), self.key.clone())
    }
}

/// Where a rule or a default backend leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Destination {
    pub(crate) target: Target,
    /// The access-control annotation because of which nothing is forwarded.
    pub(crate) guard: Option<Arc<str>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    Upstream(UpstreamId),
    /// A backend that is no Service.
    Resource,
}

/// One path of one rule of an Ingress.
#[derive(Debug)]
pub struct Route {
    pub(crate) owner: Arc<Owner>,
    pub(crate) host: Arc<HostPattern>,
    pub(crate) path: PathPattern,
    pub(crate) path_type: PathType,
    pub(crate) backend: Backend,
    pub(crate) destination: Destination,
    /// Places of the rule in the Ingress and of the path in the rule.
    pub(crate) position: (u32, u32),
}

impl Route {
    /// The Ingress.
    pub fn ingress(&self) -> &ObjectKey {
        &self.owner.key
    }

    /// The place in the Ingress as `kubectl explain` writes it: `spec.rules[0].http.paths[2]`.
    pub fn field(&self) -> String {
        let (rule, path) = self.position;
        format!("spec.rules[{rule}].http.paths[{path}]")
    }

    /// The hosts that the rule is for.
    pub fn host(&self) -> &HostPattern {
        &self.host
    }

    /// The paths that the rule is for.
    pub const fn path(&self) -> &PathPattern {
        &self.path
    }

    /// The path type as written.
    pub const fn path_type(&self) -> PathType {
        self.path_type
    }

    /// Where requests are sent, in the Ingress's namespace.
    pub const fn backend(&self) -> &Backend {
        &self.backend
    }

    /// The access-control annotation because of which requests are refused.
    pub fn guard(&self) -> Option<&str> {
        self.destination.guard.as_deref()
    }

    /// The place among the rules that match a request.
    pub fn rank(&self) -> RouteRank<'_> {
        let (rule, path) = self.position;
        RouteRank {
            host: self.host.specificity(),
            form: self.path.form(),
            elements: self.path.elements(),
            ends_in_slash: self.path.form() == PathForm::Prefix && self.path.ends_in_slash(),
            created: Reverse(self.owner.created.unwrap_or(i64::MAX)),
            ingress: Reverse(&self.owner.key),
            rule: Reverse(rule),
            path: Reverse(path),
        }
    }
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} -> {} ({} {})", self.host, self.path, self.backend, self.owner.key, self.field())
    }
}

/// Where requests go that no rule matches.
#[derive(Debug)]
pub struct DefaultBackend {
    /// `None` for the controller's own.
    pub(crate) owner: Option<Arc<Owner>>,
    pub(crate) backend: Backend,
    pub(crate) destination: Destination,
}

impl DefaultBackend {
    /// The Ingress that has it; `None` for the controller's own.
    pub fn ingress(&self) -> Option<&ObjectKey> {
        self.owner.as_deref().map(|owner| &owner.key)
    }

    /// Where requests are sent, in the Ingress's namespace.
    pub const fn backend(&self) -> &Backend {
        &self.backend
    }

    /// The access-control annotation because of which requests are refused.
    pub fn guard(&self) -> Option<&str> {
        self.destination.guard.as_deref()
    }
}

impl fmt::Display for DefaultBackend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.owner {
            Some(owner) => write!(f, "default backend -> {} ({} spec.defaultBackend)", self.backend, owner.key),
            None => write!(f, "default backend of the controller -> {}", self.backend),
        }
    }
}
