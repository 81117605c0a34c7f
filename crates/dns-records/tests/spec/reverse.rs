use std::net::Ipv6Addr;

use crate::table::{both, check, check_with, differ};

const CLUSTER: &str = "
    namespace shop
    service shop/web 192.168.1.100 http/tcp/80
    slice shop/web-a web http/tcp/80 = 172.0.0.1;host=ep1a 172.0.0.9
    slice shop/web-b web http/tcp/80 = 172.0.0.1;host=ep1a
    service shop/other 192.168.1.101
    slice shop/other-a other = 172.0.0.9 172.0.0.8
    service shop/dual 192.168.1.102,fd00:77::a
    service shop/six headless
    slice shop/six-a six http/tcp/80 = fd00:77:30::a;host=ep-six fd00:77:30::2:9ba6
    slice shop/orphan-a orphan http/tcp/80 = 172.0.6.1
    slice shop/shadow-a other = 192.168.1.100
";

/// A question for the PTR record of an IPv6 address, with `front` before its name (RFC 3596 2.5).
fn reverse6(front: &str, address: &str) -> &'static str {
    let address: Ipv6Addr = address.parse().unwrap();
    let nibbles: String =
        address.octets().iter().rev().map(|octet| format!("{:x}.{:x}.", octet & 15, octet >> 4)).collect();
    format!("{front}{nibbles}ip6.arpa. PTR").leak()
}

#[test]
fn an_address_leads_to_its_names() {
    check(
        CLUSTER,
        &[
            both("spec 2.3.3", "100.1.168.192.in-addr.arpa. PTR", &["PTR web.shop.svc"]),
            both("spec 2.3.3", "102.1.168.192.in-addr.arpa. PTR", &["PTR dual.shop.svc"]),
            both("spec 2.3.3; RFC 3596 2.5", reverse6("", "fd00:77::a"), &["PTR dual.shop.svc"]),
            both("spec 2.4.3", "1.0.0.172.in-addr.arpa. PTR", &["PTR ep1a.web.shop.svc"]),
            both(
                "spec 2.4.3",
                "9.0.0.172.in-addr.arpa. PTR",
                &["PTR 172-0-0-9.other.shop.svc", "PTR 172-0-0-9.web.shop.svc"],
            ),
            both("spec 2.4.3; RFC 3596 2.5", reverse6("", "fd00:77:30::a"), &["PTR ep-six.six.shop.svc"]),
            both(
                "spec 2.4.3; RFC 3596 2.5",
                reverse6("", "fd00:77:30::2:9ba6"),
                &["PTR fd00-77-30--2-9ba6.six.shop.svc"],
            ),
            both("RFC 2308 2.1", reverse6("", "fd00:77:30::b"), &["NXDOMAIN ip6.arpa."]),
            differ(
                "RFC 2308 2.1",
                reverse6("foo.", "fd00:77:30::a"),
                &["NXDOMAIN ip6.arpa."],
                &["PTR ep-six.six.shop.svc"],
            ),
            both("RFC 2308 2.1", "7.7.7.7.in-addr.arpa. PTR", &["NXDOMAIN in-addr.arpa."]),
            differ(
                "RFC 1912 2.1",
                "1.6.0.172.in-addr.arpa. PTR",
                &["NXDOMAIN in-addr.arpa."],
                &["PTR 172-0-6-1.orphan.shop.svc"],
            ),
        ],
    );
}

#[test]
fn other_types_at_an_address_have_no_data() {
    check(
        CLUSTER,
        &[
            differ(
                "RFC 8020 2",
                "100.1.168.192.in-addr.arpa. A",
                &["NODATA in-addr.arpa."],
                &["NXDOMAIN in-addr.arpa."],
            ),
            differ(
                "RFC 8020 2",
                "100.1.168.192.in-addr.arpa. TXT",
                &["NODATA in-addr.arpa."],
                &["NXDOMAIN in-addr.arpa."],
            ),
            both("RFC 2308 2.2", "100.1.168.192.in-addr.arpa. SOA", &["NODATA in-addr.arpa."]),
            differ(
                "RFC 8482 4.1",
                "100.1.168.192.in-addr.arpa. ANY",
                &["PTR web.shop.svc"],
                &["NXDOMAIN in-addr.arpa."],
            ),
        ],
    );
}

#[test]
fn names_above_an_address_exist() {
    check(
        CLUSTER,
        &[
            differ("RFC 8020 2", "168.192.in-addr.arpa. PTR", &["NODATA in-addr.arpa."], &["NXDOMAIN in-addr.arpa."]),
            differ("RFC 8020 2", "192.in-addr.arpa. A", &["NODATA in-addr.arpa."], &["NXDOMAIN in-addr.arpa."]),
            differ("RFC 8020 2", "0.0.d.f.ip6.arpa. PTR", &["NODATA ip6.arpa."], &["NXDOMAIN ip6.arpa."]),
            both("RFC 8020 2", "7.in-addr.arpa. PTR", &["NXDOMAIN in-addr.arpa."]),
            both("RFC 8020 2", "169.192.in-addr.arpa. PTR", &["NXDOMAIN in-addr.arpa."]),
            both("RFC 8020 2", "256.in-addr.arpa. PTR", &["NXDOMAIN in-addr.arpa."]),
            both("RFC 8020 2", "0192.in-addr.arpa. PTR", &["NXDOMAIN in-addr.arpa."]),
            both("RFC 2308 2.2", "in-addr.arpa. PTR", &["NODATA in-addr.arpa."]),
            both("RFC 2308 2.1", "x.100.1.168.192.in-addr.arpa. PTR", &["NXDOMAIN in-addr.arpa."]),
            differ("RFC 8020 2", "svc.in-addr.arpa. A", &["NXDOMAIN in-addr.arpa."], &["NODATA in-addr.arpa."]),
            both("RFC 2308 2.1", "web.shop.svc.in-addr.arpa. A", &["NXDOMAIN in-addr.arpa."]),
            both("RFC 2308 2.1", "100.0.0.10 PTR", &["NXDOMAIN"]),
        ],
    );
}

#[test]
fn zones_of_ranges_answer_for_themselves() {
    let options = |config: dns_records::ZoneConfig| {
        let ranges = dns_records::ZoneConfig::new("cluster.local").and_then(|new| new.with_zone("192.168.0.0/15"));
        let conformance = if format!("{config:?}").contains("conformance: CoreDns") {
            dns_records::Conformance::CoreDns
        } else {
            dns_records::Conformance::Rfc
        };
        ranges.unwrap().with_conformance(conformance)
    };
    check_with(
        CLUSTER,
        options,
        &[
            both("RFC 2308 3", "101.1.168.192.in-addr.arpa. PTR", &["PTR other.shop.svc"]),
            both("RFC 2308 3", "7.1.168.192.in-addr.arpa. PTR", &["NXDOMAIN 168.192.in-addr.arpa."]),
            both("RFC 2308 3", "7.1.169.192.in-addr.arpa. PTR", &["NXDOMAIN 169.192.in-addr.arpa."]),
            both("RFC 1035 4.3", "1.0.0.172.in-addr.arpa. PTR", &["not ours"]),
            both(
                "RFC 1035 3.3.13",
                "168.192.in-addr.arpa. SOA",
                &["SOA ns.dns.168.192.in-addr.arpa. hostmaster.168.192.in-addr.arpa. 7 7200 1800 86400 5"],
            ),
        ],
    );
}
