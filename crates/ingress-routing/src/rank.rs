//! Which of several rules that match a request decides.

use std::cmp::Reverse;
use std::fmt;

use object_change::ObjectKey;

use crate::host::HostSpecificity;
use crate::path_pattern::PathForm;

/// The place of a rule among those that match one request: the greatest decides. The order of the fields is the order of precedence.
///
/// ```
/// use std::cmp::Reverse;
/// use ingress_routing::{Router, Options, RankField};
/// # use ingress_routing::model::{Backend, Change, Ingress, Kind, PathRule, PathType, Rule};
/// # use object_change::{Delta, ObjectKey};
/// # let mut router = Router::new(Options::new());
/// # let to = |path, path_type| PathRule::new(path, path_type, Backend::service("web", 80));
/// # let rule = Rule::new("a.example").with_path(to("/foo", PathType::Prefix)).with_path(to("/foo", PathType::Exact));
/// # router.apply(Change::Ingress(Delta::Upsert(ObjectKey::new("shop", "web"), Ingress::new().with_rule(rule))));
/// # let table = router.publish();
/// let mut routes: Vec<_> = table.routes().collect();
/// routes.sort_by_key(|route| Reverse(route.rank()));
/// assert_eq!(routes[0].path().to_string(), "Exact /foo");
/// assert_eq!(routes[0].rank().decided_by(&routes[1].rank()), Some(RankField::Form));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub struct RouteRank<'a> {
    /// A host before a wildcard before none. The Ingress API has it by example only; its controllers agree.
    pub host: HostSpecificity,
    /// Exact before Prefix: "precedence will be given to … exact path type over prefix path type" (kubernetes.io, Ingress,
    /// "Multiple matches").
    ///
    /// Read to the letter, that holds between paths of equal length only, and the Prefix `/foo/` would have the request `/foo` before the Exact
    /// `/foo`. Every controller and the Gateway API (`HTTPRouteRule.matches`) give it to the Exact one.
    pub form: PathForm,
    /// More elements: "precedence will be given first to the longest matching path" (kubernetes.io, Ingress, "Multiple matches").
    pub elements: usize,
    /// `/foo/` before `/foo`, which match the same requests: "if both paths are present in an Ingress spec, the longest matching path (/foo/) is
    /// given priority" (networking/v1, types.go, `HTTPIngressPath.pathType`).
    pub ends_in_slash: bool,
    /// The older Ingress: `metadata.creationTimestamp` in seconds, `i64::MAX` where there is none. As the Gateway API
    /// has it (`HTTPRouteRule.matches`); the Ingress API says nothing.
    pub created: Reverse<i64>,
    /// The first Ingress by namespace and name: timestamps count whole seconds. As the Gateway API has it.
    pub ingress: Reverse<&'a ObjectKey>,
    /// The first rule in the Ingress.
    pub rule: Reverse<u32>,
    /// The first path in the rule.
    pub path: Reverse<u32>,
}

/// The fields of [`RouteRank`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(clippy::exhaustive_enums, reason = "the fields of a struct")]
pub enum RankField {
    /// [`RouteRank::host`]
    Host,
    /// [`RouteRank::form`]
    Form,
    /// [`RouteRank::elements`]
    Elements,
    /// [`RouteRank::ends_in_slash`]
    EndsInSlash,
    /// [`RouteRank::created`]
    Created,
    /// [`RouteRank::ingress`]
    Ingress,
    /// [`RouteRank::rule`]
    Rule,
    /// [`RouteRank::path`]
    Path,
}

impl RouteRank<'_> {
    /// The first field in which two ranks differ; `None` if they are the same rule's.
    pub fn decided_by(&self, other: &RouteRank<'_>) -> Option<RankField> {
        let differing = [
            (RankField::Host, self.host != other.host),
            (RankField::Form, self.form != other.form),
            (RankField::Elements, self.elements != other.elements),
            (RankField::EndsInSlash, self.ends_in_slash != other.ends_in_slash),
            (RankField::Created, self.created != other.created),
            (RankField::Ingress, self.ingress != other.ingress),
            (RankField::Rule, self.rule != other.rule),
            (RankField::Path, self.path != other.path),
        ];
        differing.into_iter().find_map(|(field, differs)| differs.then_some(field))
    }
}

impl RankField {
    /// What the one that comes first has more of.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Host => "its host is more specific",
            Self::Form => "Exact comes before Prefix",
            Self::Elements => "its path has more elements",
            Self::EndsInSlash => "of two equal prefixes the one with a final slash comes first",
            Self::Created => "its Ingress is older",
            Self::Ingress => "its Ingress comes first by namespace and name",
            Self::Rule => "its rule comes first in the Ingress",
            Self::Path => "its path comes first in the rule",
        }
    }
}

impl fmt::Display for RankField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.reason())
    }
}
