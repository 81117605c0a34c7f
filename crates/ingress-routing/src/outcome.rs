//! Where requests go.

use std::fmt;

use object_change::ObjectKey;

use crate::host::Host;
use crate::model::{Backend, Kinds};
use crate::request::{Malformed, NormalPath, Request, Unroutable};
use crate::table::{DefaultBackend, Destination, Route, Upstream};

/// Below it lie the tokens by which a certificate authority checks a host in clear text (RFC 8555 §8.3).
pub(crate) const ACME_PREFIX: &str = "/.well-known/acme-challenge/";

/// Where a request goes. Everything is borrowed from the table and from the request.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Outcome<'a> {
    /// To a Service that has endpoints.
    Forward(Forward<'a>),
    /// Nowhere: it is answered.
    Respond {
        /// The status to answer with.
        status: u16,
        /// Why.
        reason: Reason,
        /// The rule or default backend that would have been used.
        matched: Option<RouteMatch<'a>>,
        /// The request as it was read; `None` if it could not be, or was for no resource.
        request: Option<Request<'a>>,
    },
    /// It is to be repeated by https: 308.
    Redirect {
        /// Where to; `Display` writes the value of the Location field.
        redirect: Redirect<'a>,
        /// The rule or default backend that matched.
        matched: RouteMatch<'a>,
    },
    /// It is answered with 400: it breaks the rules of HTTP.
    Malformed(Malformed),
}

/// A request that is forwarded.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Forward<'a> {
    /// By which rule or default backend.
    pub matched: RouteMatch<'a>,
    /// To which Service, with at least one endpoint.
    pub upstream: &'a Upstream,
    /// The request as it was matched and is to be sent on.
    pub request: Request<'a>,
}

/// What decides where a request goes.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum RouteMatch<'a> {
    /// A rule with host and path.
    Rule(&'a Route),
    /// No rule: the default backend of the oldest Ingress that has a rule for the request's host and a default backend.
    HostDefault(&'a DefaultBackend),
    /// No rule, and no default backend for the host: the controller's, or that of the oldest Ingress with a default backend.
    Default(&'a DefaultBackend),
}

impl<'a> RouteMatch<'a> {
    /// The Ingress; `None` for the controller's own default backend.
    pub fn ingress(self) -> Option<&'a ObjectKey> {
        match self {
            Self::Rule(route) => Some(route.ingress()),
            Self::HostDefault(default) | Self::Default(default) => default.ingress(),
        }
    }

    /// Where requests are sent, in the Ingress's namespace.
    pub const fn backend(self) -> &'a Backend {
        match self {
            Self::Rule(route) => route.backend(),
            Self::HostDefault(default) | Self::Default(default) => default.backend(),
        }
    }

    /// The rule; `None` for a default backend.
    pub const fn rule(self) -> Option<&'a Route> {
        match self {
            Self::Rule(route) => Some(route),
            Self::HostDefault(_) | Self::Default(_) => None,
        }
    }

    /// The access-control annotation because of which requests are refused.
    pub fn guard(self) -> Option<&'a str> {
        self.destination().guard.as_deref()
    }

    pub(crate) const fn destination(self) -> &'a Destination {
        match self {
            Self::Rule(route) => &route.destination,
            Self::HostDefault(default) | Self::Default(default) => &default.destination,
        }
    }
}

impl fmt::Display for RouteMatch<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rule(route) => route.fmt(f),
            Self::HostDefault(default) | Self::Default(default) => default.fmt(f),
        }
    }
}

/// Why a request is answered and not forwarded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reason {
    /// These kinds of objects were not read yet: 503.
    NotSynced(Kinds),
    /// The request goes nowhere whatever the rules are; its own status.
    Unroutable(Unroutable),
    /// No rule and no default backend: 404.
    NoRule,
    /// The Ingress has an access-control annotation that has no effect here: 503.
    AccessControl,
    /// The Service does not exist: 503.
    NoService,
    /// The Service has no such TCP port: 503.
    NoPort,
    /// The Service has no endpoint that is ready: 503.
    NoEndpoints,
    /// The backend is no Service: 501.
    ResourceBackend,
    /// The Service is a name outside the cluster: 501.
    ExternalName,
}

impl Reason {
    /// The status to answer with.
    pub const fn status(self) -> u16 {
        match self {
            Self::Unroutable(unroutable) => unroutable.status(),
            Self::NoRule => 404,
            Self::NotSynced(_) | Self::AccessControl | Self::NoService | Self::NoPort | Self::NoEndpoints => 503,
            Self::ResourceBackend | Self::ExternalName => 501,
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotSynced(kinds) => return write!(f, "not read yet: {kinds}"),
            Self::Unroutable(unroutable) => return unroutable.fmt(f),
            Self::NoRule => "no rule matches and there is no default backend",
            Self::AccessControl => "the Ingress limits access by an annotation that has no effect here",
            Self::NoService => "the Service does not exist",
            Self::NoPort => "the Service has no such TCP port",
            Self::NoEndpoints => "the Service has no ready endpoint",
            Self::ResourceBackend => "the backend is not a Service",
            Self::ExternalName => "the Service is a name outside the cluster",
        })
    }
}

/// Where a request in clear text is to be repeated. `Display` writes the absolute URI.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Redirect<'a> {
    /// The request's host.
    pub host: Host<'a>,
    /// The port of https; 443 is not written.
    pub port: u16,
    /// The request's path.
    pub path: NormalPath<'a>,
    /// The request's query.
    pub query: Option<&'a [u8]>,
}

impl Redirect<'_> {
    /// 308: method and content stay the same (RFC 9110 §15.4.9).
    pub const STATUS: u16 = 308;
}

impl fmt::Display for Redirect<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "https://{}", self.host)?;
        if self.port != 443 {
            write!(f, ":{}", self.port)?;
        }
        f.write_str(self.path.as_str())?;
        let Some(query) = self.query else { return Ok(()) };
        f.write_str("?")?;
        for octet in query {
            match octet {
                // A URI is ASCII: what came raw is written as an escape (RFC 3986 §2.1).
                0x21..=0x7e => write!(f, "{}", char::from(*octet))?,
                _ => write!(f, "%{octet:02X}")?,
            }
        }
        Ok(())
    }
}
