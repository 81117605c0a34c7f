use std::sync::Arc;

use dns_records::model::{Change, ClusterIps, Exposure, Kind, Namespace, Service};
use dns_records::{ClusterZones, Fallthrough, Snapshot, ZoneConfig};
use object_change::{Delta, ObjectKey};

fn zones() -> ClusterZones {
    let reverse = Fallthrough::Zones(vec!["in-addr.arpa".parse().unwrap(), "ip6.arpa".parse().unwrap()]);
    let config = ZoneConfig::new("cluster.local").unwrap().with_zone("in-addr.arpa").unwrap();
    ClusterZones::new(config.with_zone("ip6.arpa").unwrap().with_fallthrough(reverse)).unwrap()
}

/// `web.shop` at 10.96.0.10, `alias.shop` for www.example.com.
pub(crate) fn snapshot() -> Arc<Snapshot> {
    let mut zones = zones();
    let service = |name: &str, exposure| (ObjectKey::new("shop", name), Service::new(exposure));
    zones.apply_all([
        Change::Namespace(Delta::ReplaceAll(vec![(ObjectKey::cluster_scoped("shop"), Namespace::new())])),
        Change::Service(Delta::ReplaceAll(vec![
            service("web", Exposure::ClusterIp(ClusterIps::single("10.96.0.10".parse().unwrap()))),
            service("alias", Exposure::ExternalName("www.example.com".into())),
        ])),
        Change::Synced(Kind::EndpointSlice),
        Change::Synced(Kind::Pod),
    ]);
    zones.publish(7)
}

/// Before anything was listed.
pub(crate) fn empty_snapshot() -> Arc<Snapshot> {
    zones().publish(0)
}
