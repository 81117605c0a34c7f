//! Objects in code, answers out: no server, no files, no runtime.
//!
//! ```text
//! cargo run --example embed_zones
//! ```

use std::error::Error;

use dns_records::model::{
    Change, ClusterIps, Endpoint, EndpointPort, EndpointSlice, Exposure, Namespace, Protocol, Service, ServicePort,
    SliceOwner,
};
use dns_records::{Answer, ClusterZones, Name, RecordType, ZoneConfig};
use object_change::{Delta, ObjectKey};

fn main() -> Result<(), Box<dyn Error>> {
    let mut zones = ClusterZones::new(ZoneConfig::new("cluster.local")?.with_ttl(30)?)?;

    // What a watch or a list would tell, in any order.
    let web = Service::new(Exposure::ClusterIp(ClusterIps::single("10.96.0.10".parse()?)));
    let db = Service::new(Exposure::Headless).with_port(ServicePort::new("postgres", Protocol::Tcp, 5432));
    let db_0 = EndpointSlice::new(SliceOwner::Service("db".into()))
        .with_port(EndpointPort::new("postgres", Protocol::Tcp, 5432))
        .with_endpoint(Endpoint::new("10.244.0.7".parse()?).with_hostname("db-0"));
    zones.apply(Change::Namespace(Delta::ReplaceAll(vec![(ObjectKey::cluster_scoped("shop"), Namespace::new())])));
    zones.apply(Change::Service(Delta::ReplaceAll(vec![
        (ObjectKey::new("shop", "web"), web),
        (ObjectKey::new("shop", "db"), db),
    ])));
    zones.apply(Change::EndpointSlice(Delta::ReplaceAll(vec![(ObjectKey::new("shop", "db-x7c2p"), db_0)])));

    // A snapshot never changes: share it with as many threads as you like, publish the next one whenever something changed.
    let snapshot = zones.publish(1);
    for (name, record_type) in [
        ("web.shop.svc.cluster.local.", RecordType::A),
        ("_postgres._tcp.db.shop.svc.cluster.local.", RecordType::SRV),
        ("web.shop.svc.cluster.local.", RecordType::AAAA),
        ("nope.shop.svc.cluster.local.", RecordType::A),
    ] {
        let name: Name = name.parse()?;
        match snapshot.lookup(name.as_ref(), record_type) {
            Answer::Records(records) => records.to_strings().iter().for_each(|record| println!("{record}")),
            Answer::NoData { .. } => println!("{name} has no {record_type} record"),
            Answer::NxDomain { reason, .. } => println!("{name} does not exist: {}", reason.reason()),
            other => println!("{name}: {other:?}"),
        }
    }
    Ok(())
}
