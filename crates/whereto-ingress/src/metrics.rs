//! What is counted: by each worker for itself, summed up when asked.

mod block;
mod collector;
mod connections;
mod counter;
mod routes;
mod server;

pub(crate) use block::Block;
pub(crate) use collector::Requests;
pub(crate) use counter::Counter;
pub(crate) use routes::{RouteCounters, Routes};
pub(crate) use server::ServerGauges;

/// Bounds of durations, in seconds: those of Prometheus's clients.
const DURATION_BUCKETS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

/// The same in nanoseconds.
const DURATION_BOUNDS: [u64; 12] = [
    1_000_000,
    2_500_000,
    5_000_000,
    10_000_000,
    25_000_000,
    50_000_000,
    100_000_000,
    250_000_000,
    500_000_000,
    1_000_000_000,
    2_500_000_000,
    10_000_000_000,
];
