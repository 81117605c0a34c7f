//! The originals, and what they and we make of a request.

use std::fmt;

use ingress_routing::{Malformed, Outcome, Reason, RequestBuffer, RequestHead, RoutingTable};
use serde::Deserialize;

/// A program that routes requests as a controller configures it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Original {
    Nginx,
    Haproxy,
}

impl Original {
    pub(crate) const ALL: [Self; 2] = [Self::Nginx, Self::Haproxy];

    /// The name of the program, and of its process.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Nginx => "nginx",
            Self::Haproxy => "haproxy",
        }
    }
}

/// Where a request went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// To this backend.
    Backend(String),
    /// Nowhere: it was answered with this status.
    Status(u16),
}

impl Verdict {
    /// What our table decides, and why where it takes the request for malformed.
    pub(crate) fn of(table: &RoutingTable, head: &RequestHead<'_>) -> (Self, Option<Malformed>) {
        let mut buffer = RequestBuffer::new();
        match table.route(head, &mut buffer) {
            Outcome::Forward(forward) => (Self::Backend(forward.upstream.service().name.to_string()), None),
            Outcome::Respond { reason: Reason::NoRule, status, .. } => (Self::Status(status), None),
            Outcome::Malformed(why) => (Self::Status(400), Some(why)),
            // Not by these rules, which have endpoints, no certificates and no annotations.
            other => panic!("{other:?}"),
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Backend(name) => f.write_str(name),
            Self::Status(status) => status.fmt(f),
        }
    }
}
