use crate::table::{both, check, differ};

const CLUSTER: &str = "
    namespace shop
    service shop/web 10.0.0.1 http/tcp/80
    service shop/db headless
    slice shop/db-a db http/tcp/80 = 10.1.0.1;host=EP-a 10.1.0.2
    service shop/inside ->web.shop.svc.cluster.local.
    own 192.0.2.53
";

#[test]
fn names_are_compared_without_regard_to_case_and_answered_as_asked() {
    check(
        CLUSTER,
        &[
            both("RFC 4343 3", "wEB.ShOp.sVC.CLusTer.locaL. A", &["A 10.0.0.1"]),
            both("RFC 4343 3", "WEB.SHOP.SVC.CLUSTER.LOCAL. A", &["A 10.0.0.1"]),
            both("RFC 4343 3", "ep-A.DB.shop.svc A", &["A 10.1.0.1"]),
            both("RFC 4343 3", "10-1-0-2.DB.shop.svc A", &["A 10.1.0.2"]),
            both("RFC 4343 3", "nosuch.SHOP.svc A", &["NXDOMAIN"]),
            both("RFC 4343 3", "1.0.0.10.In-Addr.ARPA. PTR", &["PTR web.shop.svc"]),
            both("RFC 4343 3", "INSIDE.shop.svc A", &["CNAME web.shop.svc", "web.shop.svc A 10.0.0.1"]),
            both("RFC 4343 3", "DNS-Version TXT", &["28800 TXT \"1.1.0\""]),
        ],
    );
}

#[test]
fn generated_names_end_in_the_zone_as_it_was_asked() {
    check(
        CLUSTER,
        &[
            both(
                "RFC 4343 4",
                "_http._tcp.web.shop.SVC.Cluster.Local. SRV",
                &["+ web.shop.svc.Cluster.Local. A 10.0.0.1", "SRV 0 100 80 web.shop.svc.Cluster.Local."],
            ),
            both(
                "RFC 4343 4",
                "db.shop.svc.CLUSTER.local. SRV",
                &[
                    "+ 10-1-0-2.db.shop.svc.CLUSTER.local. A 10.1.0.2",
                    "+ EP-a.db.shop.svc.CLUSTER.local. A 10.1.0.1",
                    "SRV 0 50 80 10-1-0-2.db.shop.svc.CLUSTER.local.",
                    "SRV 0 50 80 EP-a.db.shop.svc.CLUSTER.local.",
                ],
            ),
            both(
                "RFC 4343 4",
                "CLUSTER.Local. SOA",
                &["SOA ns.dns.CLUSTER.Local. hostmaster.CLUSTER.Local. 7 7200 1800 86400 5"],
            ),
        ],
    );
}

#[test]
fn capitals_in_the_zone_change_nothing() {
    check(
        CLUSTER,
        &[
            differ(
                "RFC 4343 3",
                "CLUSTER.local. NS",
                &["+ ns.dns.CLUSTER.local. A 192.0.2.53", "NS ns.dns.CLUSTER.local."],
                &["NODATA"],
            ),
            differ("RFC 4343 3", "ns.dns.CLUSTER.local. A", &["A 192.0.2.53"], &["NXDOMAIN"]),
            both("RFC 4343 3", "NS.DNS.cluster.local. A", &["A 192.0.2.53"]),
        ],
    );
}
