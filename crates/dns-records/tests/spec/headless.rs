use crate::table::{both, check, differ};

const CLUSTER: &str = "
    namespace shop
    service shop/db headless http/tcp/80
    slice shop/db-a db http/tcp/80 = 172.0.0.2 172.0.0.3 172.0.0.4;host=dup-name 172.0.0.5;host=dup-name 5678:abcd::1 5678:abcd::2
    service shop/noports headless
    slice shop/noports-a noports = 172.0.0.20
    service shop/gone headless http/tcp/80
    slice shop/gone-a gone http/tcp/80 = 172.0.0.30;unready
    service shop/none headless http/tcp/80
    service shop/nonumber headless
    slice shop/nonumber-a nonumber http/tcp/- = 172.0.0.40
    service shop/stateful headless http/tcp/80
    slice shop/stateful-4 stateful http/tcp/80 = 172.0.1.1;host=web-0 172.0.1.2;host=web-1 172.0.1.3;host=web-2
    slice shop/stateful-6 stateful http/tcp/80 = fd00::1;host=web-0 fd00::2;host=web-1 fd00::3;host=web-2
    service shop/skew headless http/tcp/80
    slice shop/skew-a skew http/tcp/80 = 172.0.2.1
    slice shop/skew-b skew http/tcp/80 = 172.0.2.1
    service shop/ports headless
    slice shop/ports-a ports a/tcp/1 = 172.0.3.1
    slice shop/ports-b ports b/udp/2 = 172.0.3.2
    service shop/zero headless http/tcp/80
    slice shop/zero-a zero http/tcp/80 = fd00::
    service shop/odd headless
    slice shop/odd-a odd -/tcp/80 x/tcp/80 x/tcp/80 = 172.0.4.1
    service shop/taken headless
    slice shop/taken-a taken http/tcp/80 = 172.0.5.1 172.0.5.2;host=172-0-5-1
    slice shop/orphan-a orphan http/tcp/80 = 172.0.6.1
    slice shop/nobody - http/tcp/80 = 172.0.7.1
    service shop/hosts headless http/tcp/80
    slice shop/hosts-a hosts http/tcp/80 = name:db.example.com
";

#[test]
fn a_service_has_the_addresses_of_its_ready_endpoints() {
    check(
        CLUSTER,
        &[
            both("spec 2.4.1", "db.shop.svc A", &["A 172.0.0.2", "A 172.0.0.3", "A 172.0.0.4", "A 172.0.0.5"]),
            both("spec 2.4.1", "db.shop.svc AAAA", &["AAAA 5678:abcd::1", "AAAA 5678:abcd::2"]),
            both("spec 2.4.1", "noports.shop.svc A", &["A 172.0.0.20"]),
            both("spec 2.4.1; RFC 2308 2.2", "noports.shop.svc AAAA", &["NODATA"]),
            both("RFC 2308 2.2", "db.shop.svc TXT", &["NODATA"]),
            both("spec 2.4.1; RFC 2181 5", "skew.shop.svc A", &["A 172.0.2.1"]),
            both("spec 2.4.1", "ports.shop.svc A", &["A 172.0.3.1", "A 172.0.3.2"]),
            differ("RFC 8482 4.1", "noports.shop.svc ANY", &["A 172.0.0.20"], &["NODATA"]),
        ],
    );
}

#[test]
fn without_a_ready_endpoint_there_is_no_name() {
    check(
        CLUSTER,
        &[
            both("spec 2.4.1", "gone.shop.svc A", &["NXDOMAIN"]),
            both("spec 2.4.1", "gone.shop.svc TXT", &["NXDOMAIN"]),
            both("spec 2.4.1", "172-0-0-30.gone.shop.svc A", &["NXDOMAIN"]),
            both("spec 2.4.1", "none.shop.svc A", &["NXDOMAIN"]),
            both("spec 2.4.2", "_http._tcp.none.shop.svc SRV", &["NXDOMAIN"]),
            both("RFC 8020 2", "_tcp.none.shop.svc SRV", &["NXDOMAIN"]),
            both("spec 2.4.1", "orphan.shop.svc A", &["NXDOMAIN"]),
            both("spec 2.4.1", "172-0-6-1.orphan.shop.svc A", &["NXDOMAIN"]),
        ],
    );
}

#[test]
fn an_endpoint_has_a_name_of_its_own() {
    check(
        CLUSTER,
        &[
            both("spec 2.4.1", "172-0-0-2.db.shop.svc A", &["A 172.0.0.2"]),
            both("spec 2.4.1", "172-0-0-2.db.shop.svc AAAA", &["NODATA"]),
            both("spec 2.4.1", "dup-name.db.shop.svc A", &["A 172.0.0.4", "A 172.0.0.5"]),
            both("spec 2.4.1", "5678-abcd--1.db.shop.svc AAAA", &["AAAA 5678:abcd::1"]),
            both("spec 2.4.1", "fd00--0.zero.shop.svc AAAA", &["AAAA fd00::"]),
            both("spec 2.4.1", "172-0-0-20.noports.shop.svc A", &["A 172.0.0.20"]),
            both("spec 2.4.1", "web-0.stateful.shop.svc A", &["A 172.0.1.1"]),
            both("spec 2.4.1", "web-0.stateful.shop.svc AAAA", &["AAAA fd00::1"]),
            both("RFC 2308 2.1", "172-0-0-4.db.shop.svc A", &["NXDOMAIN"]),
            both("RFC 2308 2.1", "bogus.db.shop.svc A", &["NXDOMAIN"]),
            both("RFC 2308 2.1", "bogus.db.shop.svc TXT", &["NXDOMAIN"]),
            both("RFC 2308 2.1", "bogus.nosuch.shop.svc A", &["NXDOMAIN"]),
            both("RFC 2308 2.1", "5678-ABCD-0--1.db.shop.svc AAAA", &["NXDOMAIN"]),
            both("spec 2.4.1", "172-0-5-1.taken.shop.svc A", &["A 172.0.5.1", "A 172.0.5.2"]),
        ],
    );
}

#[test]
fn ports_have_srv_records_for_each_endpoint() {
    check(
        CLUSTER,
        &[
            both(
                "spec 2.4.2; RFC 2782",
                "_http._tcp.db.shop.svc SRV",
                &[
                    "+ 172-0-0-2.db.shop.svc A 172.0.0.2",
                    "+ 172-0-0-3.db.shop.svc A 172.0.0.3",
                    "+ 5678-abcd--1.db.shop.svc AAAA 5678:abcd::1",
                    "+ 5678-abcd--2.db.shop.svc AAAA 5678:abcd::2",
                    "+ dup-name.db.shop.svc A 172.0.0.4",
                    "+ dup-name.db.shop.svc A 172.0.0.5",
                    "SRV 0 16 80 172-0-0-2.db.shop.svc",
                    "SRV 0 16 80 172-0-0-3.db.shop.svc",
                    "SRV 0 16 80 5678-abcd--1.db.shop.svc",
                    "SRV 0 16 80 5678-abcd--2.db.shop.svc",
                    "SRV 0 16 80 dup-name.db.shop.svc",
                ],
            ),
            both(
                "spec 2.4.2; RFC 2782",
                "stateful.shop.svc SRV",
                &[
                    "+ web-0.stateful.shop.svc A 172.0.1.1",
                    "+ web-0.stateful.shop.svc AAAA fd00::1",
                    "+ web-1.stateful.shop.svc A 172.0.1.2",
                    "+ web-1.stateful.shop.svc AAAA fd00::2",
                    "+ web-2.stateful.shop.svc A 172.0.1.3",
                    "+ web-2.stateful.shop.svc AAAA fd00::3",
                    "SRV 0 16 80 web-0.stateful.shop.svc",
                    "SRV 0 16 80 web-1.stateful.shop.svc",
                    "SRV 0 16 80 web-2.stateful.shop.svc",
                ],
            ),
            both(
                "RFC 2782",
                "skew.shop.svc SRV",
                &["+ 172-0-2-1.skew.shop.svc A 172.0.2.1", "SRV 0 50 80 172-0-2-1.skew.shop.svc"],
            ),
            both(
                "spec 2.4.2",
                "_a._tcp.ports.shop.svc SRV",
                &["+ 172-0-3-1.ports.shop.svc A 172.0.3.1", "SRV 0 100 1 172-0-3-1.ports.shop.svc"],
            ),
            both("spec 2.4.2", "_b._udp.ports.shop.svc A", &["A 172.0.3.2"]),
            both(
                "spec 2.4.2",
                "ports.shop.svc SRV",
                &[
                    "+ 172-0-3-1.ports.shop.svc A 172.0.3.1",
                    "+ 172-0-3-2.ports.shop.svc A 172.0.3.2",
                    "SRV 0 50 1 172-0-3-1.ports.shop.svc",
                    "SRV 0 50 2 172-0-3-2.ports.shop.svc",
                ],
            ),
            both("RFC 2308 2.1", "_b._tcp.ports.shop.svc SRV", &["NXDOMAIN"]),
            both("RFC 2308 2.1", "_http._udp.db.shop.svc A", &["NXDOMAIN"]),
            both("RFC 2308 2.2", "noports.shop.svc SRV", &["NODATA"]),
            both("RFC 2308 2.2", "nonumber.shop.svc SRV", &["NODATA"]),
            both("RFC 2308 2.2", "_http._tcp.nonumber.shop.svc SRV", &["NODATA"]),
            both("RFC 2308 2.2", "_http._tcp.nonumber.shop.svc A", &["A 172.0.0.40"]),
            both(
                "RFC 2782; RFC 2181 5",
                "odd.shop.svc SRV",
                &["+ 172-0-4-1.odd.shop.svc A 172.0.4.1", "SRV 0 33 80 172-0-4-1.odd.shop.svc"],
            ),
            both(
                "RFC 2782",
                "taken.shop.svc SRV",
                &[
                    "+ 172-0-5-1.taken.shop.svc A 172.0.5.1",
                    "+ 172-0-5-1.taken.shop.svc A 172.0.5.2",
                    "SRV 0 50 80 172-0-5-1.taken.shop.svc",
                ],
            ),
            both(
                "RFC 2782",
                "dup-name.db.shop.svc SRV",
                &["+ A 172.0.0.4", "+ A 172.0.0.5", "SRV 0 50 80 dup-name.db.shop.svc"],
            ),
        ],
    );
}

#[test]
fn names_between_a_port_and_its_service_exist() {
    check(
        CLUSTER,
        &[
            differ("RFC 8020 2", "_tcp.db.shop.svc SRV", &["NODATA"], &["NXDOMAIN"]),
            differ("RFC 8020 2", "_udp.ports.shop.svc A", &["NODATA"], &["NXDOMAIN"]),
            both("RFC 8020 2", "_sctp.ports.shop.svc A", &["NXDOMAIN"]),
            both("RFC 8020 2", "_tcp.noports.shop.svc A", &["NXDOMAIN"]),
        ],
    );
}

#[test]
fn a_hundred_endpoints_weigh_one_each_and_so_do_more() {
    let mut cluster = String::from("namespace shop\nservice shop/big headless\nslice shop/big-a big http/tcp/80 =");
    for at in 0..120 {
        cluster += &format!(" 172.1.0.{at}");
    }
    let snapshot =
        crate::common::cluster::snapshot(&crate::common::cluster::config(dns_records::Conformance::Rfc), &cluster);
    let lines = crate::common::ask::answer(&snapshot, "big.shop.svc SRV");
    assert_eq!(lines.iter().filter(|line| line.starts_with("SRV 0 1 80 172-1-0-")).count(), 120);
    assert_eq!(lines.iter().filter(|line| line.starts_with("+ 172-1-0-")).count(), 120);
}

#[test]
fn host_names_as_endpoints_are_the_originals_alone() {
    check(
        CLUSTER,
        &[
            differ(
                "RFC 1034 3.6.2",
                "hosts.shop.svc A",
                &["NXDOMAIN"],
                &["CNAME db.example.com.", "chase db.example.com. A"],
            ),
            differ("RFC 1034 3.6.2", "hosts.shop.svc CNAME", &["NXDOMAIN"], &["CNAME db.example.com."]),
            differ("RFC 1034 3.6.2", "hosts.shop.svc SRV", &["NXDOMAIN"], &["NODATA"]),
            differ(
                "RFC 1034 3.6.2",
                "db-example-com.hosts.shop.svc A",
                &["NXDOMAIN"],
                &["CNAME db.example.com.", "chase db.example.com. A"],
            ),
        ],
    );
}
