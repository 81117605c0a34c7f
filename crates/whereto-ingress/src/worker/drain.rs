use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::future::poll_fn;
use std::task::{Poll, Waker};

use foldhash::fast::FixedState;

/// Tells the connections of a thread, once, that they are to end after the requests under way.
#[derive(Debug, Default)]
pub(crate) struct Drain {
    draining: Cell<bool>,
    next: Cell<u64>,
    members: RefCell<HashMap<u64, Option<Waker>, FixedState>>,
}

impl Drain {
    pub(crate) fn begin(&self) {
        self.draining.set(true);
        for waker in self.members.borrow().values().flatten() {
            waker.wake_by_ref();
        }
    }

    pub(crate) fn is_draining(&self) -> bool {
        self.draining.get()
    }

    /// Returns when connections are to end.
    pub(crate) async fn began(&self) {
        let woken = self.member();
        poll_fn(|context| {
            woken.register(context.waker());
            if self.is_draining() { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }

    /// Somebody who is told.
    pub(crate) fn member(&self) -> Member<'_> {
        let number = self.next.get();
        self.next.set(number.wrapping_add(1));
        self.members.borrow_mut().insert(number, None);
        Member { drain: self, number, registered: Cell::new(false) }
    }
}

/// Somebody who is told, until dropped.
#[derive(Debug)]
pub(crate) struct Member<'a> {
    drain: &'a Drain,
    number: u64,
    registered: Cell<bool>,
}

impl Member<'_> {
    /// To be called in each poll: a task keeps its waker, so it is remembered once.
    pub(crate) fn register(&self, waker: &Waker) {
        if !self.registered.replace(true) {
            self.drain.members.borrow_mut().insert(self.number, Some(waker.clone()));
        }
    }
}

impl Drop for Member<'_> {
    fn drop(&mut self) {
        self.drain.members.borrow_mut().remove(&self.number);
    }
}
