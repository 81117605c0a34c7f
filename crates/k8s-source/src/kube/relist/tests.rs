use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

type View = BTreeMap<u8, u16>;

fn apply(view: &mut View, differences: impl IntoIterator<Item = Difference<u8, u16>>) {
    for difference in differences {
        match difference {
            Difference::Upsert(key, value) => {
                view.insert(key, value);
            }
            Difference::Delete(key) => {
                assert!(view.remove(&key).is_some(), "{key} is deleted once, and only if it was told");
            }
        }
    }
}

/// One that was told `objects` by a list of version 10.
fn synced(objects: &[(u8, u64, u16)]) -> (Relist<u8, u16>, View) {
    let (mut relist, mut view) = (Relist::new(), View::new());
    relist.begin();
    for (key, version, value) in objects {
        apply(&mut view, relist.item(*key, *version, *value));
    }
    apply(&mut view, relist.complete(10));
    (relist, view)
}

#[test]
fn an_interrupted_list_changes_nothing() {
    let (mut relist, view) = synced(&[(1, 3, 100), (2, 4, 200)]);
    relist.begin();
    assert_eq!(relist.item(1, 11, 101), None);
    assert_eq!(relist.item(3, 12, 300), None);
    relist.begin();
    assert_eq!(relist.item(1, 3, 100), None);
    assert_eq!(relist.item(2, 4, 200), None);
    assert_eq!(relist.complete(13), []);
    assert_eq!(view, View::from([(1, 100), (2, 200)]));
    assert_eq!(relist.len(), 2);
}

#[test]
fn what_an_interrupted_first_list_told_is_taken_back() {
    let (mut relist, mut view) = (Relist::new(), View::new());
    relist.begin();
    apply(&mut view, relist.item(1, 3, 100));
    apply(&mut view, relist.item(2, 3, 200));
    assert!(!relist.is_synced());
    relist.begin();
    apply(&mut view, relist.item(2, 5, 201));
    apply(&mut view, relist.complete(6));
    assert!(relist.is_synced());
    assert_eq!(view, View::from([(2, 201)]));
}

#[test]
fn a_list_deletes_what_an_outage_hid() {
    let (mut relist, mut view) = synced(&[(1, 3, 100), (2, 4, 200)]);
    relist.begin();
    assert_eq!(relist.item(2, 4, 200), None);
    apply(&mut view, relist.complete(20));
    assert_eq!(view, View::from([(2, 200)]));
}

#[test]
fn events_that_are_not_newer_are_ignored() {
    let (mut relist, _) = synced(&[(1, 3, 100)]);
    for (what, told) in [
        ("covered by the list", relist.upsert(1, 10, 99)),
        ("a deletion covered by the list", relist.delete(1, 9)),
        ("new", relist.upsert(1, 12, 101)),
        ("the same again", relist.upsert(1, 12, 101)),
        ("older than what is known", relist.upsert(1, 11, 102)),
        ("an older deletion", relist.delete(1, 11)),
        ("newer without other content", relist.upsert(1, 13, 101)),
    ] {
        assert_eq!(told.is_some(), what == "new", "{what}");
    }
    assert_eq!(relist.delete(1, 14), Some(Difference::Delete(1)));
    assert_eq!(relist.delete(1, 14), None);
    assert_eq!(relist.upsert(1, 13, 103), None, "it was deleted after that");
    relist.bookmark(15);
    assert!(relist.gone.is_empty(), "what a bookmark covers needs no tombstone");
    assert_eq!(relist.upsert(1, 15, 103), None);
    assert_eq!(relist.upsert(1, 16, 103), Some(Difference::Upsert(1, 103)));
}

#[test]
fn versions_may_go_back_with_a_list() {
    let (mut relist, mut view) = synced(&[(1, 3, 100), (2, 9, 200)]);
    apply(&mut view, relist.upsert(1, 1000, 150));
    relist.begin();
    relist.item(1, 3, 100);
    relist.item(2, 9, 200);
    apply(&mut view, relist.complete(9));
    assert_eq!(view, View::from([(1, 100), (2, 200)]));
    apply(&mut view, relist.upsert(1, 10, 101));
    apply(&mut view, relist.delete(2, 11));
    assert_eq!(view, View::from([(1, 101)]));
}

#[test]
fn versions_that_are_no_numbers_are_taken_as_they_come() {
    let (mut relist, _) = synced(&[(1, 0, 100)]);
    assert_eq!(relist.upsert(1, 0, 101), Some(Difference::Upsert(1, 101)));
    assert_eq!(relist.delete(1, 0), Some(Difference::Delete(1)));
    assert_eq!(relist.upsert(1, 0, 101), Some(Difference::Upsert(1, 101)));
}

#[test]
fn nothing_is_taken_outside_its_phase() {
    let (mut relist, _) = synced(&[(1, 3, 100)]);
    assert_eq!(relist.item(2, 11, 200), None, "no list has begun");
    assert_eq!(relist.complete(12), [], "no list has begun");
    relist.begin();
    assert_eq!(relist.upsert(1, 11, 101), None);
    assert_eq!(relist.delete(1, 12), None);
    relist.item(1, 3, 100);
    assert_eq!(relist.complete(10), []);
}

/// What happens to the objects, and what becomes of the connection meanwhile.
#[derive(Clone, Debug)]
enum Act {
    Put(u8, u16),
    Remove(u8),
    /// Events are not delivered until the next list.
    Lose,
    /// The connection is back where it was: the last so many events come again.
    Replay(usize),
    /// The last so many events come again in the wrong order.
    Shuffle(usize),
    /// A list that ends after so many objects.
    Interrupt(usize),
    /// A whole list.
    List,
    Bookmark,
    /// The store is put back to what it was so many events ago.
    Restore(usize),
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        6 => (0..6_u8, 0..4_u16).prop_map(|(key, value)| Act::Put(key, value)),
        3 => (0..6_u8).prop_map(Act::Remove),
        1 => Just(Act::Lose),
        2 => (1..8_usize).prop_map(Act::Replay),
        2 => (1..8_usize).prop_map(Act::Shuffle),
        1 => (0..6_usize).prop_map(Act::Interrupt),
        1 => Just(Act::List),
        1 => Just(Act::Bookmark),
        1 => (1..6_usize).prop_map(Act::Restore),
    ]
}

/// Versions and contents.
type Objects = BTreeMap<u8, (u64, u16)>;

/// An API server, its objects and what one consumer of `Relist` was told of them.
#[derive(Default)]
struct World {
    version: u64,
    objects: Objects,
    /// All that happened, with the objects as they were before it.
    history: Vec<(u64, u8, Option<u16>, Objects)>,
    /// Where in the history the watch began.
    began: usize,
    is_lost: bool,
    relist: Relist<u8, u16>,
    view: View,
}

impl World {
    fn happen(&mut self, key: u8, value: Option<u16>) {
        self.version += 1;
        self.history.push((self.version, key, value, self.objects.clone()));
        match value {
            Some(value) => self.objects.insert(key, (self.version, value)),
            None => self.objects.remove(&key),
        };
        if !self.is_lost {
            self.deliver(self.history.len() - 1);
        }
    }

    fn deliver(&mut self, index: usize) {
        let (version, key, value, _) = &self.history[index];
        let told = match value {
            Some(value) => self.relist.upsert(*key, *version, *value),
            None => self.relist.delete(*key, *version),
        };
        apply(&mut self.view, told);
    }

    /// The last events that the watch could have told.
    fn recent(&self, count: usize) -> Vec<usize> {
        (self.history.len().saturating_sub(count).max(self.began)..self.history.len()).collect()
    }

    fn list(&mut self) {
        self.relist.begin();
        for (key, (version, value)) in &self.objects {
            apply(&mut self.view, self.relist.item(*key, *version, *value));
        }
        apply(&mut self.view, self.relist.complete(self.version));
        self.is_lost = false;
        self.began = self.history.len();
    }

    fn act(&mut self, act: Act) {
        match act {
            Act::Put(key, value) => self.happen(key, Some(value)),
            Act::Remove(key) if self.objects.contains_key(&key) => self.happen(key, None),
            Act::Remove(_) => {}
            Act::Lose => self.is_lost = true,
            Act::Replay(count) if !self.is_lost => self.recent(count).into_iter().for_each(|index| self.deliver(index)),
            Act::Shuffle(count) if !self.is_lost => {
                self.recent(count).into_iter().rev().for_each(|index| self.deliver(index));
            }
            Act::Replay(_) | Act::Shuffle(_) => {}
            Act::Interrupt(count) => {
                let before = self.view.clone();
                self.relist.begin();
                for (key, (version, value)) in self.objects.iter().take(count) {
                    assert_eq!(self.relist.item(*key, *version, *value), None);
                }
                assert_eq!(self.view, before);
                // A watch can only begin where a list ended.
                self.is_lost = true;
            }
            Act::List => self.list(),
            Act::Bookmark if !self.is_lost => self.relist.bookmark(self.version),
            Act::Bookmark => {}
            Act::Restore(count) => {
                let Some((version, .., objects)) = self.history.iter().rev().nth(count - 1).cloned() else { return };
                self.version = version - 1;
                self.objects = objects;
                self.history.truncate(self.history.len() - count);
                self.began = self.history.len();
                self.is_lost = true;
            }
        }
    }

    fn truth(&self) -> View {
        self.objects.iter().map(|(key, (_, value))| (*key, *value)).collect()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    /// While events come, the view is the truth after each of them; after a list it is so in any case.
    #[test]
    fn the_view_follows_the_truth(acts in prop::collection::vec(act(), 0..60)) {
        let mut world = World::default();
        world.list();
        for act in acts {
            world.act(act);
            if !world.is_lost {
                prop_assert_eq!(&world.view, &world.truth());
            }
        }
        world.list();
        prop_assert_eq!(&world.view, &world.truth());
        prop_assert_eq!(world.relist.len(), world.objects.len());
    }
}

#[test]
fn what_is_read_again_is_told_though_it_is_not_newer() {
    let (mut relist, _) = synced(&[(1, 3, 100), (2, 4, 200)]);
    assert_eq!(relist.reread(1, 3, 101), Some(Difference::Upsert(1, 101)));
    assert_eq!(relist.reread(1, 3, 101), None, "as it is known");
    assert_eq!(relist.reread(1, 2, 102), None, "older than what is known");
    assert_eq!(relist.reread(2, 14, 201), Some(Difference::Upsert(2, 201)));
    assert_eq!(relist.upsert(2, 14, 201), None, "the watch tells it again");
    assert_eq!(relist.version(&2), Some(14));
    assert_eq!(relist.delete(2, 15), Some(Difference::Delete(2)));
    assert_eq!(relist.reread(2, 14, 201), None, "it is gone");
    assert_eq!(relist.reread(3, 9, 300), None, "the list did not have it");
    assert_eq!(relist.reread(3, 16, 300), Some(Difference::Upsert(3, 300)));
    relist.begin();
    assert_eq!(relist.reread(3, 17, 301), None);
}
