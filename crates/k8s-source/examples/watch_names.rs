//! A controller in 60 lines: prints what changes in a cluster's DNS records.
//!
//! `cargo run -p k8s-source --features kube --example watch_names [KUBECONFIG]`

use std::collections::BTreeSet;
use std::time::SystemTime;

use dns_records::{ClusterZones, Snapshot, ZoneConfig};
use k8s_source::kube::{Connection, Event, KubeOptions, KubeSource};
use k8s_source::{DnsConsumer, Kind};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut connection = Connection::default();
    if let Some(file) = std::env::args_os().nth(1) {
        connection = connection.with_kubeconfig(file);
    }
    let options = KubeOptions::new([Kind::Namespace, Kind::Service, Kind::EndpointSlice])?;
    let mut source = KubeSource::new(connection.client().await?, &options);

    let zones = ClusterZones::new(ZoneConfig::new("cluster.local")?.with_zone("in-addr.arpa")?)?;
    let mut before = BTreeSet::new();
    let mut consumer = DnsConsumer::new(zones, unix_seconds, move |snapshot| {
        let now = records(&snapshot);
        // Comparing everything is fine for a demonstration; the snapshot is there to be asked.
        for gone in before.difference(&now) {
            println!("- {gone}");
        }
        for new in now.difference(&before) {
            println!("+ {new}");
        }
        before = now;
    });

    // Never returns: failures are told and tried again.
    source
        .run(&mut consumer, |event| match event {
            Event::Found(diagnostic) => eprintln!("{diagnostic}"),
            Event::Failed { kind, problem, .. } => eprintln!("{}: {problem}", kind.name()),
            Event::Recovered { kind, .. } => eprintln!("{}: current again", kind.name()),
            _ => {}
        })
        .await;
    Ok(())
}

/// Everything but SOA records, whose serial changes each time.
fn records(snapshot: &Snapshot) -> BTreeSet<String> {
    let mut records = BTreeSet::new();
    snapshot.records(|record| {
        if record.data.record_type().to_string() != "SOA" {
            records.insert(format!("{} {} {}", record.owner, record.data.record_type(), record.data));
        }
        true
    });
    records
}

fn unix_seconds() -> u64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs())
}
