//! Time of what happens to a name before a server sees it: a default Pod's file parsed and read, its list of names, and the whole walk of a
//! name outside, four candidates, one server that answers at once.
//!
//! Before the times it prints allocations. A walk is made of vectors and boxed names, some twenty allocations for each query; beside a
//! query's way over the network that is nothing, so there is no budget. How time grows with the input is `resolv_linear`'s matter.
#![allow(unsafe_code, reason = "a global allocator that counts can't be written without")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::hint::black_box;
use std::sync::atomic::{AtomicU64, Ordering};

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use k8s_resolv_conf::{
    Environment, Existence, GlibcVersion, Lookup, MuslVersion, QueryName, QueryType, ResolvConf, ResolverConfig,
    StubResolver, best_ndots, cost,
};

static ALLOCATIONS: AtomicU64 = AtomicU64::new(0);

/// The system's allocator, which counts its calls.
struct Counting;

// SAFETY: every call is passed on to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
        // SAFETY: the caller keeps to the contract of `alloc`, which is the same here.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: `block` came from `alloc` above, that is from the system's allocator.
        unsafe { System.dealloc(block, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const RESOLVERS: [(&str, StubResolver); 5] = [
    ("glibc", StubResolver::Glibc(GlibcVersion::V2_36)),
    ("musl", StubResolver::Musl(MuslVersion::V1_2_6)),
    ("go", StubResolver::Go),
    ("c-ares", StubResolver::CAres),
    ("hickory", StubResolver::Hickory),
];

/// A default Pod's file, as containerd writes it.
const FILE: &[u8] =
    b"search shop.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n";

fn config(resolver: StubResolver) -> ResolverConfig {
    resolver.read(&ResolvConf::parse(FILE), &Environment::new()).result.expect("a file that every resolver takes")
}

/// What `work` allocates, printed.
fn allocations<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let before = ALLOCATIONS.load(Ordering::Relaxed);
    let made = black_box(work());
    println!("{what}: {} allocations", ALLOCATIONS.load(Ordering::Relaxed) - before);
    made
}

fn file(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("file");
    let parsed = allocations("file/parse", || ResolvConf::parse(FILE));
    group.bench_function("parse", |bencher| bencher.iter(|| ResolvConf::parse(black_box(FILE))));
    let environment = Environment::new();
    for (label, resolver) in RESOLVERS {
        allocations(&format!("file/read/{label}"), || resolver.read(&parsed, &environment));
        group.bench_function(BenchmarkId::new("read", label), |bencher| {
            bencher.iter(|| resolver.read(black_box(&parsed), &environment));
        });
    }
    group.finish();
}

/// Only the name outside exists.
fn outside(name: &QueryName, _: QueryType) -> Existence {
    if name.labels().count() == 3 { Existence::Address } else { Existence::NoSuchName }
}

fn walk(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("walk");
    for (label, resolver) in RESOLVERS {
        let config = config(resolver);
        let lookup = Lookup::new(resolver, &config, "api.example.com");
        allocations(&format!("walk/names/{label}"), || lookup.candidates());
        let queries =
            allocations(&format!("walk/lookup/{label}"), || cost(&lookup, 0, outside)).map(|cost| cost.queries);
        assert_eq!(queries, Ok(8), "a pair for each of four names");
        group.bench_function(BenchmarkId::new("names", label), |bencher| {
            bencher.iter(|| black_box(&lookup).candidates());
        });
        group.bench_function(BenchmarkId::new("lookup", label), |bencher| {
            bencher.iter(|| cost(black_box(&lookup), 0, outside));
        });
        group.bench_function(BenchmarkId::new("best-ndots", label), |bencher| {
            bencher.iter(|| best_ndots(&["web", "db.data", "api.example.com"], &config, resolver, outside));
        });
    }
    group.finish();
}

criterion_group!(benches, file, walk);
criterion_main!(benches);
