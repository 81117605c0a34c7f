//! Routing: time of a request by the number of rules and by kind, of compiling everything, and of one change.

use std::hint::black_box;

use bench_cluster::ingress::{Requests, Spread, key, slice};
use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use ingress_routing::model::{Backend, Change, PathRule, PathType};
use ingress_routing::{Options, RequestBuffer, Router};
use object_change::Delta;
use rand::rngs::SmallRng;
use rand::{RngExt as _, SeedableRng as _};

const RULES: [usize; 4] = [100, 1_000, 10_000, 100_000];
/// With 10,000 hosts of four paths each, for which a route is promised to take 200 ns, as for 10,000 paths of one host and for 2,500 hosts.
const ROUTED_RULES: [usize; 5] = [100, 1_000, 10_000, 40_000, 100_000];
/// More than a processor keeps of branches and rules.
const REQUESTS: usize = 65_536;

fn route(criterion: &mut Criterion) {
    for spread in Spread::ALL {
        let mut group = criterion.benchmark_group(format!("route/{}", spread.label()));
        for rules in ROUTED_RULES {
            let table = spread.router(rules).publish();
            let requests = Requests::new(spread, rules, REQUESTS);
            requests.check(&table);
            let mut next = requests.iter().cycle();
            let mut buffer = RequestBuffer::new();
            group.bench_function(BenchmarkId::from_parameter(rules), |bencher| {
                bencher.iter(|| {
                    let Some(head) = next.next() else { return };
                    black_box(table.route(black_box(&head), &mut buffer));
                });
            });
        }
        group.finish();
    }
}

fn compile(criterion: &mut Criterion) {
    for spread in Spread::ALL {
        let mut group = criterion.benchmark_group(format!("compile/{}", spread.label()));
        group.sample_size(10);
        for rules in RULES {
            group.throughput(Throughput::Elements(rules as u64));
            group.bench_function(BenchmarkId::from_parameter(rules), |bencher| {
                bencher.iter_batched(
                    || spread.changes(rules),
                    |changes| {
                        let mut router = Router::new(Options::new());
                        router.apply_all(changes);
                        router.publish()
                    },
                    BatchSize::PerIteration,
                );
            });
        }
        group.finish();
    }
}

fn change(criterion: &mut Criterion) {
    for spread in Spread::ALL {
        for rules in RULES {
            let mut group = criterion.benchmark_group(format!("change/{}/{rules}", spread.label()));
            let mut router = spread.router(rules);
            // The table that readers have: replaced by each publish.
            let mut current = router.publish();
            let mut chance = SmallRng::seed_from_u64(1);
            let mut turn = 0;
            group.bench_function("ingress+publish", |bencher| {
                bencher.iter_batched(
                    || {
                        turn += 1;
                        let index = chance.random_range(0..spread.ingresses(rules));
                        let key = key(index);
                        let service = if turn % 2 == 0 { key.name.clone() } else { "other".into() };
                        let extra =
                            PathRule::new(format!("/turn-{turn}"), PathType::Exact, Backend::service(&*service, 80));
                        let mut ingress = spread.ingress(index, &service);
                        ingress
                            .rules
                            .iter_mut()
                            .for_each(|rule| rule.paths.get_or_insert_default().push(extra.clone()));
                        Change::Ingress(Delta::Upsert(key, ingress))
                    },
                    |change| {
                        let effect = router.apply(change);
                        current = router.publish();
                        effect
                    },
                    BatchSize::SmallInput,
                );
            });
            group.bench_function("slice+publish", |bencher| {
                bencher.iter_batched(
                    || {
                        turn += 1;
                        let index = chance.random_range(0..spread.ingresses(rules));
                        let key = key(index);
                        let slice = slice(index + turn, &key.name);
                        Change::EndpointSlice(Delta::Upsert(key, slice))
                    },
                    |change| {
                        let effect = router.apply(change);
                        current = router.publish();
                        effect
                    },
                    BatchSize::SmallInput,
                );
            });
            group.finish();
            drop(current);
        }
    }
}

criterion_group!(benches, route, compile, change);
criterion_main!(benches);
