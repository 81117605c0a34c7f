use dns_records::{ConfigError, PodMode, ZoneConfig};

use crate::table::{both, check, check_with, differ};

const CLUSTER: &str = "
    namespace shop
    service shop/web 10.0.0.1 http/tcp/80
    import shop/web 10.9.0.1 http/tcp/80
    import shop/dual 10.9.0.2,fd09::2 http/tcp/80 dns/udp/53
    import shop/noports 10.9.0.3
    import shop/new pending http/tcp/80
    import shop/db headless http/tcp/80
    slice shop/db-a db@cluster1 http/tcp/80 = 172.0.0.2 172.0.0.4;host=dup-name 172.0.0.5;host=dup-name
    slice shop/db-b db@cluster2 http/tcp/80 = 172.0.0.2 172.0.1.1
    slice shop/web-i web@cluster1 http/tcp/80 = 172.0.2.1
    import shop/gone headless http/tcp/80
    import hidden/web 10.9.0.9 http/tcp/80
";

fn with_zone(config: ZoneConfig) -> ZoneConfig {
    config.with_zone("clusterset.local").unwrap().with_multicluster_zone("clusterset.local").unwrap()
}

#[test]
fn imports_have_names_in_their_zone() {
    check_with(
        CLUSTER,
        with_zone,
        &[
            both("spec 2.3.1", "web.shop.svc.clusterset.local. A", &["A 10.9.0.1"]),
            both("spec 2.3.1", "web.shop.svc A", &["A 10.0.0.1"]),
            both("spec 2.3.1", "dual.shop.svc.clusterset.local. AAAA", &["AAAA fd09::2"]),
            both(
                "spec 2.3.2",
                "_dns._udp.dual.shop.svc.clusterset.local. SRV",
                &[
                    "+ dual.shop.svc.clusterset.local. A 10.9.0.2",
                    "+ dual.shop.svc.clusterset.local. AAAA fd09::2",
                    "SRV 0 50 53 dual.shop.svc.clusterset.local.",
                ],
            ),
            both("RFC 2308 2.1", "dual.shop.svc A", &["NXDOMAIN"]),
            differ(
                "spec 2.3.1; RFC 8020 2",
                "noports.shop.svc.clusterset.local. A",
                &["A 10.9.0.3"],
                &["NXDOMAIN clusterset.local."],
            ),
            both("RFC 2308 2.2", "new.shop.svc.clusterset.local. A", &["NODATA clusterset.local."]),
            both("RFC 2308 2.1", "web.hidden.svc.clusterset.local. A", &["NXDOMAIN clusterset.local."]),
            both("RFC 2308 2.1", "nosuch.shop.svc.clusterset.local. A", &["NXDOMAIN clusterset.local."]),
            both(
                "RFC 1035 3.3.13",
                "clusterset.local. SOA",
                &["SOA ns.dns.clusterset.local. hostmaster.clusterset.local. 7 7200 1800 86400 5"],
            ),
            both("RFC 2308 2.1", "1.0.9.10.in-addr.arpa. PTR", &["NXDOMAIN in-addr.arpa."]),
            both("RFC 2308 2.1", "1.1.0.172.in-addr.arpa. PTR", &["NXDOMAIN in-addr.arpa."]),
        ],
    );
}

#[test]
fn endpoints_are_named_by_their_cluster() {
    check_with(
        CLUSTER,
        with_zone,
        &[
            both(
                "spec 2.4.1",
                "db.shop.svc.clusterset.local. A",
                &["A 172.0.0.2", "A 172.0.0.4", "A 172.0.0.5", "A 172.0.1.1"],
            ),
            both("spec 2.4.1", "172-0-0-2.cluster1.db.shop.svc.clusterset.local. A", &["A 172.0.0.2"]),
            both("spec 2.4.1", "172-0-0-2.cluster2.db.shop.svc.clusterset.local. A", &["A 172.0.0.2"]),
            both("spec 2.4.1", "dup-name.Cluster1.db.shop.svc.clusterset.local. A", &["A 172.0.0.4", "A 172.0.0.5"]),
            both("RFC 2308 2.1", "dup-name.cluster2.db.shop.svc.clusterset.local. A", &["NXDOMAIN clusterset.local."]),
            both("RFC 2308 2.1", "dup-name.db.shop.svc.clusterset.local. A", &["NXDOMAIN clusterset.local."]),
            both("RFC 2308 2.1", "172-0-0-2.db.shop.svc.clusterset.local. A", &["NXDOMAIN clusterset.local."]),
            both("RFC 2308 2.1", "172-0-0-2.cluster3.db.shop.svc.clusterset.local. A", &["NXDOMAIN clusterset.local."]),
            differ(
                "RFC 8020 2",
                "cluster1.db.shop.svc.clusterset.local. A",
                &["NODATA clusterset.local."],
                &["NXDOMAIN clusterset.local."],
            ),
            both("RFC 2308 2.1", "gone.shop.svc.clusterset.local. A", &["NXDOMAIN clusterset.local."]),
            both(
                "spec 2.4.2",
                "_http._tcp.db.shop.svc.clusterset.local. SRV",
                &[
                    "+ 172-0-0-2.cluster1.db.shop.svc.clusterset.local. A 172.0.0.2",
                    "+ 172-0-0-2.cluster2.db.shop.svc.clusterset.local. A 172.0.0.2",
                    "+ 172-0-1-1.cluster2.db.shop.svc.clusterset.local. A 172.0.1.1",
                    "+ dup-name.cluster1.db.shop.svc.clusterset.local. A 172.0.0.4",
                    "+ dup-name.cluster1.db.shop.svc.clusterset.local. A 172.0.0.5",
                    "SRV 0 20 80 172-0-0-2.cluster1.db.shop.svc.clusterset.local.",
                    "SRV 0 20 80 172-0-0-2.cluster2.db.shop.svc.clusterset.local.",
                    "SRV 0 20 80 172-0-1-1.cluster2.db.shop.svc.clusterset.local.",
                    "SRV 0 20 80 dup-name.cluster1.db.shop.svc.clusterset.local.",
                ],
            ),
        ],
    );
}

#[test]
fn a_multicluster_zone_has_pods_too() {
    check_with(
        CLUSTER,
        |config| with_zone(config).with_pods(PodMode::Insecure),
        &[both("RFC 1035 3.4.1", "1-2-3-4.shop.pod.clusterset.local. A", &["A 1.2.3.4"])],
    );
}

#[test]
fn without_the_option_imports_do_nothing() {
    check(
        CLUSTER,
        &[
            both("RFC 1034 4.3.2", "web.shop.svc.clusterset.local. A", &["not ours"]),
            both("RFC 2308 2.1", "dual.shop.svc A", &["NXDOMAIN"]),
        ],
    );
    assert!(matches!(
        ZoneConfig::new("cluster.local").unwrap().with_multicluster_zone("clusterset.local"),
        Err(ConfigError::UnknownMulticlusterZone(_))
    ));
}
