//! Which Secrets are wanted: those that Ingresses name, and those of the options.

use std::collections::HashMap;
use std::sync::Arc;

use object_change::{Delta, Diagnostic, ObjectKey};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::selection::Wish;
use crate::change::{Consumer, ObjectChange};
use crate::objects::Ingress;

/// Counts who names what, and tells the scopes of Secrets.
#[derive(Debug, Default)]
pub(super) struct References {
    /// The Secrets that each Ingress names.
    named: HashMap<ObjectKey, Vec<ObjectKey>>,
    /// How many Ingresses name each Secret.
    counts: HashMap<ObjectKey, usize>,
    scopes: Vec<(Option<Arc<str>>, UnboundedSender<Wish>)>,
}

impl References {
    /// What a scope in `namespace`, or in all, is to be told.
    pub(super) fn wishes(&mut self, namespace: Option<Arc<str>>) -> UnboundedReceiver<Wish> {
        let (tell, wishes) = unbounded_channel();
        self.scopes.push((namespace, tell));
        wishes
    }

    /// Wants this one, whoever names it.
    pub(super) fn keep(&mut self, secret: &ObjectKey) {
        self.name(secret.clone());
    }

    /// Every Ingress there is has been seen.
    pub(super) fn begin(&self) {
        for (_, scope) in &self.scopes {
            // A scope that is gone wants nothing.
            let _ = scope.send(Wish::Begin);
        }
    }

    fn tell(&self, wish: &Wish) {
        let namespace = match wish {
            Wish::Whole(key) | Wish::KeyOnly(key) => Some(&*key.namespace),
            Wish::Begin => None,
        };
        for (own, scope) in &self.scopes {
            if own.as_deref().is_none_or(|own| namespace == Some(own)) {
                let _ = scope.send(wish.clone());
            }
        }
    }

    fn name(&mut self, secret: ObjectKey) {
        let count = self.counts.entry(secret.clone()).or_default();
        *count += 1;
        if *count == 1 {
            self.tell(&Wish::Whole(secret));
        }
    }

    fn unname(&mut self, secret: ObjectKey) {
        let Some(count) = self.counts.get_mut(&secret) else { return };
        *count -= 1;
        if *count == 0 {
            self.counts.remove(&secret);
            self.tell(&Wish::KeyOnly(secret));
        }
    }

    /// An Ingress is another, or gone.
    fn ingress(&mut self, delta: &Delta<&Ingress>) {
        let (key, now) = match delta {
            Delta::Upsert(key, ingress) => (key, secrets(key, ingress)),
            Delta::Delete(key) => (key, Vec::new()),
            // A live source tells objects one by one.
            _ => return,
        };
        // What is named before and after is not let go in between.
        now.iter().for_each(|secret| self.name(secret.clone()));
        let before = if now.is_empty() { self.named.remove(key) } else { self.named.insert(key.clone(), now) };
        before.into_iter().flatten().for_each(|secret| self.unname(secret));
    }
}

fn secrets(key: &ObjectKey, ingress: &Ingress) -> Vec<ObjectKey> {
    let names = ingress.spec.tls.iter().filter_map(|tls| tls.secret_name.clone());
    let mut secrets: Vec<_> = names.map(|name| ObjectKey::new(key.namespace.clone(), name)).collect();
    secrets.sort_unstable();
    secrets.dedup();
    secrets
}

/// A consumer from whose changes the references are taken.
pub(super) struct Referring<'a> {
    pub(super) references: Option<&'a mut References>,
    pub(super) consumer: &'a mut dyn Consumer,
}

impl Consumer for Referring<'_> {
    fn apply(&mut self, change: ObjectChange<'_>) -> Vec<Diagnostic> {
        if let (Some(references), ObjectChange::Ingress(delta)) = (&mut self.references, &change) {
            references.ingress(delta);
        }
        self.consumer.apply(change)
    }

    fn publish(&mut self) {
        self.consumer.publish();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::objects::IngressTLS;

    fn ingress(secrets: &[&str]) -> Ingress {
        let mut ingress = Ingress::default();
        let tls = secrets.iter().map(|name| IngressTLS { secret_name: Some((*name).into()), ..IngressTLS::default() });
        ingress.spec.tls = tls.collect();
        ingress
    }

    #[test]
    fn a_secret_is_wanted_while_any_ingress_names_it() {
        let mut references = References::default();
        let mut wishes = references.wishes(Some("shop".into()));
        let mut elsewhere = references.wishes(Some("other".into()));
        let mut told = || std::iter::from_fn(|| wishes.try_recv().ok()).collect::<Vec<_>>();
        let key = |name: &str| ObjectKey::new("shop", name);
        let (a, b) = (key("a"), key("b"));
        let upsert = |references: &mut References, key: &ObjectKey, secrets: &[&str]| {
            references.ingress(&Delta::Upsert(key.clone(), &ingress(secrets)));
        };
        upsert(&mut references, &a, &["tls", "tls", "more"]);
        assert_eq!(told(), [Wish::Whole(key("more")), Wish::Whole(key("tls"))]);
        upsert(&mut references, &b, &["tls"]);
        upsert(&mut references, &a, &["tls"]);
        assert_eq!(told(), [Wish::KeyOnly(key("more"))]);
        references.ingress(&Delta::Delete(a));
        assert_eq!(told(), []);
        upsert(&mut references, &b, &[]);
        assert_eq!(told(), [Wish::KeyOnly(key("tls"))]);
        references.ingress(&Delta::Delete(b.clone()));
        references.keep(&key("default"));
        upsert(&mut references, &b, &["default"]);
        upsert(&mut references, &b, &[]);
        assert_eq!(told(), [Wish::Whole(key("default"))]);
        assert!(references.counts.len() == 1 && references.named.is_empty());
        assert!(elsewhere.try_recv().is_err());
    }
}
