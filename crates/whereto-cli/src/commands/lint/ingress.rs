//! What is wrong with Ingresses.
//!
//! What one object shows is told while it is read, with its place ([`ObjectChecks`], and the router that reads beside it); what objects are
//! together, once all are known ([`run`]).

mod models;
mod objects;

use std::collections::BTreeSet;

use ingress_routing::{Conflict, Reason, RoutingTable};
use object_change::{Diagnostic, ObjectKey, ObjectRef, Severity};

use crate::arguments::RouterArgs;
use crate::cluster::unix_seconds;
use crate::routing::ClassFacts;
pub(super) use models::Models;
pub(super) use objects::ObjectChecks;

/// All findings about objects together. Ingresses of different classes are not at odds: each class has its own controller.
pub(super) fn run(models: &Models, classes: &ClassFacts, args: &RouterArgs) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    class_findings(classes, &mut found);
    if args.has_class() {
        findings(models, &models.table(args.options(false), |_| true), &mut found);
    } else {
        let groups: BTreeSet<Option<&str>> = classes.named().map(|(key, _)| classes.class(key)).collect();
        for class in groups {
            let table = models.table(args.options_of_all_classes(), |key| classes.class(key) == class);
            findings(models, &table, &mut found);
        }
    }
    found
}

fn ingress(key: &ObjectKey) -> ObjectRef {
    ObjectRef::new("Ingress", key.clone())
}

/// Ingresses that no controller may take. Manifests in version control seldom have IngressClasses: without any, it is only worth a hint.
fn class_findings(classes: &ClassFacts, found: &mut Vec<Diagnostic>) {
    let severity = if classes.is_empty() { Severity::Info } else { Severity::Warning };
    let mut tell = |key: &ObjectKey, reason: String| {
        found.push(Diagnostic::new(severity, ingress(key), "spec.ingressClassName", reason));
    };
    for (key, named) in classes.named() {
        match named {
            Some(class) if !classes.has(class) => {
                tell(key, format!("there is no IngressClass {class} in the input: no controller may take the Ingress"));
            }
            None if classes.default_class().is_none() => {
                tell(
                    key,
                    "missing, and no IngressClass is the default one: no controller may take the Ingress".to_owned(),
                );
            }
            _ => {}
        }
    }
    let defaults: Vec<&str> = classes.defaults().collect();
    if let (Some(chosen), true) = (classes.default_class(), defaults.len() > 1) {
        let others: Vec<&str> = defaults.into_iter().filter(|name| *name != chosen).collect();
        let object = ObjectRef::new("IngressClass", ObjectKey::cluster_scoped(chosen));
        let reason =
            format!("{} is marked as the default class too: Ingresses without class get {chosen}", others.join(", "));
        found.push(Diagnostic::warning(object, "metadata.annotations", reason));
    }
}

/// What the rules are at odds about, and certificates. What could not be used of one Ingress was told with its place.
fn findings(models: &Models, table: &RoutingTable, found: &mut Vec<Diagnostic>) {
    for conflict in table.conflicts() {
        let mut diagnostic = match &conflict {
            Conflict::Unusable(_) => continue,
            other => other.diagnostic(),
        };
        // Ingresses are often kept apart from what they lead to.
        if matches!(conflict, Conflict::UnknownTarget { reason: Reason::NoService, .. }) && models.services.is_empty() {
            diagnostic.severity = Severity::Info;
        }
        found.push(diagnostic);
    }
    let now = unix_seconds() as i64;
    for mut diagnostic in table.offers().flat_map(|offer| offer.diagnostics(now)) {
        // And nobody keeps keys in version control.
        if models.secrets.is_empty() {
            diagnostic.severity = Severity::Info;
        }
        found.push(diagnostic);
    }
}
