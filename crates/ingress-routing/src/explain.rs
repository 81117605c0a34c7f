//! Why a request goes where it goes.

mod choices;

use std::cmp::Reverse;
use std::fmt;

use crate::diff::Decision;
use crate::host::Host;
use crate::outcome::RouteMatch;
use crate::path_pattern::{PathForm, below, key_of};
use crate::rank::RankField;
use crate::request::{NormalPath, Request, RequestBuffer, RequestHead};
use crate::table::{Route, RoutingTable, Upstream};
pub use choices::ChoiceLine;

/// Where a request goes and why, for people.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Explanation<'t> {
    /// The request as it was read: host, path and query; empty if it could not be.
    pub request: String,
    /// Where it goes.
    pub decision: Decision,
    /// The rule or default backend.
    pub matched: Option<RouteMatch<'t>>,
    /// The Service behind it, with endpoints.
    pub upstream: Option<&'t Upstream>,
    /// The rules that match the request, those first that come first; then those that nearly do.
    pub candidates: Vec<Candidate<'t>>,
    /// What was decided on the way: by which options, and with which effect on this request.
    pub choices: Vec<ChoiceLine>,
}

/// A rule that was looked at.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Candidate<'t> {
    /// The rule.
    pub route: &'t Route,
    /// What became of it.
    pub verdict: CandidateVerdict,
}

/// What became of a rule that was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CandidateVerdict {
    /// It decides.
    Chosen,
    /// It matches, but the one chosen comes first for this reason.
    Behind(RankField),
    /// It matches, but a more specific host has rules, and none of them does.
    HostDecided,
    /// It does not match, but nearly.
    Missed(NearMiss),
}

/// Why a rule does not match that may have been meant to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NearMiss {
    /// Letters differ in case.
    LetterCase,
    /// The final slash counts in an Exact path.
    FinalSlash,
    /// An Exact path is not for what lies below it.
    BelowExact,
    /// A Prefix compares whole elements.
    PartOfElement,
}

impl RoutingTable {
    /// Where a request goes and why.
    ///
    /// ```
    /// use ingress_routing::model::{Backend, Change, Ingress, Kind, PathRule, PathType, Rule};
    /// use ingress_routing::{CandidateVerdict, NearMiss, Options, RequestHead, Router};
    /// use object_change::{Delta, ObjectKey};
    /// let mut router = Router::new(Options::new());
    /// let rule = Rule::new("a.example").with_path(PathRule::new("/cart", PathType::Exact, Backend::service("cart", 80)));
    /// router.apply(Change::Ingress(Delta::Upsert(ObjectKey::new("shop", "web"), Ingress::new().with_rule(rule))));
    /// router.apply_all(Kind::ALL.map(Change::Synced));
    /// let table = router.publish();
    /// let why = table.explain(&RequestHead::new("GET", "/cart/").with_host("a.example"));
    /// assert_eq!(why.candidates[0].verdict, CandidateVerdict::Missed(NearMiss::FinalSlash));
    /// ```
    pub fn explain(&self, head: &RequestHead<'_>) -> Explanation<'_> {
        let mut buffer = RequestBuffer::new();
        let decision = {
            let mut buffer = RequestBuffer::new();
            Decision::from(self.route(head, &mut buffer))
        };
        let Ok(request) = head.read(&self.options.request, &mut buffer) else {
            let choices = choices::of_unread(self);
            return Explanation {
                request: String::new(),
                decision,
                matched: None,
                upstream: None,
                candidates: Vec::new(),
                choices,
            };
        };
        let found = self.find(request.parts()).filter(|_| self.missing.is_empty());
        let matched = found.map(|found| found.matched);
        let upstream = matched.and_then(|matched| self.upstream_of(matched));
        let candidates = self.candidates(&request, matched);
        let choices = choices::of_request(self, &request, matched, upstream);
        Explanation { request: text(&request), decision, matched, upstream, candidates, choices }
    }

    /// The rules that match or nearly do.
    fn candidates(&self, request: &Request<'_>, matched: Option<RouteMatch<'_>>) -> Vec<Candidate<'_>> {
        let host = request.host();
        let path = request.path();
        let chosen = matched.and_then(RouteMatch::rule).map(Route::rank);
        let mut candidates: Vec<Candidate<'_>> = Vec::new();
        for route in self.routes().filter(|route| is_for(route, host.as_ref())) {
            let verdict = if route.path.matches(&path) {
                match chosen.map(|chosen| chosen.decided_by(&route.rank())) {
                    Some(None) => CandidateVerdict::Chosen,
                    Some(Some(field)) => CandidateVerdict::Behind(field),
                    None => CandidateVerdict::HostDecided,
                }
            } else {
                let Some(miss) = near_miss(route, &path) else { continue };
                CandidateVerdict::Missed(miss)
            };
            candidates.push(Candidate { route, verdict });
        }
        candidates.sort_by_key(|Candidate { route, verdict }| {
            (matches!(verdict, CandidateVerdict::Missed(_)), Reverse(route.rank()))
        });
        candidates
    }
}

fn is_for(route: &Route, host: Option<&Host<'_>>) -> bool {
    match host {
        Some(host) => route.host.matches(host),
        None => route.host.name().is_none(),
    }
}

fn near_miss(route: &Route, path: &NormalPath<'_>) -> Option<NearMiss> {
    let (pattern, path) = (&route.path, path.as_str());
    let (key, path_key) = (pattern.key(), key_of(path));
    let folded = |text: &str| text.to_ascii_lowercase();
    let same_but_case = match pattern.form() {
        PathForm::Exact => pattern.as_str().eq_ignore_ascii_case(path),
        PathForm::Prefix => below(folded(key).as_bytes(), folded(path_key).as_bytes()),
    };
    if same_but_case {
        Some(NearMiss::LetterCase)
    } else if pattern.form() == PathForm::Prefix {
        path_key.starts_with(key).then_some(NearMiss::PartOfElement)
    } else if key == path_key {
        Some(NearMiss::FinalSlash)
    } else {
        (!key.is_empty() && below(key.as_bytes(), path_key.as_bytes())).then_some(NearMiss::BelowExact)
    }
}

fn text(request: &Request<'_>) -> String {
    let mut target = Vec::new();
    request.write_target(&mut target);
    let host = request.host().map(|host| host.to_string()).unwrap_or_default();
    format!("{}://{host}{}", request.head().scheme, target.escape_ascii())
}

impl NearMiss {
    /// The reason, as the end of a sentence that begins with "does not match:".
    pub const fn reason(self) -> &'static str {
        match self {
            Self::LetterCase => "letters differ in case",
            Self::FinalSlash => "an Exact path has to have the same final slash",
            Self::BelowExact => "an Exact path is not for what lies below it",
            Self::PartOfElement => "a Prefix has to have whole elements in common",
        }
    }
}

impl fmt::Display for CandidateVerdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Chosen => f.write_str("chosen"),
            Self::Behind(field) => write!(f, "not chosen: of the other, {field}"),
            Self::HostDecided => f.write_str("not chosen: a more specific host has rules, none of them for the path"),
            Self::Missed(miss) => write!(f, "does not match: {}", miss.reason()),
        }
    }
}

impl fmt::Display for Explanation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.request.is_empty() {
            writeln!(f, "{}", self.decision)?;
        } else {
            writeln!(f, "{}: {}", self.request, self.decision)?;
        }
        if let Some(matched) = &self.matched {
            writeln!(f, "  by        {matched}")?;
        }
        for endpoint in self.upstream.map_or(&[][..], Upstream::endpoints) {
            writeln!(f, "  endpoint  {}", endpoint.address)?;
        }
        for Candidate { route, verdict } in &self.candidates {
            writeln!(f, "  rule      {route}: {verdict}")?;
        }
        for ChoiceLine { topic, choice, effect } in &self.choices {
            write!(f, "  {topic}: {choice}")?;
            if !effect.is_empty() {
                write!(f, "; {effect}")?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}
