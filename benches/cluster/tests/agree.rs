//! The cluster's forms agree with each other.

use bench_cluster::{Cluster, Kind, Shape, empty_zones};
use k8s_source::DnsConsumer;
use k8s_source::manifests::{ManifestOptions, ManifestSource};

fn small() -> Cluster {
    Cluster::new(Shape { namespaces: 20, services: 400, ..Shape::default() })
}

#[test]
fn queries_get_what_they_must() {
    let cluster = small();
    let snapshot = cluster.zones().unwrap().publish(1);
    let mut out = [0; 1232];
    for kind in Kind::ALL {
        let queries = cluster.queries(kind, 500);
        assert_eq!(queries.len(), 500, "{kind:?}");
        for query in queries {
            query.check(&snapshot, &mut out);
        }
    }
}

#[test]
fn a_revision_moves_one_endpoint() {
    let cluster = small();
    let service = cluster.services.iter().find(|service| service.endpoints.len() > 1).unwrap();
    let mut zones = cluster.zones().unwrap();
    for revision in 0..4 * service.endpoints.len() {
        let moved = service.addresses(revision).zip(service.addresses(revision + 1)).filter(|(a, b)| a != b).count();
        assert_eq!(moved, 1, "revision {revision}");
        let effect = zones.apply(service.slice_change(revision + 1));
        assert!(effect.changed, "revision {revision}");
    }
}

#[test]
fn manifests_and_changes_are_the_same_cluster() {
    let cluster = small();
    let mut text = Vec::new();
    cluster.write_json(&mut text, &|_| true).unwrap();
    let mut published = None;
    let mut consumer = DnsConsumer::new(empty_zones().unwrap(), || 1, |snapshot| published = Some(snapshot));
    let mut source =
        ManifestSource::new(Vec::<&str>::new(), ManifestOptions::default()).with_text("cluster.json", text);
    let summary = source.load(&mut consumer, &mut |event| panic!("{event:?}"));
    assert!(summary.broken.is_empty());
    drop(consumer);

    let mut zones = empty_zones().unwrap();
    let own = |change: &_| matches!(change, dns_records::model::Change::OwnAddresses(_));
    zones.apply_all(cluster.changes().filter(|change| !own(change)));
    assert_eq!(published.unwrap().to_zone_file(), zones.publish(1).to_zone_file());
}

/// The zone files have nothing that the zones don't have.
#[test]
fn zone_files_are_part_of_the_zones() {
    let cluster = small();
    let ours = cluster.zones().unwrap().publish(1).to_zone_file().to_string();
    let ours: std::collections::HashSet<&str> = ours.lines().collect();
    let mut text = Vec::new();
    cluster.write_zone(&mut text).unwrap();
    cluster.write_reverse_zone(&mut text).unwrap();
    let lines = std::str::from_utf8(&text).unwrap().lines();
    // The servers of a file are named in it; the version has a TTL of its own.
    let same = |line: &&str| !line.contains(" NS ") && !line.contains(" SOA ") && !line.starts_with("dns-version.");
    let absent: Vec<_> = lines.filter(same).filter(|line| !ours.contains(line)).collect();
    assert_eq!(absent, Vec::<&str>::new());
}
