//! What a worker has of one endpoint.

use std::cell::{Cell, RefCell};
use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::Arc;

use tokio::time::Instant;

use super::http1::IdleConnections;
use super::http2::SharedConnections;
use super::{UpstreamCounters, UpstreamOptions};

/// Connections to an endpoint, and how many requests are in flight there.
pub(super) struct Endpoint<B> {
    pub(super) address: SocketAddr,
    pub(super) options: Arc<UpstreamOptions>,
    pub(super) counters: Arc<UpstreamCounters>,
    pub(super) idle: RefCell<IdleConnections<B>>,
    pub(super) shared: SharedConnections<B>,
    in_flight: Cell<u32>,
    closed: Cell<bool>,
}

impl<B> Endpoint<B> {
    pub(super) fn new(address: SocketAddr, options: Arc<UpstreamOptions>, counters: Arc<UpstreamCounters>) -> Self {
        Self {
            address,
            idle: RefCell::new(IdleConnections::new(options.max_idle, Arc::clone(&counters))),
            options,
            counters,
            shared: SharedConnections::default(),
            in_flight: Cell::new(0),
            closed: Cell::new(false),
        }
    }

    /// How many requests are in flight.
    pub(super) const fn in_flight(&self) -> u32 {
        self.in_flight.get()
    }

    /// Counts a request until the result is dropped.
    pub(super) fn enter(self: &Rc<Self>) -> InFlight<B> {
        self.in_flight.set(self.in_flight.get().saturating_add(1));
        InFlight(Rc::clone(self))
    }

    /// Keeps no connection without requests from now on.
    pub(super) fn close(&self) {
        self.closed.set(true);
        self.idle.borrow_mut().clear();
        self.shared.clear();
    }

    pub(super) const fn is_closed(&self) -> bool {
        self.closed.get()
    }

    /// Closes connections without requests since before then; lets go of those that are closed.
    pub(super) fn sweep(&self, before: Option<Instant>) {
        self.idle.borrow_mut().sweep(before);
        self.shared.sweep(before);
    }
}

/// A request in flight.
pub(super) struct InFlight<B>(Rc<Endpoint<B>>);

impl<B> InFlight<B> {
    pub(super) fn endpoint(&self) -> &Endpoint<B> {
        &self.0
    }
}

impl<B> Drop for InFlight<B> {
    fn drop(&mut self) {
        self.0.in_flight.set(self.0.in_flight.get().saturating_sub(1));
    }
}
