use crate::table::{both, check, check_with, differ};

const CLUSTER: &str = "
    namespace shop
    service shop/web 10.0.0.1 http/tcp/80
    slice shop/web-a web http/tcp/8080 = 172.0.0.1;host=ep1a
    service shop/empty 10.0.0.2 http/tcp/80
    slice shop/empty-a empty http/tcp/8080
    service shop/six 1234:abcd::1 http/tcp/80
    service shop/dual 10.0.0.3,10::3 http/tcp/80
    service shop/two 10.0.0.4 http/tcp/80 dns/udp/53
    service shop/unnamed 10.0.0.5 -/tcp/80
    service shop/same 10.0.0.6 dns/udp/53 dns-tcp/tcp/53
    service shop/noports 10.0.0.7
    service shop/new pending http/tcp/80
    service shop/many 10.0.0.8 a/tcp/1 b/tcp/2 c/tcp/3
";

#[test]
fn a_service_has_its_cluster_ips() {
    check(
        CLUSTER,
        &[
            both("spec 2.3.1", "web.shop.svc A", &["A 10.0.0.1"]),
            both("spec 2.3.1; RFC 2308 2.2", "web.shop.svc AAAA", &["NODATA"]),
            both("spec 2.3.1", "six.shop.svc AAAA", &["AAAA 1234:abcd::1"]),
            both("spec 2.3.1; RFC 2308 2.2", "six.shop.svc A", &["NODATA"]),
            both("spec 2.3.1", "dual.shop.svc A", &["A 10.0.0.3"]),
            both("spec 2.3.1", "dual.shop.svc AAAA", &["AAAA 10::3"]),
            both("spec 2.3.1", "empty.shop.svc A", &["A 10.0.0.2"]),
            both("spec 2.3.1", "noports.shop.svc A", &["A 10.0.0.7"]),
            both("RFC 2308 2.1", "nosuch.shop.svc A", &["NXDOMAIN"]),
            both("RFC 2308 2.1", "web.nosuch.svc A", &["NXDOMAIN"]),
            both("RFC 2308 2.1", "*.shop.svc A", &["NXDOMAIN"]),
            both("RFC 2308 2.1", "any.shop.svc A", &["NXDOMAIN"]),
        ],
    );
}

#[test]
fn other_types_of_a_service_have_no_data() {
    check(
        CLUSTER,
        &[
            both("RFC 2308 2.2", "web.shop.svc TXT", &["NODATA"]),
            both("RFC 2308 2.2", "web.shop.svc CNAME", &["NODATA"]),
            both("RFC 2308 2.2", "web.shop.svc MX", &["NODATA"]),
            both("RFC 2308 2.2", "web.shop.svc NS", &["NODATA"]),
            both("RFC 2308 2.2", "web.shop.svc PTR", &["NODATA"]),
            both("RFC 2308 2.2", "web.shop.svc SOA", &["NODATA"]),
            both("RFC 2308 2.2", "web.shop.svc HTTPS", &["NODATA"]),
            both("RFC 2308 2.2", "web.shop.svc SVCB", &["NODATA"]),
            both("RFC 2308 2.2", "web.shop.svc TYPE65280", &["NODATA"]),
            both("RFC 2308 2.1", "nosuch.shop.svc TXT", &["NXDOMAIN"]),
            both("RFC 2308 2.1", "nosuch.shop.svc HINFO", &["NXDOMAIN"]),
            differ("RFC 2308 2.1", "nosuch.shop.svc SOA", &["NXDOMAIN"], &["NODATA"]),
            differ("RFC 8482 4.1", "web.shop.svc ANY", &["A 10.0.0.1"], &["NODATA"]),
            differ("RFC 8482 4.1", "six.shop.svc ANY", &["AAAA 1234:abcd::1"], &["NODATA"]),
            both("RFC 8482 4.1; RFC 2308 2.1", "nosuch.shop.svc ANY", &["NXDOMAIN"]),
        ],
    );
}

#[test]
fn ports_have_srv_records_with_addresses_of_their_targets() {
    check(
        CLUSTER,
        &[
            both(
                "spec 2.3.2",
                "_http._tcp.web.shop.svc SRV",
                &["+ web.shop.svc A 10.0.0.1", "SRV 0 100 80 web.shop.svc"],
            ),
            both("RFC 2782", "web.shop.svc SRV", &["+ A 10.0.0.1", "SRV 0 100 80 web.shop.svc"]),
            both(
                "spec 2.3.2",
                "_http._tcp.six.shop.svc SRV",
                &["+ six.shop.svc AAAA 1234:abcd::1", "SRV 0 100 80 six.shop.svc"],
            ),
            both("spec 2.3.2", "dual.shop.svc SRV", &["+ A 10.0.0.3", "+ AAAA 10::3", "SRV 0 50 80 dual.shop.svc"]),
            both(
                "spec 2.3.2",
                "two.shop.svc SRV",
                &["+ A 10.0.0.4", "SRV 0 50 80 two.shop.svc", "SRV 0 50 53 two.shop.svc"],
            ),
            both(
                "spec 2.3.2",
                "_dns._udp.two.shop.svc SRV",
                &["+ two.shop.svc A 10.0.0.4", "SRV 0 100 53 two.shop.svc"],
            ),
            both("RFC 2782", "unnamed.shop.svc SRV", &["+ A 10.0.0.5", "SRV 0 100 80 unnamed.shop.svc"]),
            both("RFC 2782", "same.shop.svc SRV", &["+ A 10.0.0.6", "SRV 0 50 53 same.shop.svc"]),
            both(
                "RFC 2782",
                "many.shop.svc SRV",
                &["+ A 10.0.0.8", "SRV 0 33 1 many.shop.svc", "SRV 0 33 2 many.shop.svc", "SRV 0 33 3 many.shop.svc"],
            ),
            both("RFC 2308 2.2", "noports.shop.svc SRV", &["NODATA"]),
            both("RFC 2308 2.1", "_http._udp.web.shop.svc SRV", &["NXDOMAIN"]),
            both("RFC 2308 2.1", "_https._tcp.web.shop.svc SRV", &["NXDOMAIN"]),
            both("RFC 2308 2.1", "_https._tcp.web.shop.svc A", &["NXDOMAIN"]),
            both("RFC 2308 2.1", "_http._tcp.noports.shop.svc SRV", &["NXDOMAIN"]),
            both("RFC 2308 2.1", "_http._tcp.ep1a.web.shop.svc SRV", &["NXDOMAIN"]),
        ],
    );
}

#[test]
fn a_port_answers_with_the_addresses_too_and_underscores_may_be_missing() {
    check(
        CLUSTER,
        &[
            both("RFC 2782", "_http._tcp.web.shop.svc A", &["A 10.0.0.1"]),
            both("RFC 2782", "http.tcp.web.shop.svc SRV", &["+ web.shop.svc A 10.0.0.1", "SRV 0 100 80 web.shop.svc"]),
            both(
                "RFC 4343 3",
                "_HTTP._Tcp.web.shop.svc SRV",
                &["+ web.shop.svc A 10.0.0.1", "SRV 0 100 80 web.shop.svc"],
            ),
            both(
                "RFC 2782",
                "_._tcp.unnamed.shop.svc SRV",
                &["+ unnamed.shop.svc A 10.0.0.5", "SRV 0 100 80 unnamed.shop.svc"],
            ),
            both("RFC 2308 2.2", "_http._tcp.web.shop.svc AAAA", &["NODATA"]),
        ],
    );
}

#[test]
fn names_between_a_port_and_its_service_exist() {
    check(
        CLUSTER,
        &[
            differ("RFC 8020 2", "_tcp.web.shop.svc SRV", &["NODATA"], &["NXDOMAIN"]),
            differ("RFC 8020 2", "_tcp.web.shop.svc A", &["NODATA"], &["NXDOMAIN"]),
            both("RFC 8020 2", "_udp.web.shop.svc SRV", &["NXDOMAIN"]),
            both("RFC 8020 2", "_tcp.noports.shop.svc SRV", &["NXDOMAIN"]),
        ],
    );
}

#[test]
fn endpoints_have_names_below_a_service_with_a_cluster_ip() {
    check(
        CLUSTER,
        &[
            both("spec 2.4.1", "ep1a.web.shop.svc A", &["A 172.0.0.1"]),
            both("spec 2.4.1", "ep1a.web.shop.svc AAAA", &["NODATA"]),
            both("RFC 2782", "ep1a.web.shop.svc SRV", &["+ A 172.0.0.1", "SRV 0 100 8080 ep1a.web.shop.svc"]),
            both("RFC 2308 2.1", "172-0-0-1.web.shop.svc A", &["NXDOMAIN"]),
            both("RFC 2308 2.1", "ep2.web.shop.svc A", &["NXDOMAIN"]),
        ],
    );
}

#[test]
fn a_service_without_a_cluster_ip_yet_is_empty() {
    check(
        CLUSTER,
        &[
            both("RFC 2308 2.2", "new.shop.svc A", &["NODATA"]),
            both("RFC 2308 2.2", "new.shop.svc SRV", &["NODATA"]),
            both("RFC 2308 2.2", "_http._tcp.new.shop.svc SRV", &["NODATA"]),
        ],
    );
}

#[test]
fn a_ttl_applies_to_every_record_but_the_soa_is_kept_shorter() {
    check_with(
        CLUSTER,
        |config| config.with_ttl(3600).unwrap(),
        &[
            both("RFC 1035 3.2.1", "web.shop.svc A", &["3600 A 10.0.0.1"]),
            both("spec 2.2", "dns-version TXT", &["28800 TXT \"1.1.0\""]),
            both("RFC 2308 5", "@ SOA", &["300 SOA ns.dns hostmaster 7 7200 1800 86400 3600"]),
        ],
    );
    check_with(
        CLUSTER,
        |config| config.with_ttl(0).unwrap(),
        &[
            both("RFC 1035 3.2.1", "web.shop.svc A", &["0 A 10.0.0.1"]),
            both("RFC 2308 5", "@ SOA", &["0 SOA ns.dns hostmaster 7 7200 1800 86400 0"]),
        ],
    );
}
