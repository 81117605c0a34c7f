//! Objects that are read whole, where not all are: Secrets that Ingresses name. Of the others only the key is kept.

use std::collections::BTreeSet;
use std::future::pending;
use std::hash::Hash;

use foldhash::quality::RandomState;
use hashbrown::HashSet;
use object_change::ObjectKey;
use tokio::sync::mpsc::UnboundedReceiver;

/// What a scope keeps of an object, and tells.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Held<T> {
    /// All of it.
    Whole(T),
    /// It exists, which nobody is told.
    KeyOnly,
}

/// What is wanted now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Wish {
    /// From now on it is known what is wanted: reading may begin.
    Begin,
    /// This object, whole.
    Whole(ObjectKey),
    /// Of this one no more than the key.
    KeyOnly(ObjectKey),
}

/// The wishes about the objects of a scope.
#[derive(Debug)]
pub(super) struct Selection {
    wishes: UnboundedReceiver<Wish>,
    wanted: HashSet<ObjectKey, RandomState>,
    /// Objects about which the wish changed since the last list began.
    changed: BTreeSet<ObjectKey>,
    may_begin: bool,
}

impl Selection {
    pub(super) fn new(wishes: UnboundedReceiver<Wish>) -> Self {
        Self { wishes, wanted: HashSet::default(), changed: BTreeSet::new(), may_begin: false }
    }

    fn take(&mut self, wish: Wish) {
        match wish {
            Wish::Begin => self.may_begin = true,
            Wish::Whole(key) => {
                self.changed.insert(key.clone());
                self.wanted.insert(key);
            }
            Wish::KeyOnly(key) => {
                self.wanted.remove(&key);
                self.changed.insert(key);
            }
        }
    }

    fn take_all(&mut self) {
        while let Ok(wish) = self.wishes.try_recv() {
            self.take(wish);
        }
    }

    /// A list begins: it will be as is wished now. Waits until that is known.
    pub(super) async fn begin(&mut self) {
        self.take_all();
        while !self.may_begin {
            match self.wishes.recv().await {
                Some(wish) => self.take(wish),
                // The source is gone, and with it who would read.
                None => return pending().await,
            }
        }
        self.changed.clear();
    }

    /// What is to be kept of an object.
    pub(super) fn hold<T>(&self, key: &ObjectKey, object: T) -> Held<T> {
        if self.wanted.contains(key) { Held::Whole(object) } else { Held::KeyOnly }
    }

    /// Waits until the wish about some object has changed. May be given up at any time.
    pub(super) async fn change(&mut self) {
        self.take_all();
        while self.changed.is_empty() {
            match self.wishes.recv().await {
                Some(wish) => self.take(wish),
                None => return pending().await,
            }
        }
        self.take_all();
    }

    /// Objects about which the wish has changed and that are not wanted, which is done with it, and those that are.
    pub(super) fn changed(&mut self) -> (Vec<ObjectKey>, Vec<ObjectKey>) {
        let unwanted: Vec<_> = self.changed.iter().filter(|key| !self.wanted.contains(*key)).cloned().collect();
        unwanted.iter().for_each(|key| self.done(key));
        (unwanted, self.changed.iter().cloned().collect())
    }

    /// The object is held as wished.
    pub(super) fn done(&mut self, key: &ObjectKey) {
        self.changed.remove(key);
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::mpsc::unbounded_channel;

    use super::*;

    #[tokio::test]
    async fn a_list_begins_when_the_wishes_are_known_and_meets_them() {
        let (wishes, received) = unbounded_channel();
        let mut selection = Selection::new(received);
        let [a, b] = ["a", "b"].map(|name| ObjectKey::new("shop", name));
        wishes.send(Wish::Whole(a.clone())).unwrap();
        assert!(futures_util::FutureExt::now_or_never(selection.begin()).is_none());
        wishes.send(Wish::Begin).unwrap();
        selection.begin().await;
        assert_eq!((selection.hold(&a, 1), selection.hold(&b, 2)), (Held::Whole(1), Held::KeyOnly));
        assert!(futures_util::FutureExt::now_or_never(selection.change()).is_none());

        wishes.send(Wish::KeyOnly(a.clone())).unwrap();
        wishes.send(Wish::Whole(b.clone())).unwrap();
        selection.change().await;
        assert_eq!(selection.changed(), (vec![a], vec![b.clone()]));
        assert_eq!(selection.changed(), (vec![], vec![b.clone()]), "until it is read");
        selection.done(&b);
        assert_eq!(selection.changed(), (vec![], vec![]));
    }
}
