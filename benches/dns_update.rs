//! Time of a change: one EndpointSlice with one endpoint moved, then the snapshot; by the cluster's size.

use std::hint::black_box;

use bench_cluster::{Cluster, Shape, empty_zones};
use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use rand::rngs::SmallRng;
use rand::{RngExt as _, SeedableRng as _};

const SERVICES: [usize; 3] = [1_000, 10_000, 100_000];

fn cluster(services: usize) -> Cluster {
    Cluster::new(Shape { services, endpoints: 10, ..Shape::default() })
}

fn update(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("update");
    for services in SERVICES {
        let cluster = cluster(services);
        let mut zones = cluster.zones().expect("good names");
        // The snapshot that readers have: replaced by each publish.
        let mut current = zones.publish(1);
        let mut chance = SmallRng::seed_from_u64(1);
        let changing: Vec<_> = cluster.changing(services).map(|(_, service)| service).collect();
        let mut revisions = vec![0; changing.len()];
        let mut change = || {
            let index = chance.random_range(0..changing.len());
            revisions[index] += 1;
            changing[index].slice_change(revisions[index])
        };
        group.bench_function(BenchmarkId::new("slice+publish", services), |bencher| {
            bencher.iter_batched(
                &mut change,
                |change| {
                    let effect = zones.apply(change);
                    current = zones.publish(current.serial() + 1);
                    effect
                },
                BatchSize::SmallInput,
            );
        });
        group.bench_function(BenchmarkId::new("publish", services), |bencher| {
            bencher.iter(|| current = zones.publish(black_box(1)));
        });
    }
    group.finish();
}

fn load(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("load");
    group.sample_size(10);
    for services in SERVICES {
        let cluster = cluster(services);
        group.throughput(Throughput::Elements(services as u64));
        group.bench_function(BenchmarkId::from_parameter(services), |bencher| {
            bencher.iter_batched(
                || cluster.changes().collect::<Vec<_>>(),
                |changes| {
                    let mut zones = empty_zones().expect("good names");
                    zones.apply_all(changes);
                    zones.publish(1)
                },
                BatchSize::PerIteration,
            );
        });
    }
    group.finish();
}

criterion_group!(benches, update, load);
criterion_main!(benches);
