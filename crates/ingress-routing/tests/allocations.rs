//! Routing and choosing a certificate allocate nothing.
#![allow(unsafe_code, reason = "a global allocator that counts can't be written without")]

#[path = "common/mod.rs"]
mod common;

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::fmt::Write as _;

use common::cluster;
use ingress_routing::model::{Change, TlsSecret};
use ingress_routing::{
    CertificateFacts, Fingerprint, HostFallback, KeyKind, Options, Outcome, RequestBuffer, RequestHead, Scheme,
};
use object_change::Delta;

thread_local! {
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
}

/// The system's allocator, which counts the calls of each thread.
struct Counting;

// SAFETY: every call is passed on to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: the caller keeps to the contract of `alloc`, which is the same here.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: `block` came from `alloc` above, that is from the system's allocator.
        unsafe { System.dealloc(block, layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count();
        // SAFETY: as for `dealloc`.
        unsafe { System.realloc(block, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn count() {
    // A thread that is about to end has no counter any more, and nothing to count.
    let _ = ALLOCATIONS.try_with(|allocations| allocations.set(allocations.get() + 1));
}

fn allocations(work: impl FnOnce()) -> u64 {
    let before = ALLOCATIONS.get();
    work();
    ALLOCATIONS.get() - before
}

const CLUSTER: &str = "
ingress n/i @10
tls web-tls a.example
default dflt:80
host a.example
  Prefix / web:80
  Exact /exact web:80
  Prefix /deep/er/and/deeper gone:80
  Prefix /bucket bucket/files
host *.b.example
  Prefix /b web:80
ingress n/closed @20
annotation nginx.ingress.kubernetes.io/auth-url http://x
host a.example
  Prefix /closed web:80
service n/gone absent
";

#[test]
fn the_counter_counts() {
    assert_eq!(allocations(|| drop(std::hint::black_box(Box::new(7)))), 1);
}

#[test]
fn routing_allocates_nothing() {
    let mut kinds = std::collections::BTreeSet::new();
    for fallback in [HostFallback::Never, HostFallback::OnPathMiss] {
        let mut router = cluster::router(Options::new().with_host_fallback(fallback), CLUSTER);
        let facts = CertificateFacts::new(["a.example"], 0, 1_000, KeyKind::Ed25519, Fingerprint([7; 32]));
        router.apply(Change::Secret(Delta::Upsert(cluster::key("n/web-tls"), TlsSecret::Usable(facts))));
        let tables = [router.publish(), ingress_routing::Router::new(Options::new()).publish()];
        let mut location = String::with_capacity(1_000);
        for table in &tables {
            let mut buffer = RequestBuffer::with_path_capacity(1_000);
            for host in ["a.example", "A.example.:80", "x.b.example", "b.example", "192.0.2.1", "[::1]", "a..b", ""] {
                for path in [
                    "/",
                    "/exact",
                    "/exact/",
                    "/deep/er/and/deeper/still",
                    "/x/../%65xact",
                    "/bucket/ü",
                    "/closed?x",
                    "/%zz",
                    "*",
                ] {
                    for scheme in [Scheme::Http, Scheme::Https] {
                        let head = RequestHead::new("GET", path).with_host(host).with_scheme(scheme);
                        let mut kind = "";
                        let count = allocations(|| {
                            let outcome = table.route(&head, &mut buffer);
                            kind = match outcome {
                                Outcome::Forward(_) => "forward",
                                Outcome::Respond { .. } => "respond",
                                Outcome::Redirect { redirect, .. } => {
                                    location.clear();
                                    write!(location, "{redirect}").unwrap();
                                    "redirect"
                                }
                                Outcome::Malformed(_) => "malformed",
                                _ => unreachable!(),
                            };
                        });
                        assert_eq!(count, 0, "{scheme} {host} {path}");
                        kinds.insert(kind);
                    }
                }
            }
        }
    }
    assert_eq!(kinds.len(), 4, "{kinds:?}");
}

#[test]
fn choosing_a_certificate_allocates_nothing() {
    let mut router = cluster::router(Options::new(), CLUSTER);
    let facts = CertificateFacts::new(["a.example"], 0, 1_000, KeyKind::Ed25519, Fingerprint([7; 32]));
    router.apply(Change::Secret(Delta::Upsert(cluster::key("n/web-tls"), TlsSecret::Usable(facts))));
    let table = router.publish();
    for server_name in ["a.example", "A.EXAMPLE", "x.b.example", "example"] {
        let count = allocations(|| {
            let mut buffer = ingress_routing::HostBuffer::new();
            let host = ingress_routing::Host::parse(server_name, &mut buffer).unwrap();
            std::hint::black_box(table.certificate(Some(&host), 500));
        });
        assert_eq!(count, 0, "{server_name}");
    }
}
