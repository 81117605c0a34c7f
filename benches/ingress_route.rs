//! Routing: time of a request by the number of rules and by kind, of compiling everything, and of one change.

use std::hint::black_box;
use std::net::Ipv4Addr;

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use ingress_routing::model::{
    Backend, Change, Endpoint, EndpointPort, EndpointSlice, Ingress, Kind, PathRule, PathType, Rule, Service,
    ServicePort,
};
use ingress_routing::{Options, Outcome, RequestBuffer, RequestHead, Router, Scheme};
use object_change::{Delta, ObjectKey};
use rand::rngs::SmallRng;
use rand::{RngExt as _, SeedableRng as _};

const RULES: [usize; 4] = [100, 1_000, 10_000, 100_000];
/// More than a processor keeps of branches and rules.
const REQUESTS: usize = 65_536;
const PATHS_PER_HOST: usize = 4;

/// How rules are spread.
#[derive(Clone, Copy)]
enum Shape {
    /// An Ingress for each host, with four paths.
    Hosts,
    /// As `Hosts`, with wildcards for hosts.
    Wildcards,
    /// One host; an Ingress for each of its paths.
    OneHost,
}

impl Shape {
    const ALL: [Self; 3] = [Self::Hosts, Self::Wildcards, Self::OneHost];

    const fn label(self) -> &'static str {
        match self {
            Self::Hosts => "hosts",
            Self::Wildcards => "wildcards",
            Self::OneHost => "one-host",
        }
    }

    const fn ingresses(self, rules: usize) -> usize {
        match self {
            Self::OneHost => rules,
            Self::Hosts | Self::Wildcards => rules / PATHS_PER_HOST,
        }
    }

    fn rule_host(self, index: usize) -> String {
        match self {
            Self::Hosts => format!("app-{index}.shop.example"),
            Self::Wildcards => format!("*.app-{index}.shop.example"),
            Self::OneHost => "shop.example".to_owned(),
        }
    }

    fn request_host(self, index: usize) -> String {
        self.rule_host(index).replace('*', "eu")
    }

    /// Of each request some are for a path below a prefix, some for an exact path, some for none of the rules'.
    fn targets(self, index: usize) -> Vec<String> {
        match self {
            Self::OneHost => {
                vec![format!("/service-{index}/items/4711"), format!("/service-{index}"), "/favicon.ico".into()]
            }
            Self::Hosts | Self::Wildcards => {
                ["/static/css/site.css", "/api/v1/items/4711?expand=all", "/login", "/cart"].map(Into::into).into()
            }
        }
    }

    fn ingress(self, index: usize, service: &str) -> Ingress {
        let path = |path: &str, path_type| PathRule::new(path, path_type, Backend::service(service, 80));
        let rule = Rule::new(self.rule_host(index));
        let rule = match self {
            Self::OneHost => rule.with_path(path(&format!("/service-{index}"), PathType::Prefix)),
            Self::Hosts | Self::Wildcards => rule
                .with_path(path("/", PathType::Prefix))
                .with_path(path("/api/v1", PathType::Prefix))
                .with_path(path("/static", PathType::Prefix))
                .with_path(path("/login", PathType::Exact)),
        };
        Ingress::new().with_created(index as i64).with_rule(rule)
    }
}

fn key(index: usize) -> ObjectKey {
    ObjectKey::new(format!("team-{}", index % 100), format!("app-{index}"))
}

fn changes(shape: Shape, rules: usize) -> Vec<Change> {
    let (mut ingresses, mut services, mut slices) = (Vec::new(), Vec::new(), Vec::new());
    for index in 0..shape.ingresses(rules) {
        let key = key(index);
        ingresses.push((key.clone(), shape.ingress(index, &key.name)));
        services.push((key.clone(), Service::new().with_port(ServicePort::new("http", 80))));
        slices.push((key.clone(), slice(index, &key.name)));
    }
    vec![
        Change::Service(Delta::ReplaceAll(services)),
        Change::EndpointSlice(Delta::ReplaceAll(slices)),
        Change::Ingress(Delta::ReplaceAll(ingresses)),
        Change::Synced(Kind::Secret),
    ]
}

fn slice(index: usize, service: &str) -> EndpointSlice {
    let mut slice = EndpointSlice::new(service).with_port(EndpointPort::new("http", 8080));
    for endpoint in 0..3 {
        let address = Ipv4Addr::from_bits(0x0a00_0000 + (index * 4 + endpoint) as u32);
        slice = slice.with_endpoint(Endpoint::new(address.into()));
    }
    slice
}

fn router(shape: Shape, rules: usize) -> Router {
    let mut router = Router::new(Options::new());
    router.apply_all(changes(shape, rules));
    assert!(router.missing().is_empty());
    router
}

fn route(criterion: &mut Criterion) {
    for shape in Shape::ALL {
        let mut group = criterion.benchmark_group(format!("route/{}", shape.label()));
        for rules in RULES {
            let table = router(shape, rules).publish();
            let mut chance = SmallRng::seed_from_u64(1);
            let requests: Vec<(String, String)> = (0..REQUESTS)
                .map(|_| {
                    let index = chance.random_range(0..shape.ingresses(rules));
                    let mut targets = shape.targets(index);
                    let target = targets.swap_remove(chance.random_range(0..targets.len()));
                    (shape.request_host(index), target)
                })
                .collect();
            let head = |(host, target): &'_ (String, String)| -> bool {
                let head = RequestHead::new("GET", target).with_host(host).with_scheme(Scheme::Https);
                let mut buffer = RequestBuffer::new();
                matches!(black_box(table.route(black_box(&head), &mut buffer)), Outcome::Forward(_))
            };
            let forwarded = requests.iter().filter(|request| head(request)).count();
            assert!(forwarded >= REQUESTS / 2, "{forwarded}");
            let mut next = requests.iter().cycle();
            let mut buffer = RequestBuffer::new();
            group.bench_function(BenchmarkId::from_parameter(rules), |bencher| {
                bencher.iter(|| {
                    let Some((host, target)) = next.next() else { return };
                    let head = RequestHead::new("GET", target).with_host(host).with_scheme(Scheme::Https);
                    black_box(table.route(black_box(&head), &mut buffer));
                });
            });
        }
        group.finish();
    }
}

fn compile(criterion: &mut Criterion) {
    for shape in Shape::ALL {
        let mut group = criterion.benchmark_group(format!("compile/{}", shape.label()));
        group.sample_size(10);
        for rules in RULES {
            group.throughput(Throughput::Elements(rules as u64));
            group.bench_function(BenchmarkId::from_parameter(rules), |bencher| {
                bencher.iter_batched(
                    || changes(shape, rules),
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
    for shape in Shape::ALL {
        for rules in RULES {
            let mut group = criterion.benchmark_group(format!("change/{}/{rules}", shape.label()));
            let mut router = router(shape, rules);
            // The table that readers have: replaced by each publish.
            let mut current = router.publish();
            let mut chance = SmallRng::seed_from_u64(1);
            let mut turn = 0;
            group.bench_function("ingress+publish", |bencher| {
                bencher.iter_batched(
                    || {
                        turn += 1;
                        let index = chance.random_range(0..shape.ingresses(rules));
                        let key = key(index);
                        let service = if turn % 2 == 0 { key.name.clone() } else { "other".into() };
                        let extra =
                            PathRule::new(format!("/turn-{turn}"), PathType::Exact, Backend::service(&*service, 80));
                        let mut ingress = shape.ingress(index, &service);
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
                        let index = chance.random_range(0..shape.ingresses(rules));
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
