//! What in the rules is at odds.

use std::collections::BTreeMap;
use std::fmt;

use object_change::{Diagnostic, ObjectKey, ObjectRef, Severity};

use crate::certificate::CertificateOffer;
use crate::host::{Host, HostBuffer, HostForm, HostPattern};
use crate::options::HostFallback;
use crate::outcome::{Reason, RouteMatch};
use crate::path_pattern::PathForm;
use crate::rank::RankField;
use crate::request::Scheme;
use crate::table::{HostEntry, PathNode, Route, RoutingTable, Target, UpstreamState};
use crate::witness::Witness;

/// Something that the authors of Ingresses would want to know, about rules that are well-formed each for itself.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Conflict<'t> {
    /// Two rules for the same requests. The loser has no effect.
    Duplicate {
        /// The rule that is used.
        winner: &'t Route,
        /// The rule that is not.
        loser: &'t Route,
        /// What decided.
        decided_by: RankField,
    },
    /// A rule that is used for no request, since another is for all of them.
    Shadowed {
        /// The rule that is not used.
        route: &'t Route,
        /// The rule that is.
        by: &'t Route,
        /// A request of both.
        witness: Witness,
    },
    /// A rule for several hosts that is not used for one of them: that host has rules of its own, and none for the path.
    HiddenByHost {
        /// The rule.
        route: &'t Route,
        /// The first host for which it is not used, wildcards before names.
        host: HostPattern,
        /// A request that does not come to the rule.
        witness: Witness,
    },
    /// A part of an Ingress that was left out, such as a path that no request can have.
    Unusable(&'t Diagnostic),
    /// Several Secrets for one host.
    TlsOverlap {
        /// The host.
        host: &'t HostPattern,
        /// What is offered, by age of the Ingresses.
        offers: Vec<&'t CertificateOffer>,
    },
    /// A backend to which nothing can be sent, whatever happens to its Pods.
    UnknownTarget {
        /// The rule or default backend.
        matched: RouteMatch<'t>,
        /// Why: [`Reason::NoService`], [`Reason::NoPort`] or [`Reason::ExternalName`].
        reason: Reason,
    },
}

impl RoutingTable {
    /// All conflicts: first duplicates and shadows by host and path, then what could not be used, certificates, and targets.
    ///
    /// ```
    /// use ingress_routing::model::{Backend, Change, Ingress, PathRule, PathType, Rule};
    /// use ingress_routing::{Conflict, Options, Router};
    /// use object_change::{Delta, ObjectKey};
    /// let mut router = Router::new(Options::new());
    /// for (name, created) in [("old", 1), ("new", 2)] {
    ///     let rule = Rule::new("a.example").with_path(PathRule::new("/", PathType::Prefix, Backend::service(name, 80)));
    ///     let ingress = Ingress::new().with_created(created).with_rule(rule);
    ///     router.apply(Change::Ingress(Delta::Upsert(ObjectKey::new("shop", name), ingress)));
    /// }
    /// let table = router.publish();
    /// let Conflict::Duplicate { winner, loser, .. } = table.conflicts().swap_remove(0) else { panic!() };
    /// assert_eq!((&*winner.ingress().name, &*loser.ingress().name), ("old", "new"));
    /// ```
    pub fn conflicts(&self) -> Vec<Conflict<'_>> {
        let mut conflicts = self.rule_conflicts();
        let mut ingresses: Vec<_> = self.ingresses.iter().collect();
        ingresses.sort_unstable_by_key(|(key, _)| *key);
        let faults = ingresses.iter().flat_map(|(_, ingress)| &ingress.faults);
        conflicts.extend(faults.filter(|fault| fault.severity == Severity::Error).map(Conflict::Unusable));
        let overlaps = self.certificates.overlaps().into_iter();
        conflicts.extend(overlaps.map(|(host, offers)| Conflict::TlsOverlap { host, offers }));
        for (_, ingress) in &ingresses {
            let rules = ingress.routes.iter().map(|route| RouteMatch::Rule(route));
            let default = ingress.default.iter().map(|default| RouteMatch::HostDefault(default));
            conflicts.extend(rules.chain(default).filter_map(|matched| self.unknown_target(matched)));
        }
        let own = self.default.as_deref().filter(|default| default.ingress().is_none());
        conflicts.extend(own.and_then(|default| self.unknown_target(RouteMatch::Default(default))));
        conflicts
    }

    fn rule_conflicts(&self) -> Vec<Conflict<'_>> {
        let mut found: Vec<(&Route, Conflict<'_>)> = Vec::new();
        for node in self.paths.nodes() {
            for loser in node.losers() {
                let rank = loser.rank();
                let same_place = |winner: &&Route| {
                    winner.path.form() == loser.path.form()
                        && (winner.path.form() == PathForm::Prefix || winner.path == loser.path)
                };
                let Some(winner) = node.winners().map(|winner| &**winner).find(same_place) else { continue };
                let Some(decided_by) = winner.rank().decided_by(&rank) else { continue };
                let conflict = match decided_by {
                    RankField::EndsInSlash => {
                        Conflict::Shadowed { route: loser, by: winner, witness: self.witness(loser, &loser.host) }
                    }
                    _ => Conflict::Duplicate { winner, loser, decided_by },
                };
                found.push((loser, conflict));
            }
        }
        if self.options.host_fallback == HostFallback::Never {
            self.hidden_by_hosts(&mut found);
        }
        found.sort_by(|(a, _), (b, _)| {
            (&a.host, a.path.as_str()).cmp(&(&b.host, b.path.as_str())).then(b.rank().cmp(&a.rank()))
        });
        found.into_iter().map(|(_, conflict)| conflict).collect()
    }

    /// Rules for several hosts, and the first host of each that has others.
    fn hidden_by_hosts<'t>(&'t self, found: &mut Vec<(&'t Route, Conflict<'t>)>) {
        let hosts = self.ingresses.values().flat_map(|ingress| &ingress.hosts);
        let hosts: BTreeMap<&HostPattern, &HostEntry> =
            hosts.filter_map(|host| Some((&**host, self.hosts.get(host)?))).collect();
        // A host with a rule for every path hides nothing by chance: whoever wrote it meant it.
        let open: Vec<_> = hosts
            .into_iter()
            .filter(|(_, entry)| !self.paths.node(entry.id, b"").is_some_and(PathNode::has_prefix))
            .collect();
        for route in self.routes().filter(|route| route.host.form() != HostForm::Exact) {
            let hides = |(host, entry): &&(&HostPattern, &HostEntry)| {
                **host != *route.host
                    && route.host.covers(host)
                    && self.paths.find(entry.id, entry.depths, route.path.as_str().as_bytes()).is_none()
            };
            if let Some((host, _)) = open.iter().find(hides) {
                let conflict =
                    Conflict::HiddenByHost { route, host: (*host).clone(), witness: self.witness(route, host) };
                found.push((route, conflict));
            }
        }
    }

    /// A request for a rule's path at one of the hosts for which a pattern decides.
    fn witness(&self, route: &Route, pattern: &HostPattern) -> Witness {
        let name = pattern.name().unwrap_or("invalid");
        let decides = |host: &String| {
            let mut buffer = HostBuffer::new();
            let first = Host::parse(host, &mut buffer).ok().and_then(|host| self.hosts.matching(Some(host)).next());
            first.map(|entry| entry.id) == self.hosts.get(pattern).map(|entry| entry.id)
        };
        let host = match pattern.form() {
            HostForm::Exact => Some(name.to_owned()),
            HostForm::Wildcard => (0..).map(|number| format!("w{number}.{name}")).find(decides),
            HostForm::Any => (0..).map(|number| format!("any.w{number}.{name}")).find(decides),
        };
        Witness::new(Scheme::Https, host.unwrap_or_default(), route.path.as_str().to_owned())
    }

    fn unknown_target<'t>(&'t self, matched: RouteMatch<'t>) -> Option<Conflict<'t>> {
        let reason = match matched.destination().target {
            // Told as unusable.
            Target::Resource => return None,
            Target::Upstream(id) => match self.upstream(id)?.state {
                UpstreamState::NoService => Reason::NoService,
                UpstreamState::NoPort => Reason::NoPort,
                UpstreamState::ExternalName(_) => Reason::ExternalName,
                UpstreamState::Ready(_) | UpstreamState::NoEndpoints => return None,
            },
        };
        Some(Conflict::UnknownTarget { matched, reason })
    }
}

impl Conflict<'_> {
    /// The conflict as its loser's author is told.
    pub fn diagnostic(&self) -> Diagnostic {
        let of = |key: &ObjectKey| ObjectRef::new("Ingress", key.clone());
        match self {
            Self::Duplicate { winner, loser, decided_by } => {
                let reason = format!(
                    "{} of Ingress {} has the same host and path and is used instead: {decided_by}",
                    winner.field(),
                    winner.ingress()
                );
                Diagnostic::error(of(loser.ingress()), loser.field(), reason)
            }
            Self::Shadowed { route, by, witness } => {
                let reason = format!("never used: {} of Ingress {} is, for {witness} too", by.field(), by.ingress());
                Diagnostic::warning(of(route.ingress()), route.field(), reason)
            }
            Self::HiddenByHost { route, host, witness } => {
                let reason = format!("not used for {witness}: {host} has rules of its own");
                Diagnostic::info(of(route.ingress()), route.field(), reason)
            }
            Self::Unusable(diagnostic) => (*diagnostic).clone(),
            Self::TlsOverlap { host, offers } => {
                let secrets: Vec<String> = offers.iter().map(|offer| offer.secret.to_string()).collect();
                let reason = format!("several Secrets for {host}: {}", secrets.join(", "));
                let (key, entry) = offers
                    .last()
                    .map_or_else(|| (ObjectKey::cluster_scoped(""), 0), |offer| (offer.ingress.clone(), offer.entry));
                Diagnostic::warning(of(&key), format!("spec.tls[{entry}]"), reason)
            }
            Self::UnknownTarget { matched, reason } => {
                let reason = format!("{}: {reason}: requests get {}", matched.backend(), reason.status());
                let field = match matched {
                    RouteMatch::Rule(route) => format!("{}.backend", route.field()),
                    _ => "spec.defaultBackend".to_owned(),
                };
                let object = match matched.ingress() {
                    Some(key) => of(key),
                    None => ObjectRef::new("option", ObjectKey::cluster_scoped("default-backend")),
                };
                Diagnostic::error(object, field, reason)
            }
        }
    }
}

impl fmt::Display for Conflict<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.diagnostic().fmt(f)
    }
}
