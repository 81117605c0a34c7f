use std::time::Duration;

use rand::RngExt as _;

/// Pauses between attempts: twice as long each time, of random length so that many clients of one server do not come together.
#[derive(Clone, Debug)]
pub(super) struct Backoff {
    least: Duration,
    most: Duration,
    next: Duration,
}

impl Backoff {
    pub(super) fn new(least: Duration, most: Duration) -> Self {
        Self { least, most: most.max(least), next: least }
    }

    /// The next pause: between half of what its turn is and all of it, but not less than `asked`, which the server may have set.
    pub(super) fn pause(&mut self, asked: Duration) -> Duration {
        let whole = self.next;
        self.next = whole.saturating_mul(2).min(self.most);
        whole.mul_f64(rand::rng().random_range(0.5..=1.0)).max(asked.min(self.most))
    }

    /// It works again.
    pub(super) const fn reset(&mut self) {
        self.next = self.least;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_most_and_start_anew() {
        let second = Duration::from_secs(1);
        let mut backoff = Backoff::new(second, second * 5);
        for whole in [1, 2, 4, 5, 5] {
            let pause = backoff.pause(Duration::ZERO);
            assert!((second * whole / 2..=second * whole).contains(&pause), "{pause:?} of {whole} s");
        }
        assert_eq!(backoff.pause(second * 60), second * 5, "a server's wish holds up to the most");
        backoff.reset();
        assert!(backoff.pause(Duration::ZERO) <= second);
    }
}
