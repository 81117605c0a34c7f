//! Time of an answer, wire to wire: each kind of query, for uniformly random names, by the cluster's size.

use std::hint::black_box;

use bench_cluster::{Cluster, Kind, Shape, Wires};
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use dns_records::Limits;
use rand::rngs::SmallRng;
use rand::{Rng as _, SeedableRng as _};

const SERVICES: [usize; 3] = [1_000, 10_000, 100_000];
/// More than a processor keeps of branches and records.
const QUERIES: usize = 65_536;

fn respond(criterion: &mut Criterion) {
    for services in SERVICES {
        let cluster = Cluster::new(Shape { services, ..Shape::default() });
        let snapshot = cluster.zones().expect("good names").publish(1);
        let snapshot = &*snapshot;
        let mut group = criterion.benchmark_group(format!("respond/{services}"));
        let mut out = [0; 1232];
        for kind in Kind::ALL {
            let queries = cluster.queries(kind, QUERIES);
            for query in &queries {
                query.check(snapshot, &mut out);
            }
            let wires = Wires::new(&queries);
            let mut seeds = SmallRng::seed_from_u64(1);
            let mut next = wires.iter().cycle();
            group.bench_function(BenchmarkId::from_parameter(kind.label()), |bencher| {
                bencher.iter(|| {
                    let wire = next.next().unwrap_or_default();
                    black_box(snapshot.respond(black_box(wire), Limits::udp(), seeds.next_u64(), &mut out))
                });
            });
        }
        group.finish();
    }
}

criterion_group!(benches, respond);
criterion_main!(benches);
