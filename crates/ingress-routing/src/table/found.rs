use std::sync::Arc;

use super::{Destination, Route, Target, UpstreamId};
use crate::outcome::RouteMatch;

/// What a request was found to match.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Found<'t> {
    pub(crate) matched: RouteMatch<'t>,
    /// Whether an access-control annotation closes it.
    pub(crate) guarded: bool,
    /// `None` for a backend that is no Service.
    pub(crate) upstream: Option<UpstreamId>,
}

impl<'t> Found<'t> {
    pub(crate) fn new(matched: RouteMatch<'t>) -> Self {
        let destination = matched.destination();
        Self { matched, guarded: destination.guard.is_some(), upstream: destination.upstream() }
    }
}

impl Destination {
    pub(crate) const fn upstream(&self) -> Option<UpstreamId> {
        match self.target {
            Target::Upstream(id) => Some(id),
            Target::Resource => None,
        }
    }
}

/// A rule that decides for something, with what of it routing needs: the rule itself lies elsewhere in memory, and is not read.
#[derive(Clone, Debug)]
pub(crate) struct Decider {
    route: Arc<Route>,
    upstream: Option<UpstreamId>,
    guarded: bool,
}

impl Decider {
    pub(crate) fn new(route: Arc<Route>) -> Self {
        let Found { guarded, upstream, .. } = Found::new(RouteMatch::Rule(&route));
        Self { route, upstream, guarded }
    }

    pub(crate) const fn route(&self) -> &Arc<Route> {
        &self.route
    }

    pub(crate) fn found(&self) -> Found<'_> {
        Found { matched: RouteMatch::Rule(&self.route), guarded: self.guarded, upstream: self.upstream }
    }
}
