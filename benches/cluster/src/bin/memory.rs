//! What a cluster's zones occupy: in the allocator's books, and as the system sees it.

use std::alloc::System;
use std::fs;
use std::net::IpAddr;

use anyhow::{Context as _, Result};
use bench_cluster::{Cluster, Kind, Shape, Wires};
use clap::Parser;
use dns_records::model::{Change, Namespace, Pod};
use dns_records::{ClusterZones, Limits, PodMode, ZoneConfig};
use object_change::{Delta, ObjectKey};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// Loads a synthetic cluster and tells what it occupies.
#[derive(Debug, Parser)]
#[command(name = "memory")]
struct Arguments {
    /// Then so many changes of one slice each.
    #[arg(long, value_name = "N", default_value_t = 10_000)]
    updates: usize,
    /// Running Pods, where their names are verified; measured alone.
    #[arg(long, value_name = "N", default_value_t = 50_000)]
    pods: u32,
    #[command(flatten)]
    shape: Shape,
}

fn main() -> Result<()> {
    let Arguments { updates, pods, shape } = Arguments::parse();
    let cluster = Cluster::new(shape);
    let (services, endpoints) = (cluster.services.len(), cluster.endpoints());
    println!("{services} Services, {endpoints} endpoints");
    let before = kib("VmRSS")?;
    let all = Region::new(ALLOCATOR);

    let mut zones = cluster.zones()?;
    let mut snapshot = zones.publish(1);
    let loaded = live(&all);
    println!(
        "loaded: {loaded} B live, {:.0} B per Service, {:.0} B per endpoint",
        per(loaded, services),
        per(loaded, endpoints)
    );
    print_process("loaded", before)?;

    let services: Vec<_> = cluster.changing(shape.services).map(|(_, service)| service).collect();
    let mut allocated = 0;
    for (update, service) in (0..updates).zip(services.iter().cycle()) {
        // Made before: only the zones' own work is counted.
        let change = service.slice_change(update / services.len() + 1);
        let region = Region::new(ALLOCATOR);
        zones.apply(change);
        snapshot = zones.publish(u32::try_from(update)?);
        allocated += region.change().allocations;
    }
    let updated = live(&all);
    println!("after {updates} updates: {updated} B live, {:.1} allocations each", per(allocated, updates));
    print_process("updated", before)?;

    let wires = Wires::new(&cluster.queries(Kind::Mix, 10_000));
    let mut out = [0; 1232];
    let region = Region::new(ALLOCATOR);
    for (seed, wire) in (0..).zip(wires.iter()) {
        std::hint::black_box(snapshot.respond(wire, Limits::udp(), seed, &mut out));
    }
    println!("respond: {} allocations in {} queries", region.change().allocations, wires.len());
    print_pods(&cluster, pods)
}

/// What Pods occupy that are spread over the cluster's namespaces.
fn print_pods(cluster: &Cluster, pods: u32) -> Result<()> {
    let namespaces: Vec<String> = cluster.namespaces().collect();
    let mut zones = ClusterZones::new(ZoneConfig::new("cluster.local")?.with_pods(PodMode::Verified))?;
    for name in &namespaces {
        zones.apply(Change::Namespace(Delta::Upsert(ObjectKey::cluster_scoped(&**name), Namespace::new())));
    }
    let region = Region::new(ALLOCATOR);
    for (number, namespace) in (0..pods).zip(namespaces.iter().cycle()) {
        let key = ObjectKey::new(&**namespace, format!("workload-{:08x}-{:05x}", number / 5, number));
        let pod = Pod::new(IpAddr::from((0x0a80_0000 + number).to_be_bytes()));
        zones.apply(Change::Pod(Delta::Upsert(key, pod)));
    }
    let snapshot = zones.publish(1);
    let occupied = live(&region);
    println!("{pods} Pods: {occupied} B live, {:.0} B per Pod", per(occupied, pods as usize));
    drop(snapshot);
    Ok(())
}

/// Octets that were allocated since and not freed.
fn live(region: &Region<'_, System>) -> usize {
    let change = region.change();
    change.bytes_allocated.saturating_sub(change.bytes_deallocated)
}

fn per(what: usize, count: usize) -> f64 {
    what as f64 / count.max(1) as f64
}

fn print_process(when: &str, before: u64) -> Result<()> {
    let (now, most) = (kib("VmRSS")?, kib("VmHWM")?);
    println!("{when}: VmRSS {now} KiB, of which {before} KiB without the zones; VmHWM {most} KiB");
    Ok(())
}

/// A line of what the system tells of this process, in KiB.
fn kib(name: &str) -> Result<u64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    Ok(line.and_then(|line| line.split_whitespace().next()).context("no such line")?.parse()?)
}
