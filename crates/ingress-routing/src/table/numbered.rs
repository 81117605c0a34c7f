use std::array;
use std::sync::Arc;

const BITS: u32 = 5;
/// Values of a leaf, and children of a branch.
const WIDTH: usize = 1 << BITS;

/// Values by number, without gaps. A clone shares everything; a change copies the way to what it touches.
#[derive(Clone, Debug)]
pub(crate) struct Numbered<T> {
    root: Node<T>,
    /// How many bits of a number lie below those that choose among the root's children.
    shift: u32,
    len: usize,
}

#[derive(Clone, Debug)]
enum Node<T> {
    Empty,
    Branch(Arc<[Self; WIDTH]>),
    Leaf(Arc<[Option<T>; WIDTH]>),
}

impl<T> Default for Numbered<T> {
    fn default() -> Self {
        Self { root: Node::Empty, shift: 0, len: 0 }
    }
}

impl<T> Numbered<T> {
    /// How many there are: the next free number.
    pub(crate) const fn len(&self) -> usize {
        self.len
    }

    pub(crate) fn get(&self, number: usize) -> Option<&T> {
        if number >= self.len {
            return None;
        }
        let (mut node, mut shift) = (&self.root, self.shift);
        loop {
            match node {
                Node::Empty => return None,
                Node::Branch(children) => node = children.get(number >> shift & (WIDTH - 1))?,
                Node::Leaf(values) => return values.get(number & (WIDTH - 1))?.as_ref(),
            }
            shift = shift.saturating_sub(BITS);
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        (0..self.len).filter_map(|number| self.get(number))
    }
}

impl<T: Clone> Numbered<T> {
    /// Sets the value of a number that has one, or of the next.
    pub(crate) fn set(&mut self, number: usize, value: T) {
        while number >> self.shift >= WIDTH {
            let root = std::mem::replace(&mut self.root, Node::Empty);
            let mut children = array::from_fn(|_| Node::Empty);
            if let Some(first) = children.first_mut() {
                *first = root;
            }
            self.root = Node::Branch(Arc::new(children));
            self.shift += BITS;
        }
        self.len = self.len.max(number + 1);
        self.root.set(self.shift, number, value);
    }
}

impl<T: Clone> Node<T> {
    fn set(&mut self, shift: u32, number: usize, value: T) {
        if let Self::Empty = self {
            *self = match shift {
                0 => Self::Leaf(Arc::new(array::from_fn(|_| None))),
                _ => Self::Branch(Arc::new(array::from_fn(|_| Self::Empty))),
            };
        }
        let place = number >> shift & (WIDTH - 1);
        match self {
            Self::Empty => {}
            Self::Branch(children) => {
                if let Some(child) = Arc::make_mut(children).get_mut(place) {
                    child.set(shift.saturating_sub(BITS), number, value);
                }
            }
            Self::Leaf(values) => {
                if let Some(slot) = Arc::make_mut(values).get_mut(place) {
                    *slot = Some(value);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_a_vector() {
        let (mut numbered, mut vector) = (Numbered::default(), Vec::new());
        let mut before = Vec::new();
        for number in 0..40_000 {
            if [0, 31, 32, 1_023, 1_024, 32_767, 32_768].contains(&number) {
                before.push((numbered.clone(), vector.clone()));
            }
            numbered.set(number, number);
            vector.push(number);
            // One of those that are there.
            let other = number * 7_919 % (number + 1);
            numbered.set(other, number);
            vector[other] = number;
        }
        before.push((numbered, vector));
        // What was cloned is as it was.
        for (numbered, vector) in before {
            assert_eq!(numbered.len(), vector.len());
            assert!(numbered.iter().eq(&vector));
            assert_eq!(numbered.get(vector.len()), None);
            assert_eq!(numbered.get(usize::MAX), None);
        }
    }
}
