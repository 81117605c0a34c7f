use std::fmt;
use std::time::Duration;

use ::kube::core::Status;

use super::Resource;

/// What a permission is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Verb {
    /// To read all objects of a kind.
    List,
    /// To be told of changes.
    Watch,
    /// To read one object.
    Get,
    /// To create objects.
    Create,
    /// To replace an object.
    Update,
    /// To change a part of an object.
    Patch,
}

impl fmt::Display for Verb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::List => "list",
            Self::Watch => "watch",
            Self::Get => "get",
            Self::Create => "create",
            Self::Update => "update",
            Self::Patch => "patch",
        })
    }
}

/// Why the objects of a kind can't be read, or not now. A source tries again by itself, whatever the problem is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Problem {
    /// A permission is missing (403).
    Denied {
        /// What is not allowed.
        verb: Verb,
        /// With which objects.
        resource: Resource,
        /// In which namespace; `None`: in all of them.
        namespace: Option<Box<str>>,
    },
    /// The credentials are not taken (401), or there are none to be had.
    Unauthorized(Box<str>),
    /// The cluster does not have the kind, or an object that was to be written is gone (404).
    NoSuchKind(Resource),
    /// The version to go on from is too old for the server, or of another store (410, and 504 for one that is too new): the
    /// objects are listed again.
    Expired,
    /// Another refusal.
    Refused {
        /// The HTTP status.
        status: u16,
        /// What the server says.
        message: Box<str>,
        /// How long it wants to be left alone.
        retry_after: Duration,
    },
    /// No connection, or it broke.
    Unreachable(Box<str>),
    /// The server said nothing for this long.
    Silent(Duration),
    /// The server's answer is not understood.
    Malformed(Box<str>),
}

impl Problem {
    /// What a response with an error status means for `verb` on `resource`.
    pub(super) fn of_status(status: &Status, verb: Verb, resource: Resource, namespace: Option<&str>) -> Self {
        let message = || if status.message.is_empty() { &*status.reason } else { &*status.message }.into();
        match status.code {
            401 => Self::Unauthorized(message()),
            403 => Self::Denied { verb, resource, namespace: namespace.map(Into::into) },
            404 => Self::NoSuchKind(resource),
            410 => Self::Expired,
            _ if is_too_large(status) => Self::Expired,
            code => {
                let seconds = status.details.as_ref().map_or(0, |details| details.retry_after_seconds);
                Self::Refused { status: code, message: message(), retry_after: Duration::from_secs(seconds.into()) }
            }
        }
    }

    /// What an error of the client means.
    pub(super) fn of_error(error: &kube::Error, verb: Verb, resource: Resource, namespace: Option<&str>) -> Self {
        match error {
            kube::Error::Api(status) => Self::of_status(status, verb, resource, namespace),
            kube::Error::Auth(error) => Self::Unauthorized(whole(error)),
            error => Self::Unreachable(whole(error)),
        }
    }

    /// How long the server wants to be left alone.
    pub(super) const fn retry_after(&self) -> Duration {
        match self {
            Self::Refused { retry_after, .. } => *retry_after,
            _ => Duration::ZERO,
        }
    }

    /// Whether to go on watching where the watch ended is of no use.
    pub(super) const fn asks_for_list(&self) -> bool {
        matches!(self, Self::Expired | Self::Malformed(_) | Self::NoSuchKind(_) | Self::Denied { .. })
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Denied { verb, resource, namespace } => {
                write!(f, "not allowed to {verb} {resource} in ")?;
                match namespace {
                    Some(namespace) => write!(f, "namespace {namespace}")?,
                    None => f.write_str("all namespaces")?,
                }
                let Resource { group, plural, .. } = resource;
                let verbs = match verb {
                    // Who needs one needs the other.
                    Verb::List | Verb::Watch => "\"list\", \"watch\"".to_owned(),
                    verb => format!("\"{verb}\""),
                };
                write!(
                    f,
                    ": an RBAC rule is missing, {{apiGroups: [\"{group}\"], resources: [\"{plural}\"], verbs: [{verbs}]}}"
                )
            }
            Self::Unauthorized(message) => write!(f, "the credentials are not accepted: {message}"),
            Self::NoSuchKind(resource) => write!(f, "the cluster has no {resource} of version {}", resource.version),
            Self::Expired => f.write_str("the version to go on from is not available any more"),
            Self::Refused { status, message, .. } => {
                write!(f, "the API server refused with status {status}: {message}")
            }
            Self::Unreachable(error) => write!(f, "no connection to the API server: {error}"),
            Self::Silent(duration) => write!(f, "the API server said nothing for {} s", duration.as_secs_f32()),
            Self::Malformed(what) => write!(f, "the API server's answer is not understood: {what}"),
        }
    }
}

impl std::error::Error for Problem {}

/// Whether a version is ahead of the server: it lags behind another one, or its store was put back to an earlier state.
fn is_too_large(status: &Status) -> bool {
    let mut causes = status.details.iter().flat_map(|details| &details.causes);
    // apimachinery's CauseTypeResourceVersionTooLarge.
    causes.any(|cause| cause.reason == "ResourceVersionTooLarge")
        || status.message.contains("Too large resource version")
}

/// An error and what caused it, each once: many display their cause themselves.
pub(super) fn whole(error: &dyn std::error::Error) -> Box<str> {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let next = error.to_string();
        if !text.contains(&next) {
            text = format!("{text}: {next}");
        }
        cause = error.source();
    }
    text.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SLICES: Resource = Resource::new("discovery.k8s.io", "v1", "endpointslices");

    fn of(json: &str) -> Problem {
        Problem::of_status(&serde_json::from_str(json).unwrap(), Verb::Watch, SLICES, None)
    }

    #[test]
    fn a_denial_names_the_rule_that_is_missing() {
        let denied = of(r#"{"code":403,"reason":"Forbidden","message":"…"}"#);
        assert_eq!(
            denied.to_string(),
            "not allowed to watch endpointslices.discovery.k8s.io in all namespaces: an RBAC rule is missing, \
             {apiGroups: [\"discovery.k8s.io\"], resources: [\"endpointslices\"], verbs: [\"list\", \"watch\"]}"
        );
        assert!(denied.asks_for_list());
    }

    #[test]
    fn a_version_of_another_store_asks_for_a_list() {
        // As kube-apiserver 1.36 answers it.
        let status = r#"{"code":504,"reason":"Timeout","message":"Too large resource version: 99, current: 9",
            "details":{"causes":[{"reason":"ResourceVersionTooLarge","message":"Too large resource version"}],"retryAfterSeconds":1}}"#;
        assert_eq!(of(status), Problem::Expired);
        assert_eq!(of(r#"{"code":410,"reason":"Expired"}"#), Problem::Expired);
        let busy = of(r#"{"code":504,"reason":"Timeout","message":"slow","details":{"retryAfterSeconds":3}}"#);
        let retry_after = Duration::from_secs(3);
        assert_eq!(busy, Problem::Refused { status: 504, message: "slow".into(), retry_after });
        assert_eq!(busy.retry_after(), retry_after);
        assert!(!busy.asks_for_list());
    }
}
