use std::sync::atomic::{AtomicU64, Ordering};

/// A count that one thread makes and others read: counting is a plain addition.
#[derive(Debug, Default)]
pub(crate) struct Counter(AtomicU64);

impl Counter {
    pub(crate) fn increment(&self) {
        self.add(1);
    }

    pub(crate) fn add(&self, count: u64) {
        self.0.store(self.0.load(Ordering::Relaxed).wrapping_add(count), Ordering::Relaxed);
    }

    /// For gauges.
    pub(crate) fn decrement(&self) {
        self.0.store(self.0.load(Ordering::Relaxed).saturating_sub(1), Ordering::Relaxed);
    }

    pub(crate) fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// Counts per range, as Prometheus has them.
#[derive(Debug)]
pub(crate) struct Histogram<const N: usize> {
    counts: [Counter; N],
    above: Counter,
    sum: Counter,
}

impl<const N: usize> Default for Histogram<N> {
    fn default() -> Self {
        Self { counts: std::array::from_fn(|_| Counter::default()), above: Counter::default(), sum: Counter::default() }
    }
}

impl<const N: usize> Histogram<N> {
    /// Counts a value into the first range whose bound it does not exceed.
    pub(crate) fn observe(&self, bounds: &[u64; N], value: u64) {
        let within = bounds.iter().zip(&self.counts).find(|(bound, _)| value <= **bound);
        within.map_or(&self.above, |(_, counter)| counter).increment();
        self.sum.add(value);
    }

    /// The counts, the last one above all bounds, and the sum of the values.
    pub(crate) fn read(&self) -> (Vec<u64>, u64) {
        (self.counts.iter().chain([&self.above]).map(Counter::get).collect(), self.sum.get())
    }
}
