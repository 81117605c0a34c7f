//! The work whose instructions are counted. Prints what each call of [`measured`] did: the counts are those of the calls.

use std::hint::black_box;

use anyhow::{Result, ensure};
use bench_cluster::ingress::{Requests, Spread};
use bench_cluster::{Cluster, Kind, Shape, Wires};
use clap::Parser;
use dns_records::Limits;
use ingress_routing::RequestBuffer;
use rand::rngs::SmallRng;
use rand::{Rng as _, RngExt as _, SeedableRng as _};

/// The work whose instructions callgrind counts.
#[derive(Debug, Parser)]
#[command(name = "instructions")]
struct Arguments {
    /// Queries of each kind.
    #[arg(long, value_name = "N", default_value_t = 5_000)]
    respond: usize,
    /// Requests for rules of each spread, of which there are as many as Services.
    #[arg(long, value_name = "N", default_value_t = 5_000)]
    route: usize,
    /// Changes of one slice each.
    #[arg(long, value_name = "N", default_value_t = 500)]
    update: usize,
    #[command(flatten)]
    shape: Shape,
}

fn main() -> Result<()> {
    let Arguments { respond, route, update, shape } = Arguments::parse();
    count_respond(&Cluster::new(shape), respond)?;
    count_route(shape.services, route);
    // 100,000 endpoints at 10,000 Services: the size that the time of an update is promised for.
    count_update(&Cluster::new(Shape { endpoints: 10, ..shape }), update)
}

fn count_respond(cluster: &Cluster, count: usize) -> Result<()> {
    let snapshot = cluster.zones()?.publish(1);
    let mut out = [0; 1232];
    for kind in Kind::ALL {
        let queries = cluster.queries(kind, count);
        ensure!(!queries.is_empty(), "the cluster is too small to be asked for {}", kind.label());
        for query in &queries {
            query.check(&snapshot, &mut out);
        }
        let wires = Wires::new(&queries);
        let mut seeds = SmallRng::seed_from_u64(cluster.shape.seed);
        measured(&mut || {
            for wire in wires.iter() {
                black_box(snapshot.respond(black_box(wire), Limits::udp(), seeds.next_u64(), &mut out));
            }
        });
        println!("respond {} {}", kind.label(), queries.len());
    }
    Ok(())
}

fn count_route(rules: usize, count: usize) {
    for spread in Spread::ALL {
        let table = spread.router(rules).publish();
        let requests = Requests::new(spread, rules, count);
        requests.check(&table);
        let mut buffer = RequestBuffer::new();
        measured(&mut || {
            for head in requests.iter() {
                black_box(table.route(black_box(&head), &mut buffer));
            }
        });
        println!("route {} {count}", spread.label());
    }
}

fn count_update(cluster: &Cluster, count: usize) -> Result<()> {
    let mut zones = cluster.zones()?;
    // The snapshot that readers have: replaced by each publish.
    let mut current = zones.publish(1);
    let mut chance = SmallRng::seed_from_u64(cluster.shape.seed);
    let services: Vec<_> = cluster.changing(cluster.services.len()).map(|(_, service)| service).collect();
    let mut revisions = vec![0; services.len()];
    let mut changes = Vec::new();
    for _ in 0..count {
        let index = chance.random_range(0..services.len());
        revisions[index] += 1;
        changes.push(services[index].slice_change(revisions[index]));
    }
    measured(&mut || {
        for change in changes.drain(..) {
            black_box(zones.apply(change));
            current = zones.publish(current.serial() + 1);
        }
    });
    println!("update+publish slice {count}");
    measured(&mut || {
        for _ in 0..count {
            current = zones.publish(current.serial() + 1);
        }
    });
    println!("publish nothing {count}");
    Ok(())
}

/// Counted from its beginning to its end.
#[inline(never)]
fn measured(work: &mut dyn FnMut()) {
    work();
    black_box(());
}
