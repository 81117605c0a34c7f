//! What is counted, under CoreDNS's names where the meaning is the same.

mod block;
mod collector;
mod gauges;
mod labels;

pub(crate) use block::{Block, Labels, Observed, Source, Writers};
pub(crate) use collector::Requests;
pub(crate) use gauges::Gauges;

/// CoreDNS's buckets for durations: 0.25 ms × 2ⁿ, in seconds.
pub(crate) const DURATION_BUCKETS: [f64; 16] =
    [0.00025, 0.0005, 0.001, 0.002, 0.004, 0.008, 0.016, 0.032, 0.064, 0.128, 0.256, 0.512, 1.024, 2.048, 4.096, 8.192];

/// The same in nanoseconds.
const DURATION_BOUNDS: [u64; 16] = [
    250_000,
    500_000,
    1_000_000,
    2_000_000,
    4_000_000,
    8_000_000,
    16_000_000,
    32_000_000,
    64_000_000,
    128_000_000,
    256_000_000,
    512_000_000,
    1_024_000_000,
    2_048_000_000,
    4_096_000_000,
    8_192_000_000,
];

/// CoreDNS's buckets for sizes, in octets.
const SIZE_BOUNDS: [u64; 14] = [0, 100, 200, 300, 400, 511, 1023, 2047, 4095, 8291, 16000, 32000, 48000, 64000];

/// One in how many datagrams answered from the zones is timed. The others are taken to have been like it: reading the clock
/// twice for each would cost a percent of the server.
pub(crate) const TIMED_ONE_IN: u64 = 64;
