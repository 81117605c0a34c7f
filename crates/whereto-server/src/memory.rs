//! Memory that was freed goes back to the system.

mod allocator;

use std::time::Duration;

use crate::lifecycle::{Lifecycle, Phase};
use crate::process::resident_octets;

/// How soon it is looked again after much was given back: whoever frees much is seldom done at once.
const LEAST: Duration = Duration::from_secs(5);
/// How seldom it is looked where nothing is ever freed.
const MOST: Duration = Duration::from_secs(80);
/// Much is this share of what is left.
const SHARE: u64 = 16;

/// Gives back what the allocator keeps, from time to time, for as long as the server lives.
pub(crate) async fn tend(lifecycle: Lifecycle) {
    let mut pause = LEAST;
    while allocator::KEEPS_FREED {
        tokio::select! {
            () = lifecycle.reached(Phase::Stopped) => return,
            () = tokio::time::sleep(pause) => {}
        }
        // It may take some milliseconds, which no task of the runtime is to wait.
        let Ok(gave) = tokio::task::spawn_blocking(give_back).await else { return };
        pause = next(pause, gave);
    }
}

/// What was given back, and what is left.
#[derive(Clone, Copy, Debug, Default)]
struct Gave {
    back: u64,
    left: u64,
}

fn give_back() -> Gave {
    let before = resident_octets().unwrap_or_default();
    allocator::give_back();
    let left = resident_octets().unwrap_or_default();
    Gave { back: before.saturating_sub(left), left }
}

fn next(pause: Duration, gave: Gave) -> Duration {
    if gave.back > gave.left / SHARE { LEAST } else { MOST.min(pause.saturating_mul(2)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_looked_seldom_where_little_is_freed() {
        let little = Gave { back: 1 << 20, left: 32 << 20 };
        let mut pauses = vec![LEAST];
        for _ in 0..6 {
            pauses.extend(pauses.last().map(|pause| next(*pause, little)));
        }
        assert_eq!(pauses, [5, 10, 20, 40, 80, 80, 80].map(Duration::from_secs));
        assert_eq!(next(MOST, Gave { back: 3 << 20, left: 32 << 20 }), LEAST);
        assert_eq!(next(LEAST, Gave::default()), Duration::from_secs(10), "the system does not tell");
    }

    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    #[test]
    fn what_was_freed_goes_back() {
        const MIB: u64 = 1 << 20;
        let mut blocks: Vec<Box<[u8]>> = (0..128 * 1024).map(|_| vec![1; 1000].into_boxed_slice()).collect();
        let full = resident_octets().unwrap();
        assert!(full > 120 * MIB);
        // Some stay, so that the allocator cannot give back its last part by itself.
        let mut number = 0;
        blocks.retain(|_| {
            number += 1;
            number % 4096 == 0
        });
        let gave = give_back();
        assert!(gave.left < full - 100 * MIB, "{full} before, {gave:?}");
        assert_eq!(blocks.len(), 32);
    }
}
