use crate::table::{both, check, differ};

const CLUSTER: &str = "
    namespace kube-system
    namespace shop
    service kube-system/kube-dns 10.0.0.10,fd00::10 dns/udp/53
    slice kube-system/kube-dns-a kube-dns dns/udp/53 = 172.0.0.100 172.0.0.101
    own 172.0.0.100
";

#[test]
fn the_zone_has_an_soa_record_and_a_version() {
    check(
        CLUSTER,
        &[
            both("RFC 1035 3.3.13", "@ SOA", &["SOA ns.dns hostmaster 7 7200 1800 86400 5"]),
            both("spec 2.2", "dns-version TXT", &["28800 TXT \"1.1.0\""]),
            differ("RFC 8020 2", "dns-version A", &["NODATA"], &["NXDOMAIN"]),
            differ("RFC 8020 2", "dns-version SRV", &["NODATA"], &["NXDOMAIN"]),
            differ("RFC 8482 4.1", "@ ANY", &["SOA ns.dns hostmaster 7 7200 1800 86400 5"], &["NODATA"]),
        ],
    );
}

#[test]
fn nodes_without_records_of_their_own_exist() {
    check(
        CLUSTER,
        &[
            both("RFC 2308 2.2", "@ A", &["NODATA"]),
            both("RFC 2308 2.2", "@ MX", &["NODATA"]),
            both("RFC 8020 2", "svc A", &["NODATA"]),
            both("RFC 8020 2", "svc NS", &["NODATA"]),
            both("RFC 8020 2", "pod A", &["NODATA"]),
            both("RFC 8020 2", "shop.svc A", &["NODATA"]),
            both("RFC 8020 2", "shop.svc NS", &["NODATA"]),
            differ("RFC 8020 2", "@ TXT", &["NODATA"], &["NXDOMAIN"]),
            differ("RFC 8020 2", "svc TXT", &["NODATA"], &["NXDOMAIN"]),
            differ("RFC 8020 2", "shop.svc TXT", &["NODATA"], &["NXDOMAIN"]),
            differ("RFC 8020 2", "dns A", &["NODATA"], &["NXDOMAIN"]),
            both("RFC 2308 2.1", "foo NS", &["NXDOMAIN"]),
            both("RFC 2308 2.1", "foo.svc NS", &["NXDOMAIN"]),
            both("RFC 2308 2.1", "ns A", &["NXDOMAIN"]),
            both("RFC 2308 2.1", "default A", &["NXDOMAIN"]),
            both("RFC 2308 2.1", "a.b.c.d.e.f.svc A", &["NXDOMAIN"]),
            differ("RFC 2308 2.1", "foo SOA", &["NXDOMAIN"], &["NODATA"]),
        ],
    );
}

#[test]
fn name_servers_are_the_service_that_the_server_is_an_endpoint_of() {
    check(
        CLUSTER,
        &[
            both(
                "RFC 1034 4.2.1",
                "@ NS",
                &[
                    "+ kube-dns.kube-system.svc A 10.0.0.10",
                    "+ kube-dns.kube-system.svc AAAA fd00::10",
                    "NS kube-dns.kube-system.svc",
                ],
            ),
            both("RFC 1035 3.3.13", "ns.dns A", &["A 10.0.0.10"]),
            both("RFC 1035 3.3.13", "ns.dns AAAA", &["AAAA fd00::10"]),
            both("RFC 2308 2.2", "ns.dns SRV", &["NODATA"]),
            differ("RFC 8020 2", "ns.dns TXT", &["NODATA"], &["NXDOMAIN"]),
            differ("RFC 8020 2", "ns.dns PTR", &["NODATA"], &["NXDOMAIN"]),
        ],
    );
}

#[test]
fn name_servers_are_the_endpoints_of_a_headless_service() {
    let cluster = "
        namespace kube-system
        service kube-system/dns headless
        slice kube-system/dns-a dns dns/udp/53 = 172.0.0.100;host=ns-a 172.0.0.101
        own 172.0.0.100
    ";
    check(
        cluster,
        &[both(
            "RFC 1034 4.2.1",
            "@ NS",
            &[
                "+ 172-0-0-101.dns.kube-system.svc A 172.0.0.101",
                "+ ns-a.dns.kube-system.svc A 172.0.0.100",
                "NS 172-0-0-101.dns.kube-system.svc",
                "NS ns-a.dns.kube-system.svc",
            ],
        )],
    );
}

#[test]
fn outside_of_a_cluster_the_server_names_itself() {
    let cluster = "
        namespace shop
        own 192.0.2.53 2001:db8::53
    ";
    check(
        cluster,
        &[
            both("RFC 1034 4.2.1", "@ NS", &["+ ns.dns A 192.0.2.53", "+ ns.dns AAAA 2001:db8::53", "NS ns.dns"]),
            both("RFC 1034 4.2.1", "ns.dns A", &["A 192.0.2.53"]),
            both("RFC 1034 4.2.1", "ns.dns AAAA", &["AAAA 2001:db8::53"]),
            both(
                "RFC 1034 4.2.1",
                "in-addr.arpa. NS",
                &[
                    "+ ns.dns.in-addr.arpa. A 192.0.2.53",
                    "+ ns.dns.in-addr.arpa. AAAA 2001:db8::53",
                    "NS ns.dns.in-addr.arpa.",
                ],
            ),
        ],
    );
    check(
        "namespace shop",
        &[both("RFC 2308 2.2", "@ NS", &["NODATA"]), both("RFC 2308 2.2", "ns.dns A", &["NODATA"])],
    );
}

#[test]
fn a_reverse_zone_names_servers_where_they_have_addresses() {
    check(
        CLUSTER,
        &[differ(
            "RFC 1912 2.8",
            "in-addr.arpa. NS",
            &[
                "+ kube-dns.kube-system.svc A 10.0.0.10",
                "+ kube-dns.kube-system.svc AAAA fd00::10",
                "NS kube-dns.kube-system.svc",
            ],
            &[
                "+ kube-dns.kube-system.svc.in-addr.arpa. A 10.0.0.10",
                "+ kube-dns.kube-system.svc.in-addr.arpa. AAAA fd00::10",
                "NS kube-dns.kube-system.svc.in-addr.arpa.",
            ],
        )],
    );
}

#[test]
fn slices_of_no_service_make_no_name_server() {
    let cluster = "
        namespace kube-system
        slice kube-system/dns-a dns dns/udp/53 = 172.0.0.100
        own 172.0.0.100
    ";
    check(cluster, &[differ("RFC 1912 2.8", "@ NS", &["+ ns.dns A 172.0.0.100", "NS ns.dns"], &["NODATA"])]);
}

#[test]
fn names_of_other_zones_are_not_ours() {
    check(
        CLUSTER,
        &[
            both("RFC 1034 4.3.2", "example.com. A", &["not ours"]),
            both("RFC 1034 4.3.2", "local. SOA", &["not ours"]),
            both("RFC 1034 4.3.2", "xcluster.local. A", &["not ours"]),
            both("RFC 1034 4.3.2", ". NS", &["not ours"]),
        ],
    );
}
