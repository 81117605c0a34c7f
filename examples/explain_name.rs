//! Why a name resolves as it does, in the cluster that a folder of manifests describes.
//!
//! ```text
//! cargo run --example explain_name -- demo db-2.db.data.svc.cluster.local.
//! ```

use std::error::Error;
use std::process::ExitCode;

use dns_records::{ClusterZones, Name, RecordType, ZoneConfig};
use k8s_source::DnsConsumer;
use k8s_source::manifests::{Event, ManifestOptions, ManifestSource};

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let (Some(path), Some(name)) = (args.next(), args.next()) else {
        eprintln!("usage: explain_name PATH NAME [TYPE]");
        return Ok(ExitCode::from(2));
    };
    let name: Name = name.parse()?;
    let record_type: RecordType = args.next().as_deref().unwrap_or("A").parse()?;

    let mut zones = ClusterZones::new(ZoneConfig::new("cluster.local")?.with_zone("10.0.0.0/8")?)?;
    let mut snapshot = zones.publish(0);
    let mut consumer = DnsConsumer::new(zones, || 1, |published| snapshot = published);
    ManifestSource::new([path], ManifestOptions::default()).load(&mut consumer, &mut |event| {
        if let Event::Found(located) = event {
            eprintln!("{located}");
        }
    });
    drop(consumer);

    print!("{}", snapshot.explain(name.as_ref(), record_type));
    Ok(ExitCode::SUCCESS)
}
