//! What must hold whatever octets come: shared by the fuzz target and the replay of its seeds.

use std::path::PathBuf;

use dns_records::{ClusterZones, ZoneConfig};
use k8s_source::manifests::{Event, ManifestOptions, ManifestSource};
use k8s_source::{Consumer, DnsConsumer, ObjectChange};
use object_change::Diagnostic;

/// Octets as a manifest: what comes out of them is the same each time, and as many errors are counted as are told.
pub(crate) fn manifest_bytes(octets: &[u8]) {
    let once = load(octets);
    assert_eq!(once, load(octets));
}

/// Feeds the zones, and counts.
struct Counting<C> {
    inner: C,
    changes: usize,
}

impl<C: Consumer> Consumer for Counting<C> {
    fn apply(&mut self, change: ObjectChange<'_>) -> Vec<Diagnostic> {
        self.changes += 1;
        self.inner.apply(change)
    }

    fn publish(&mut self) {
        self.inner.publish();
    }
}

/// Objects, errors and warnings, changes, and the zones as text.
fn load(octets: &[u8]) -> (usize, u64, usize, String) {
    let config = ZoneConfig::new("cluster.local").and_then(|config| config.with_zone("in-addr.arpa"));
    let zones = ClusterZones::new(config.expect("zones")).expect("the options fit together");
    let mut text = String::new();
    let inner = DnsConsumer::new(zones, || 7, |snapshot| text = snapshot.to_zone_file());
    let mut consumer = Counting { inner, changes: 0 };
    let none: [PathBuf; 0] = [];
    let mut source = ManifestSource::new(none, ManifestOptions::default()).with_text("fuzz", octets);
    let mut told = 0;
    let mut tell = |event: Event| {
        if let Event::Found(located) = event {
            assert!(!located.to_string().is_empty());
            told += 1;
        }
    };
    let summary = source.load(&mut consumer, &mut tell);
    let again = source.poll(&mut consumer, &mut tell);
    assert!(!again.changed, "nothing changed since");
    let changes = consumer.changes;
    drop(consumer);
    (summary.objects, told, changes, text)
}
