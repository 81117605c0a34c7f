use std::collections::HashSet;
use std::sync::Arc;

use crate::model::Protocol;

/// A port of a Service or a slice.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Port {
    /// Empty when unnamed.
    pub(crate) name: Box<str>,
    pub(crate) protocol: Protocol,
    /// `None` has addresses but no SRV record.
    pub(crate) number: Option<u16>,
}

/// Port lists, each kept once: a cluster of thousands of Services has a few dozen different ones.
#[derive(Debug, Default)]
pub(crate) struct PortLists {
    lists: HashSet<Arc<[Port]>>,
    /// The number of lists at which those that nobody uses any more are dropped.
    sweep_at: usize,
}

impl PortLists {
    pub(crate) fn intern(&mut self, ports: Vec<Port>) -> Arc<[Port]> {
        if let Some(list) = self.lists.get(ports.as_slice()) {
            return Arc::clone(list);
        }
        if self.lists.len() >= self.sweep_at {
            self.lists.retain(|list| Arc::strong_count(list) > 1);
            self.sweep_at = (self.lists.len() * 2).max(64);
        }
        let list: Arc<[Port]> = ports.into();
        self.lists.insert(Arc::clone(&list));
        list
    }
}
