//! Test input from octets: any octets are some input, fewer octets make simpler ones.

/// Octets read one after another; zeros where there are no more.
pub(crate) struct Reading<'b> {
    rest: &'b [u8],
}

impl<'b> Reading<'b> {
    pub(crate) const fn new(octets: &'b [u8]) -> Self {
        Self { rest: octets }
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    pub(crate) fn octet(&mut self) -> u8 {
        match self.rest.split_first() {
            Some((first, rest)) => {
                self.rest = rest;
                *first
            }
            None => 0,
        }
    }

    /// A number below `bound`.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        usize::from(self.octet()) % bound
    }

    pub(crate) fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(items.len())]
    }

    /// True for one octet in `n`, and never where there are no more.
    pub(crate) fn one_in(&mut self, n: u8) -> bool {
        self.octet() % n == n - 1
    }

    pub(crate) fn seed(&mut self) -> u64 {
        u64::from_le_bytes([0; 8].map(|_: u8| self.octet()))
    }

    /// The next octets, after one that says how many.
    pub(crate) fn chunk(&mut self) -> &'b [u8] {
        let len = usize::from(self.octet()).min(self.rest.len());
        let (chunk, rest) = self.rest.split_at(len);
        self.rest = rest;
        chunk
    }

    pub(crate) const fn rest(&self) -> &'b [u8] {
        self.rest
    }
}
