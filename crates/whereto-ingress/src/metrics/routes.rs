use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use foldhash::fast::FixedState;
use http::StatusCode;
use object_change::ObjectKey;

use super::counter::Counter;

/// The requests that an Ingress decided, by class of status.
#[derive(Debug, Default)]
pub(crate) struct RouteCounters {
    classes: [Counter; 5],
}

/// The classes of statuses (RFC 9110 §15).
pub(super) const CLASSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];

impl RouteCounters {
    /// Counts a response.
    pub(crate) fn answered(&self, status: StatusCode) {
        let class = usize::from(status.as_u16() / 100).wrapping_sub(1);
        if let Some(counter) = self.classes.get(class) {
            counter.increment();
        }
    }

    pub(super) fn read(&self) -> [u64; 5] {
        std::array::from_fn(|class| self.classes.get(class).map_or(0, Counter::get))
    }
}

/// The counters of Ingresses that had requests.
#[derive(Debug, Default)]
pub(crate) struct Routes {
    by_ingress: Mutex<HashMap<ObjectKey, Arc<RouteCounters>, FixedState>>,
    /// Of requests that no Ingress decided.
    pub(crate) none: Arc<RouteCounters>,
}

impl Routes {
    /// The counters of an Ingress.
    pub(crate) fn of(&self, ingress: Option<&ObjectKey>) -> Arc<RouteCounters> {
        let Some(key) = ingress else { return Arc::clone(&self.none) };
        let mut routes = self.by_ingress.lock().unwrap_or_else(PoisonError::into_inner);
        match routes.get(key) {
            Some(found) => Arc::clone(found),
            None => Arc::clone(routes.entry(key.clone()).or_default()),
        }
    }

    /// Forgets Ingresses that are gone.
    pub(crate) fn retain(&self, known: impl Fn(&ObjectKey) -> bool) {
        let mut routes = self.by_ingress.lock().unwrap_or_else(PoisonError::into_inner);
        routes.retain(|ingress, _| known(ingress));
    }

    pub(super) fn read(&self) -> Vec<(Option<ObjectKey>, [u64; 5])> {
        let routes = self.by_ingress.lock().unwrap_or_else(PoisonError::into_inner);
        let all = routes.iter().map(|(ingress, counters)| (Some(ingress.clone()), counters.read()));
        all.chain([(None, self.none.read())]).collect()
    }
}
