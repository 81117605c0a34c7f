use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt;
use std::ops::Deref;
use std::rc::Rc;
use std::sync::Arc;

use arc_swap::ArcSwap;
use arc_swap::cache::Cache;
use foldhash::fast::FixedState;
use ingress_routing::{RouteMatch, RoutingTable};

use crate::metrics::{RouteCounters, Routes};

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

/// The one count of the thread among those of all threads, and what is told of the rules that requests were decided by: as long as the table is
/// held, a rule is known by its place in memory.
#[derive(Debug)]
struct Held {
    table: Arc<RoutingTable>,
    told: RefCell<HashMap<usize, Rc<Told>, FixedState>>,
}

/// What is told of requests that a rule or a default backend decided.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) counters: Arc<RouteCounters>,
    /// `None` for the controller's own default backend.
    pub(crate) ingress: Option<Box<str>>,
    /// Where in the Ingress.
    pub(crate) rule: Box<str>,
    /// The Service, and its port as the Ingress names it; `None` for a backend that is no Service.
    pub(crate) service: Option<Box<str>>,
}

impl Held {
    fn new(table: Arc<RoutingTable>) -> Rc<Self> {
        Rc::new(Self { table, told: RefCell::default() })
    }
}

impl CurrentTable {
    /// Whether this is the very same table.
    pub(crate) fn is(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }

    /// What is told of requests that a rule or a default backend of this table decided.
    pub(crate) fn told(&self, matched: RouteMatch<'_>, counters: &Routes) -> Rc<Told> {
        let place = match matched.rule() {
            Some(rule) => std::ptr::from_ref(rule).addr(),
            // Of a default backend: one for all requests that it decides.
            None => std::ptr::from_ref(matched.backend()).addr(),
        };
        let mut told = self.0.told.borrow_mut();
        let told = told.entry(place).or_insert_with(|| {
            let service = self.upstream_of(matched).map(|to| format!("{}:{}", to.service(), to.port()).into());
            Rc::new(Told {
                counters: counters.of(matched.ingress()),
                ingress: matched.ingress().map(|ingress| ingress.to_string().into()),
                rule: matched.rule().map_or_else(|| "spec.defaultBackend".into(), |rule| rule.field().into()),
                service,
            })
        });
        Rc::clone(told)
    }
}

impl Deref for CurrentTable {
    type Target = RoutingTable;

    fn deref(&self) -> &RoutingTable {
        &self.0.table
    }
}

impl Table {
    pub(crate) fn new(tables: Arc<ArcSwap<RoutingTable>>) -> Self {
        let current = CurrentTable(Held::new(tables.load_full()));
        Self(RefCell::new((Cache::new(tables), current)))
    }

    /// The table of now.
    pub(crate) fn current(&self) -> CurrentTable {
        let (cache, current) = &mut *self.0.borrow_mut();
        let latest = cache.load();
        if !Arc::ptr_eq(latest, &current.0.table) {
            *current = CurrentTable(Held::new(Arc::clone(latest)));
        }
        current.clone()
    }
}
