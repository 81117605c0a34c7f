use std::sync::Arc;
use std::time::SystemTime;

use super::Problem;
use crate::change::Kind;

/// How current a view is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum State {
    /// Changes arrive as they happen.
    Live,
    /// What is known was true then, when the API server was last heard; it is still what there is to go by.
    Stale {
        /// That time.
        since: SystemTime,
    },
    /// Not everything was listed yet: nothing may be concluded.
    Syncing,
}

/// How current the view of one kind is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct KindStatus {
    /// The kind.
    pub kind: Kind,
    /// The state; of several namespaces, that of the one worst off.
    pub state: State,
    /// How many objects there are.
    pub objects: usize,
    /// What keeps it from being live. Of a kind that the cluster does not have, that is said here and the state is `Live`: there
    /// are no objects.
    pub problem: Option<Arc<Problem>>,
}

/// How current the view of each kind is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Status {
    /// One entry for each kind, in their order.
    pub kinds: Vec<KindStatus>,
}

impl Status {
    /// `Syncing` while any kind is; else `Stale` since the earliest time; else `Live`.
    pub fn state(&self) -> State {
        let is_syncing = self.kinds.iter().any(|status| status.state == State::Syncing);
        let since = self.kinds.iter().filter_map(|status| match status.state {
            State::Stale { since } => Some(since),
            _ => None,
        });
        match since.min() {
            _ if is_syncing => State::Syncing,
            Some(since) => State::Stale { since },
            None => State::Live,
        }
    }

    /// Whether every kind was listed at least once.
    pub fn is_synced(&self) -> bool {
        self.state() != State::Syncing
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn the_whole_is_as_current_as_its_oldest_part() {
        let at = |seconds| State::Stale { since: SystemTime::UNIX_EPOCH + Duration::from_secs(seconds) };
        for (states, expected) in [
            (vec![], State::Live),
            (vec![State::Live, State::Live], State::Live),
            (vec![at(9), State::Live, at(7)], at(7)),
            (vec![at(9), State::Syncing], State::Syncing),
        ] {
            let kinds = states
                .iter()
                .map(|state| KindStatus { kind: Kind::Service, state: *state, objects: 0, problem: None })
                .collect();
            let status = Status { kinds };
            assert_eq!(status.state(), expected, "{states:?}");
            assert_eq!(status.is_synced(), expected != State::Syncing);
        }
    }
}
