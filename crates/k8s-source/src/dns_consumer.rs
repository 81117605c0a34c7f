use std::fmt;
use std::sync::Arc;

use dns_records::model::{self, Change};
use dns_records::{ClusterZones, Effect, Snapshot};
use object_change::Diagnostic;

use crate::change::{Consumer, Kind, ObjectChange};
use crate::convert::{self, converted};

/// Feeds the zones of dns-records and hands each published snapshot to a sink.
///
/// The SOA serial is what the clock says at that moment, in seconds since 1970, or one more than the last serial where the
/// clock has not moved on or went back: it always grows.
///
/// ```
/// use dns_records::{ClusterZones, ZoneConfig};
/// use k8s_source::{Consumer, DnsConsumer, Kind, ObjectChange};
/// let zones = ClusterZones::new(ZoneConfig::new("cluster.local")?)?;
/// let mut published = Vec::new();
/// let mut consumer = DnsConsumer::new(zones, || 1_700_000_000, |snapshot| published.push(snapshot));
/// consumer.apply(ObjectChange::Synced(Kind::Service));
/// consumer.publish();
/// drop(consumer);
/// assert_eq!(published.len(), 1);
/// # Ok::<(), dns_records::ConfigError>(())
/// ```
pub struct DnsConsumer<C, S> {
    zones: ClusterZones,
    clock: C,
    sink: S,
    last_serial: Option<u32>,
    changed: bool,
}

impl<C, S> DnsConsumer<C, S>
where
    C: FnMut() -> u64,
    S: FnMut(Arc<Snapshot>),
{
    /// A consumer for `zones`; `clock` tells Unix seconds, `sink` takes what is published.
    pub const fn new(zones: ClusterZones, clock: C, sink: S) -> Self {
        Self { zones, clock, sink, last_serial: None, changed: false }
    }

    /// The zones.
    pub const fn zones(&self) -> &ClusterZones {
        &self.zones
    }

    /// Applies a change that comes from elsewhere than the objects, such as [`Change::OwnAddresses`].
    pub fn apply_change(&mut self, change: Change) -> Vec<Diagnostic> {
        let Effect { changed, diagnostics, .. } = self.zones.apply(change);
        self.changed |= changed;
        diagnostics
    }

    fn next_serial(&mut self) -> u32 {
        // A serial is a number modulo 2^32 (RFC 1982): the clock's upper half goes.
        let now = (self.clock)() as u32;
        let serial = match self.last_serial {
            Some(last) if now.wrapping_sub(last) == 0 || now.wrapping_sub(last) >= 1 << 31 => last.wrapping_add(1),
            _ => now,
        };
        self.last_serial = Some(serial);
        serial
    }
}

impl<C, S> Consumer for DnsConsumer<C, S>
where
    C: FnMut() -> u64,
    S: FnMut(Arc<Snapshot>),
{
    fn apply(&mut self, change: ObjectChange<'_>) -> Vec<Diagnostic> {
        let mut diagnostics = Vec::new();
        let found = &mut diagnostics;
        let change = match change {
            ObjectChange::Service(delta) => converted(delta, convert::service, found).map(Change::Service),
            ObjectChange::EndpointSlice(delta) => {
                converted(delta, convert::endpoint_slice, found).map(Change::EndpointSlice)
            }
            ObjectChange::Namespace(delta) => converted(delta, convert::namespace, found).map(Change::Namespace),
            ObjectChange::Pod(delta) => converted(delta, convert::pod, found).map(Change::Pod),
            ObjectChange::ServiceImport(delta) => {
                converted(delta, convert::service_import, found).map(Change::ServiceImport)
            }
            ObjectChange::Synced(kind) => {
                let kind = match kind {
                    Kind::Namespace => Some(model::Kind::Namespace),
                    Kind::Service => Some(model::Kind::Service),
                    Kind::EndpointSlice => Some(model::Kind::EndpointSlice),
                    Kind::Pod => Some(model::Kind::Pod),
                    Kind::ServiceImport => Some(model::Kind::ServiceImport),
                    _ => None,
                };
                // What is missing is part of a snapshot.
                self.changed |= kind.is_some();
                kind.map(Change::Synced)
            }
            _ => None,
        };
        if let Some(change) = change {
            diagnostics.extend(self.apply_change(change));
        }
        diagnostics
    }

    /// Publishes a snapshot, unless nothing changed since the last one.
    fn publish(&mut self) {
        if std::mem::take(&mut self.changed) || self.last_serial.is_none() {
            let serial = self.next_serial();
            (self.sink)(self.zones.publish(serial));
        }
    }
}

impl<C, S> fmt::Debug for DnsConsumer<C, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DnsConsumer").field("last_serial", &self.last_serial).finish_non_exhaustive()
    }
}
