use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// When workers answer what is in their sockets, and end. Later than [`whereto_server::Phase::Draining`]: a client that sends datagrams can't
/// be told to go elsewhere, so it is answered for as long as anybody is.
#[derive(Clone, Debug, Default)]
pub(crate) struct Drain(Arc<AtomicBool>);

impl Drain {
    /// From now on.
    pub(crate) fn begin(&self) {
        self.0.store(true, Ordering::Release);
    }

    /// For workers, once per batch.
    pub(crate) fn has_begun(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}
