//! How the zones are kept: compact values shared by the writer and every snapshot.
//!
//! Existence follows from the objects. There is one immutable [`ServiceNode`] per Service; the names below it are
//! computed. Two indexes lead to it: a hash trie by name, an ordered set by address.

mod address_index;
mod endpoint_label;
mod endpoint_table;
mod indexes;
mod node_set;
mod port;
mod service_node;
mod sorted_set;

pub(crate) use address_index::{AddressIndex, Owner};
pub(crate) use endpoint_label::{EndpointLabel, address_of_label, parse_dashed};
pub(crate) use endpoint_table::{EndpointTable, Entry, TableBuilder, Tag};
pub(crate) use indexes::{Indexes, Map, NamespaceId, NamespaceState, NodeId};
pub(crate) use node_set::NodeSet;
pub(crate) use port::{Port, PortLists};
pub(crate) use service_node::{NodeExposure, ServiceNode, ShortKey, Slice, service_key};
use sorted_set::SortedSet;
