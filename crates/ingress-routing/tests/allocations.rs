//! Routing and choosing a certificate allocate nothing.

#[path = "common/mod.rs"]
mod common;

use std::fmt::Write as _;

use common::cluster;
use ingress_routing::model::{Change, TlsSecret};
use ingress_routing::{
    CertificateFacts, Fingerprint, HostFallback, KeyKind, Options, Outcome, RequestBuffer, RequestHead, Scheme,
};
use object_change::Delta;

fn allocations(work: impl FnOnce()) -> u64 {
    allocation_counter::measure(work).count_total
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

/// Few paths of many hosts are found otherwise than many of one host, and names by wildcards otherwise than others.
#[test]
fn routing_allocates_nothing_whatever_the_shape() {
    let host = |name: &str, index: usize| format!("ingress n/i-{index}\nhost {name}\n");
    let few = "Prefix / web:80\nPrefix /api/v1 web:80\nPrefix /static web:80\nExact /login web:80\n";
    let many_hosts = |prefix: &str| -> String {
        (0..1_000).map(|index| host(&format!("{prefix}app-{index}.shop.example"), index) + few).collect()
    };
    let paths: String = (0..10_000).map(|index| format!("Prefix /service-{index} web:80\n")).collect();
    let shapes = [
        ("hosts", many_hosts(""), "app-{}.shop.example", ["/static/site.css", "/api/v1/items?all", "/login", "/cart"]),
        ("wildcards", many_hosts("*."), "eu.app-{}.shop.example", ["/static/site.css", "/api/v1", "/login", "/"]),
        (
            "one host",
            host("shop.example", 0) + &paths,
            "shop.example",
            ["/service-{}/items", "/service-{}/", "/service-{}", "/service-{}/a/b/c"],
        ),
    ];
    for (shape, cluster, name, targets) in shapes {
        let table = cluster::table(&cluster);
        let mut buffer = RequestBuffer::new();
        for index in 0..1_000 {
            let name = name.replace("{}", &index.to_string());
            for target in targets {
                let target = target.replace("{}", &index.to_string());
                let head = RequestHead::new("GET", &target).with_host(&name).with_scheme(Scheme::Https);
                let mut forwarded = false;
                let count = allocations(|| forwarded = matches!(table.route(&head, &mut buffer), Outcome::Forward(_)));
                assert!(forwarded, "{shape}: {name} {target}");
                assert_eq!(count, 0, "{shape}: {name} {target}");
            }
        }
    }
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
