#![doc = include_str!("../README.md")]
//!
//! # Design
//! **Phases go one way**: [`Phase::Serving`], [`Phase::LameDuck`], [`Phase::Draining`], [`Phase::Stopped`]. A [`Lifecycle`] is what all threads and
//! tasks of a server look at: with one load of an atomic number where they look for each request, or waiting for a phase. Who steers from
//! outside has a [`ServerHandle`], which can ask for the end and for nothing else.
//!
//! **The lame-duck time** exists because a Pod is taken out of its Service's endpoints while it gets its SIGTERM, not before: for some seconds
//! clients that have not heard of it still come. So the server goes on as before, and only [`AdminConfig`]'s `/ready` says otherwise. Then it
//! takes no new work and finishes what it has, for as long as the [`Shutdown`]'s time of grace allows.
//!
//! **What draining means is the server's**: a future that [`Running`] waits for. All else of an end is the same for everybody: the order in
//! which threads, runtime and log end, and that a server which is dropped leaves nothing behind.
//!
//! **Probes are answered to the last**: admin endpoints end with the runtime, after everything else. They have 64 connections per address,
//! 5 s for a request's head and 5 minutes for a connection, so that whoever holds connections open takes nothing from the server.
//!
//! **Readiness is asked for, not told**: `/ready` calls back, with each request, for what was not read yet. There is no flag that somebody
//! could forget to set. What the embedding program adds as a remark decides nothing: a kind of objects that can't be read any more is worth
//! a line, but a server that answers from what it knows is of more use than none.
//!
//! **Freed memory goes back**: glibc's allocator keeps what is freed below what is not, so that a server which once had 10,000 connections, or
//! has read a large cluster, would occupy for ever what it needed then. A task asks it for all free pages, seldom where little comes of it.
//!
//! **Sockets are bound before anything is started**, and do not share their ports with other servers unless asked to. `[::]` takes IPv4 as
//! well, but beside `0.0.0.0` on the same port, which would otherwise be refused.
#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

mod addresses;
mod admin;
mod bind_error;
mod lifecycle;
mod listen;
mod memory;
mod process;
mod running;
mod shutdown;
mod signals;
mod threads;

pub use addresses::ByPurpose;
pub use admin::{AdminConfig, AdminListeners};
pub use bind_error::BindError;
pub use lifecycle::{Lifecycle, Phase, ServerHandle};
pub use listen::StreamSocket;
pub use prometheus_client;
pub use running::Running;
pub use shutdown::Shutdown;
pub use signals::end_on_signals;
pub use threads::Threads;
