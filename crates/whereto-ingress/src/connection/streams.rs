use std::cell::RefCell;
use std::time::Duration;

use tokio::time::Instant;

/// The responses of a connection of HTTP/2, each of which its client may hold up by itself (RFC 9113 §10.5): since when it takes nothing of them.
#[derive(Debug, Default)]
pub(crate) struct Streams {
    held_since: RefCell<Vec<Option<Instant>>>,
    free: RefCell<Vec<usize>>,
}

/// The place of a response.
#[derive(Debug)]
pub(crate) struct StreamPlace(usize);

impl Streams {
    pub(crate) fn enter(&self) -> StreamPlace {
        let free = self.free.borrow_mut().pop();
        StreamPlace(free.unwrap_or_else(|| {
            let mut all = self.held_since.borrow_mut();
            all.push(None);
            all.len() - 1
        }))
    }

    /// A piece was given, and is to be taken now; or more was asked for.
    pub(crate) fn given(&self, place: &StreamPlace, given: bool) {
        if let Some(since) = self.held_since.borrow_mut().get_mut(place.0) {
            *since = given.then(Instant::now);
        }
    }

    pub(crate) fn leave(&self, place: StreamPlace) {
        self.given(&place, false);
        self.free.borrow_mut().push(place.0);
    }

    /// Whether the client has held up a response for so long.
    pub(super) fn are_held_up(&self, limit: Duration) -> bool {
        let now = Instant::now();
        self.held_since.borrow().iter().flatten().any(|since| now.duration_since(*since) >= limit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn one_response_that_is_held_up_is_enough() {
        let streams = Streams::default();
        let (one, other) = (streams.enter(), streams.enter());
        streams.given(&one, true);
        streams.given(&other, true);
        tokio::time::advance(Duration::from_secs(59)).await;
        streams.given(&other, false);
        streams.given(&other, true);
        assert!(!streams.are_held_up(Duration::from_secs(60)));
        tokio::time::advance(Duration::from_secs(1)).await;
        assert!(streams.are_held_up(Duration::from_secs(60)));
        streams.leave(one);
        assert!(!streams.are_held_up(Duration::from_secs(60)));
        // Its place is given again, with nothing held.
        let next = streams.enter();
        assert_eq!(streams.held_since.borrow().len(), 2);
        streams.leave(next);
        streams.leave(other);
    }
}
