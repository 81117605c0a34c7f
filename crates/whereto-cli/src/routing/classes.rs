use std::cmp::Reverse;
use std::collections::BTreeMap;

use ingress_routing::model::IngressClass;
use k8s_source::{Consumer, ObjectChange, convert::routing};
use object_change::{Diagnostic, ObjectKey};

use crate::keep::keep;

/// Which class each Ingress has, and which classes there are.
#[derive(Debug, Default)]
pub(crate) struct ClassFacts {
    /// The class that an Ingress names, by its field or else by annotation.
    named: BTreeMap<ObjectKey, Option<Box<str>>>,
    classes: BTreeMap<ObjectKey, IngressClass>,
}

impl ClassFacts {
    /// The class of an Ingress: the one that it names, or the default one.
    pub(crate) fn class(&self, ingress: &ObjectKey) -> Option<&str> {
        self.named.get(ingress)?.as_deref().or_else(|| self.default_class())
    }

    /// The Ingresses, with the class that each names.
    pub(crate) fn named(&self) -> impl Iterator<Item = (&ObjectKey, Option<&str>)> {
        self.named.iter().map(|(key, class)| (key, class.as_deref()))
    }

    /// Whether there is an IngressClass of this name.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.classes.contains_key(&ObjectKey::cluster_scoped(name))
    }

    /// Whether there are no IngressClasses at all.
    pub(crate) fn is_empty(&self) -> bool {
        self.classes.is_empty()
    }

    /// Those that are marked as the default class.
    pub(crate) fn defaults(&self) -> impl Iterator<Item = &str> {
        self.classes.iter().filter(|(_, class)| class.is_default).map(|(key, _)| &*key.name)
    }

    /// The one that Ingresses without class get: the newest default one (plugin/pkg/admission/network/defaultingressclass).
    pub(crate) fn default_class(&self) -> Option<&str> {
        let defaults = self.classes.iter().filter(|(_, class)| class.is_default);
        defaults.min_by_key(|(_, class)| Reverse(class.created)).map(|(key, _)| &*key.name)
    }
}

impl Consumer for ClassFacts {
    /// What is wrong with the objects, the router tells.
    fn apply(&mut self, change: ObjectChange<'_>) -> Vec<Diagnostic> {
        match change {
            ObjectChange::Ingress(delta) => keep(&mut self.named, delta, |ingress| {
                let ingress = routing::ingress(ingress).1?;
                Some(ingress.class.or(ingress.legacy_class).filter(|class| !class.is_empty()))
            }),
            ObjectChange::IngressClass(delta) => {
                keep(&mut self.classes, delta, |class| routing::ingress_class(class).1)
            }
            _ => {}
        }
        Vec::new()
    }

    fn publish(&mut self) {}
}
