//! What the consumer for DNS publishes.
#![cfg(feature = "dns")]

use std::cell::Cell;

use dns_records::{ClusterZones, ZoneConfig};
use k8s_source::{Consumer, DnsConsumer, Kind, ObjectChange, objects};
use object_change::{Delta, ObjectKey};

#[test]
fn serials_follow_the_clock_and_always_grow() {
    let now = Cell::new(100);
    let zones = ClusterZones::new(ZoneConfig::new("cluster.local").unwrap()).unwrap();
    let mut serials = Vec::new();
    let mut consumer = DnsConsumer::new(zones, || now.get(), |snapshot| serials.push(snapshot.serial()));
    consumer.publish();
    for time in [100, 100, 200, 50, 1 << 32, (1 << 32) + 300] {
        now.set(time);
        consumer.apply(ObjectChange::Synced(Kind::Service));
        consumer.publish();
        consumer.publish();
    }
    drop(consumer);
    assert_eq!(serials, [100, 101, 102, 200, 201, 202, 300]);
}

#[test]
fn diagnostics_of_conversions_come_back() {
    let zones = ClusterZones::new(ZoneConfig::new("cluster.local").unwrap()).unwrap();
    let mut consumer = DnsConsumer::new(zones, || 1, |_| {});
    let service: objects::Service =
        serde_json::from_str(r#"{"metadata":{"namespace":"shop","name":"web"},"spec":{"clusterIP":"x"}}"#).unwrap();
    let found = consumer.apply(ObjectChange::Service(Delta::Upsert(ObjectKey::new("shop", "web"), &service)));
    assert_eq!(
        found[0].to_string(),
        "error: Service shop/web: spec.clusterIP: \"x\" is not an IP address: it is not used"
    );
}
