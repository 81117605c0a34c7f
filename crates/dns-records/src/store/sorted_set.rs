use std::sync::Arc;

/// Keys in a leaf, at most: copied in one go.
const LEAF: usize = 128;
/// Children of a branch, at most: each is counted when the branch is copied.
const BRANCH: usize = 12;

/// A persistent ordered set of small keys: a B-tree whose nodes are shared between clones until one changes them.
///
/// The maps of imbl allocate to find a range, which an answer may not; here finding the next key never does.
/// Leaves that run empty go, but nothing is merged: addresses come and go, they do not drain away.
#[derive(Clone, Debug)]
pub(crate) struct SortedSet<K> {
    root: Node<K>,
}

#[derive(Clone, Debug)]
enum Node<K> {
    Leaf(Arc<Vec<K>>),
    /// Each child with the least key in it.
    Branch(Arc<Vec<(K, Self)>>),
}

impl<K> Default for SortedSet<K> {
    fn default() -> Self {
        Self { root: Node::Leaf(Arc::default()) }
    }
}

impl<K: Copy + Ord> SortedSet<K> {
    pub(crate) fn insert(&mut self, key: K) {
        let Some(right) = self.root.insert(key) else { return };
        let left = std::mem::replace(&mut self.root, Node::Leaf(Arc::default()));
        if let Some(first) = left.first() {
            self.root = Node::Branch(Arc::new(vec![(first, left), right]));
        }
    }

    pub(crate) fn remove(&mut self, key: K) {
        self.root.remove(key);
        // A branch with one child is that child.
        while let Node::Branch(children) = &self.root {
            match &***children {
                [] => self.root = Node::Leaf(Arc::default()),
                [(_, only)] => self.root = only.clone(),
                _ => break,
            }
        }
    }

    /// The least key that is not below `from`.
    pub(crate) fn next(&self, from: K) -> Option<K> {
        self.root.next(from)
    }

    /// All keys in order.
    pub(crate) fn iter(&self) -> Box<dyn Iterator<Item = K> + '_> {
        self.root.iter()
    }
}

impl<K: Copy + Ord> Node<K> {
    fn first(&self) -> Option<K> {
        match self {
            Self::Leaf(keys) => keys.first().copied(),
            Self::Branch(children) => children.first().map(|(first, _)| *first),
        }
    }

    /// Adds a key; returns the right half, with its least key, when the node had to be split.
    fn insert(&mut self, key: K) -> Option<(K, Self)> {
        match self {
            Self::Leaf(keys) => {
                let at = keys.binary_search(&key).err()?;
                let keys = Arc::make_mut(keys);
                keys.insert(at, key);
                let right = split(keys, LEAF)?;
                right.first().copied().map(|first| (first, Self::Leaf(Arc::new(right))))
            }
            Self::Branch(children) => {
                let children = Arc::make_mut(children);
                let at = child_of(children, key);
                let (first, child) = children.get_mut(at)?;
                *first = key.min(*first);
                let right = child.insert(key)?;
                children.insert(at + 1, right);
                let right = split(children, BRANCH)?;
                let first = right.first().map(|(first, _)| *first);
                first.map(|first| (first, Self::Branch(Arc::new(right))))
            }
        }
    }

    fn remove(&mut self, key: K) {
        match self {
            Self::Leaf(keys) => {
                if let Ok(at) = keys.binary_search(&key) {
                    Arc::make_mut(keys).remove(at);
                }
            }
            Self::Branch(children) => {
                let at = child_of(children, key);
                let children = Arc::make_mut(children);
                let Some((first, child)) = children.get_mut(at) else { return };
                child.remove(key);
                match child.first() {
                    Some(least) => *first = least,
                    None => drop(children.remove(at)),
                }
            }
        }
    }

    fn next(&self, from: K) -> Option<K> {
        match self {
            Self::Leaf(keys) => keys.get(keys.partition_point(|key| *key < from)).copied(),
            Self::Branch(children) => {
                // If the child that would hold it ends before, the next one begins with what is looked for.
                let found = children.get(child_of(children, from)..)?;
                found.iter().take(2).find_map(|(_, child)| child.next(from))
            }
        }
    }

    fn iter(&self) -> Box<dyn Iterator<Item = K> + '_> {
        match self {
            Self::Leaf(keys) => Box::new(keys.iter().copied()),
            Self::Branch(children) => Box::new(children.iter().flat_map(|(_, child)| child.iter())),
        }
    }
}

/// The child in which a key belongs.
fn child_of<K: Copy + Ord>(children: &[(K, Node<K>)], key: K) -> usize {
    children.partition_point(|(first, _)| *first <= key).saturating_sub(1)
}

/// Takes off the right half of an overfull node.
fn split<T>(items: &mut Vec<T>, most: usize) -> Option<Vec<T>> {
    (items.len() > most).then(|| items.split_off(most / 2))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// Numbers that look random, the same every time.
    fn numbers() -> impl Iterator<Item = u32> {
        let mut state = 1u64;
        std::iter::repeat_with(move || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 40) as u32 % 5000
        })
    }

    #[test]
    fn it_holds_what_a_standard_set_holds() {
        let (mut ours, mut theirs) = (SortedSet::default(), BTreeSet::new());
        for (step, number) in numbers().take(60_000).enumerate() {
            // Grows, then shrinks, then both.
            let remove = match step / 20_000 {
                0 => step % 8 == 0,
                1 => step % 8 != 0,
                _ => step % 2 == 0,
            };
            if remove {
                ours.remove(number);
                theirs.remove(&number);
            } else {
                ours.insert(number);
                theirs.insert(number);
            }
            let from = number.saturating_sub(3);
            assert_eq!(ours.next(from), theirs.range(from..).next().copied(), "step {step}");
        }
        assert!(ours.iter().eq(theirs.iter().copied()));
        for number in 0..5000 {
            ours.remove(number);
        }
        assert_eq!(ours.next(0), None);
    }

    #[test]
    fn a_clone_keeps_what_it_had() {
        let mut set = SortedSet::default();
        (0..1000).for_each(|number| set.insert(number));
        let before = set.clone();
        (0..1000).filter(|number| number % 3 == 0).for_each(|number| set.remove(number));
        set.insert(5000);
        assert!(before.iter().eq(0..1000));
    }
}
