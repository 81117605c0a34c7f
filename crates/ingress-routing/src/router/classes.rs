//! Which Ingresses are taken.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::model::{Ingress, IngressClass};
use crate::options::{Classes, Classless, Options};

/// The IngressClasses, by name.
#[derive(Debug, Default)]
pub(super) struct KnownClasses(BTreeMap<Box<str>, IngressClass>);

/// Why an Ingress is taken or left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Claim {
    Taken,
    /// With the reason, if its author may have meant otherwise.
    Left(Option<String>),
}

impl KnownClasses {
    pub(super) fn names(&self) -> impl Iterator<Item = &Box<str>> {
        self.0.keys()
    }

    /// Whether anything changed.
    pub(super) fn set(&mut self, name: &str, class: Option<IngressClass>) -> bool {
        if self.0.get(name) == class.as_ref() {
            return false;
        }
        match class {
            Some(class) => self.0.insert(name.into(), class),
            None => self.0.remove(name),
        };
        true
    }

    /// Whether a router with these options takes an Ingress.
    pub(super) fn claim(&self, options: &Options, ingress: &Ingress) -> Claim {
        // The field has precedence over the annotation (kubernetes.io, Ingress, "Deprecated annotation").
        let written = ingress.class.as_deref().or(ingress.legacy_class.as_deref()).filter(|class| !class.is_empty());
        let class = match (written, options.classless) {
            (Some(class), _) => Some(class),
            (None, Classless::Default) => self.default_class(),
            (None, Classless::None) => None,
            (None, Classless::Every) => return Claim::Taken,
        };
        let taken = |taken| if taken { Claim::Taken } else { Claim::Left(None) };
        match (&options.classes, class) {
            (Classes::All, _) => Claim::Taken,
            (_, None) => Claim::Left(Some("has no class, and there is no default class".to_owned())),
            (Classes::Named(name), Some(class)) => taken(**name == *class),
            (Classes::Controller(controller), Some(class)) => match self.0.get(class) {
                Some(known) => taken(known.controller == *controller),
                None => Claim::Left(Some(format!("there is no IngressClass {class}"))),
            },
        }
    }

    /// `getDefaultClass` in plugin/pkg/admission/network/defaultingressclass.
    fn default_class(&self) -> Option<&str> {
        let defaults = self.0.iter().filter(|(_, class)| class.is_default);
        defaults.min_by_key(|(_, class)| Reverse(class.created)).map(|(name, _)| &**name)
    }
}
