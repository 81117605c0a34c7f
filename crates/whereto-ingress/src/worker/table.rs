use std::cell::RefCell;
use std::fmt;
use std::ops::Deref;
use std::rc::Rc;
use std::sync::Arc;

use arc_swap::ArcSwap;
use arc_swap::cache::Cache;
use ingress_routing::RoutingTable;

type Cached = Cache<Arc<ArcSwap<RoutingTable>>, Arc<RoutingTable>>;

/// The routing table as a thread has it: looked at for each request, but counted as held only once per thread and change.
pub(crate) struct Table(RefCell<(Cached, CurrentTable)>);

impl fmt::Debug for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Table")
    }
}

/// A routing table that a request was routed by.
#[derive(Clone, Debug)]
pub(crate) struct CurrentTable(Rc<Held>);

/// The one count of the thread among those of all threads.
#[derive(Debug)]
struct Held(Arc<RoutingTable>);

impl CurrentTable {
    /// Whether this is the very same table.
    pub(crate) fn is(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Deref for CurrentTable {
    type Target = RoutingTable;

    fn deref(&self) -> &RoutingTable {
        &self.0.0
    }
}

impl Table {
    pub(crate) fn new(tables: Arc<ArcSwap<RoutingTable>>) -> Self {
        let current = CurrentTable(Rc::new(Held(tables.load_full())));
        Self(RefCell::new((Cache::new(tables), current)))
    }

    /// The table of now.
    pub(crate) fn current(&self) -> CurrentTable {
        let (cache, current) = &mut *self.0.borrow_mut();
        let latest = cache.load();
        if !Arc::ptr_eq(latest, &current.0.0) {
            *current = CurrentTable(Rc::new(Held(Arc::clone(latest))));
        }
        current.clone()
    }
}
